import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';
import { defectsDocument } from './document.js';
import { readResults } from './prover-results.js';
import { defects, patched, type Defect } from './seed.cjs';

/** Quick: that every defect can be seeded as the sources are now. Which test catches it is for `npm run defects`. */
const repository = join(__dirname, '../..');
const read = (file: string) => readFileSync(join(repository, file), 'utf8');
const filesOf = ({ edits }: Defect) => [...new Set(edits.map(({ file }) => file))];

test.each(defects().map((defect) => [defect.name, defect] as const))(
  '%s changes the sources as they are, and what comes of it compiles',
  (_name, defect) => {
    for (const file of filesOf(defect)) {
      const seeded = patched(defect, file, read(file));
      expect(seeded).not.toBe(read(file));
      const { code } = transformSync(seeded, {
        filename: file,
        swcrc: false,
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
      });
      expect(code.length).toBeGreaterThan(100);
    }
    expect(filesOf(defect).filter((file) => !/^(src|directives)\//.test(file))).toEqual([]);
    expect(defect.tests.filter((file) => !existsSync(join(repository, file)))).toEqual([]);
  },
);

test('each has a name of its own, and every row that is to have one has one', () => {
  const names = defects().map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const rows = new Set(defects().map(({ row }) => row));
  const wanted = [1, 2, 7, 10, 11, 12, 13, 14, 17, 19, 22, 27, 29, 30, 64, 65, 66, 85, 86, 87, 88, 89, 90];
  expect(wanted.filter((row) => !rows.has(row))).toEqual([]);
});

test('the prover is to see each, or it is said why it cannot', () => {
  const unclear = defects().filter(
    ({ prover, unproved }) => (prover === undefined) === (unproved === undefined),
  );
  expect(unclear.map(({ name }) => name)).toEqual([]);
});

test('docs/defects.md is of the runs that are kept, in which the prover saw something of each kind, and nothing without', () => {
  const results = readResults(repository);
  const isSeen = ({ name }: Defect) => (results.defects[name]?.found ?? null) !== null;
  const seen = new Set(defects().flatMap((defect) => (isSeen(defect) ? [defect.row] : [])));
  const wanted = [1, 2, 7, 10, 11, 12, 13, 14, 17, 19, 22, 27, 29, 85, 88];
  expect(wanted.filter((row) => !seen.has(row))).toEqual([]);
  expect(results.without.filter(({ found }) => found !== null)).toEqual([]);
  const written = readFileSync(join(repository, 'docs/defects.md'), 'utf8');
  expect(written).toBe(defectsDocument(defects(), results));
});

test('a text that is not there exactly once is told, so that a defect cannot be disarmed unnoticed', () => {
  const defect = { ...defects()[0]!, edits: [{ file: 'src/a.ts', find: 'x', replace: 'y' }] };
  expect(patched(defect, 'src/a.ts', 'a x b')).toBe('a y b');
  expect(() => patched(defect, 'src/a.ts', 'a b')).toThrow('0 times in src/a.ts');
  expect(() => patched(defect, 'src/a.ts', 'x x')).toThrow('2 times in src/a.ts');
});

describe('a process that loads the sources as they are', () => {
  const program = `
    import('${pathToFileURL(join(repository, 'src/plan/text-pattern.ts')).href}')
      .then(({ endsInEscape }) => console.log(endsInEscape(String.fromCharCode(92))));`;
  const loader = pathToFileURL(join(repository, 'test/support/typescript.mjs')).href;
  const run = (defect: string) =>
    execFileSync(process.execPath, ['--import', loader, '--eval', program], {
      env: { ...process.env, CORDON_DEFECT: defect },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();

  test('has the defect that its environment names, and none where it names none', () => {
    expect([run(''), run('like-unvalidated')]).toEqual(['true', 'false']);
  });

  test('does not start with one that there is not', () => {
    expect(() => run('like-unvalidate')).toThrow('there is no defect like-unvalidate');
  });
});
