import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attacksDocument } from './document.js';
import { findAttackTests } from './find-tests.js';
import { catalogue } from './rows.js';

const repository = join(__dirname, '../../..');
const tests = findAttackTests(repository);
const rows = catalogue.flatMap((theme) => theme.rows);

test('docs/attacks.md is as the tests are; if not, run `npm run attacks`', () => {
  expect(readFileSync(join(repository, 'docs/attacks.md'), 'utf8')).toBe(attacksDocument(tests));
});

test('every row has a test, and every test names rows that there are', () => {
  const numbers = rows.map(({ row }) => row);
  expect(new Set(numbers).size).toBe(numbers.length);
  const covered = new Set(tests.flatMap((each) => each.rows));
  expect(numbers.filter((row) => !covered.has(row))).toEqual([]);
  expect([...covered].filter((row) => !numbers.includes(row))).toEqual([]);
  // 1 to 95, but for those that are one with another.
  const gaps = Array.from({ length: 95 }, (_, i) => i + 1).filter((row) => !numbers.includes(row));
  expect(gaps).toEqual([23, 24, 25, 40]);
});
