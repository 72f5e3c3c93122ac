import { progressBar } from '../../src/cli/progress-bar.js';

/** What a bar of 1,000 rows writes to standard error for these counts. */
function written(isTTY: boolean, total: number, counts: readonly number[]): string {
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
    const bar = progressBar(total, 'rows');
    for (const count of counts) bar.show(count);
    bar.end();
    return text;
  } finally {
    write.mockRestore();
    Object.defineProperties(process.stderr, before);
  }
}

test('on a terminal it is one line that is written over and gone at the end', () => {
  const clear = '\r\u001b[K';
  expect(written(true, 1000, [0, 500, 1100])).toBe(
    [
      `${clear}[${'-'.repeat(30)}] 0 of 1,000 rows`,
      `${clear}[${'#'.repeat(15)}${'-'.repeat(15)}] 500 of 1,000 rows`,
      `${clear}[${'#'.repeat(30)}] 1,100 of 1,000 rows`,
      clear,
    ].join(''),
  );
});

test('elsewhere it is a line for every tenth', () => {
  expect(written(false, 1000, [10, 99, 100, 150, 350, 1000, 1010])).toBe(
    '100 of 1,000 rows\n350 of 1,000 rows\n1,000 of 1,000 rows\n',
  );
  expect(written(false, 0, [0])).toBe('0 of 0 rows\n');
});
