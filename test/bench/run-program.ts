import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startProgram } from '../support/program.js';

/** What a program of the benchmark printed, told on its way, and wrote. */
export interface ProgramRun<Results> {
  readonly printed: string;
  readonly told: string;
  readonly results: Results;
  readonly chart: string;
}

/**
 * Runs one as its users do: `main`, `growth`, `soak`.
 * @param folder that exists, for its database and files
 * @throws Error with what it told where it does not end well
 */
export async function runProgram<Results>(
  name: string,
  folder: string,
  words: readonly string[],
): Promise<ProgramRun<Results>> {
  const file = (ending: string) => join(folder, `${name}.${ending}`);
  const output = await open(file('txt'), 'w');
  const places = ['--folder', folder, '--json', file('json'), '--svg', file('svg')];
  const { child } = startProgram(`bench/${name}.ts`, [...words, ...places], { output: output.fd });
  const exit = once(child, 'exit');
  const printed = await text(child.stdout);
  const [code] = (await exit) as [number | null];
  await output.close();
  const told = await readFile(file('txt'), 'utf8');
  if (code !== 0) throw new Error(`bench/${name}.ts ended with ${code}:\n${told}`);
  const results = JSON.parse(await readFile(file('json'), 'utf8')) as Results;
  return { printed, told, results, chart: await readFile(file('svg'), 'utf8') };
}
