import { progressBar } from '../../src/cli/progress-bar.js';

/** What a bar writes to standard error for counts, each so many milliseconds after the start. */
function written(
  isTTY: boolean,
  total: number,
  counts: readonly (readonly [milliseconds: number, count: number])[],
  most?: number,
): string {
  const clock = jest.spyOn(Date, 'now').mockReturnValue(0);
  const before = Object.getOwnPropertyDescriptors({
    isTTY: process.stderr.isTTY,
    columns: process.stderr.columns,
  });
  Object.assign(process.stderr, { isTTY, columns: 80 });
  let text = '';
  const write = jest.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    const bar = progressBar(total, 'rows', most);
    for (const [milliseconds, count] of counts) {
      clock.mockReturnValue(milliseconds);
      bar.show(count);
    }
    bar.end();
    return text;
  } finally {
    write.mockRestore();
    clock.mockRestore();
    Object.defineProperties(process.stderr, before);
  }
}

test('on a terminal it is one line that is written over and gone at the end', () => {
  const clear = '\r\u001b[K';
  const counts = [
    [0, 0],
    [4000, 500],
    [5000, 1100],
  ] as const;
  expect(written(true, 1000, counts)).toBe(
    [
      `${clear}[${'-'.repeat(30)}] 0 of 1,000 rows`,
      `${clear}[${'#'.repeat(15)}${'-'.repeat(15)}] 500 of 1,000 rows, about 4 s left`,
      `${clear}[${'#'.repeat(30)}] 1,100 of 1,000 rows`,
      clear,
    ].join(''),
  );
});

test('elsewhere it is a line for every tenth, but no two within a moment', () => {
  const counts = [
    [1000, 90],
    [3000, 99],
    [3000, 100],
    [3100, 200],
    [4900, 300],
    [7000, 350],
    [7100, 1000],
    [7200, 1010],
  ] as const;
  expect(written(false, 1000, counts)).toBe(
    '100 of 1,000 rows, about 27 s left\n350 of 1,000 rows, about 13 s left\n1,000 of 1,000 rows\n',
  );
  expect(written(false, 0, [[0, 0]])).toBe('0 of 0 rows\n');
});

test('and where a tenth takes long, one every few seconds', () => {
  const counts = [
    [9000, 10],
    [10_000, 11],
    [19_000, 30],
    [21_000, 40],
  ] as const;
  // What has only begun does not say how long it takes.
  expect(written(false, 1000, counts)).toBe('11 of 1,000 rows\n40 of 1,000 rows, about 9 min left\n');
});

test('it says no more than is left of the time that there is', () => {
  expect(written(false, 1000, [[20_000, 100]], 60_000)).toBe('100 of 1,000 rows, about 40 s left\n');
});
