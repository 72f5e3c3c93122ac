import { startProgram } from '../support/program.js';

/** MB that the heap of a process grew to, of which 96 live at a time. */
async function grownTo(words: readonly string[], nodeOptions: readonly string[] = []): Promise<number> {
  const program = startProgram('test/cli/fixtures/heap.ts', words, { nodeOptions });
  const line = await program.nextLine();
  await program.end();
  return Number(line?.split(' ')[0]);
}

describe('the heap of a process that serves', () => {
  it('is collected before it is three times what lives', async () => {
    expect(await grownTo(['bounded'])).toBeLessThan(3 * 96);
  });

  it('would grow beyond that by itself, and where Node is told otherwise', async () => {
    expect(await grownTo([])).toBeGreaterThan(3 * 96);
    expect(await grownTo(['bounded'], ['--heap-growing-percent=300'])).toBeGreaterThan(3 * 96);
  });
});
