import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ERROR_TABLE } from '../../src/base/index.js';

const file = join(__dirname, '../../docs/errors.md');

test('docs/errors.md lists every code with its status, sentence, cause and mend, and no other', async () => {
  const sections = (await readFile(file, 'utf8')).split(/^## /m).slice(1);
  const listed = sections.map((section) => {
    const [heading, ...rest] = section.split('\n');
    return { heading, text: rest.join(' ').replace(/\s+/g, ' ').trim() };
  });
  const expected = Object.entries(ERROR_TABLE)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { status, text, cause, mend }]) => ({
      heading: `${code} · ${status}`,
      text: `> ${text} **Cause:** ${cause} **Mend:** ${mend}`,
    }));
  expect(listed).toEqual(expected);
});

test('no public sentence could carry a value: none has a place for one', () => {
  for (const { text } of Object.values(ERROR_TABLE)) expect(text).not.toMatch(/[{}$%]|\bundefined\b/);
});
