import { availableParallelism } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { portForm, workersForm } from '../config-form.js';

/** Gathers an option that may be given several times. */
export function repeated(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

export function portNumber(value: string): number {
  const port = portForm.safeParse(value);
  if (!port.success) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port.data;
}

/** `4` or `auto`. */
export function workersOption(value: string): number {
  const workers = workersForm.safeParse(value);
  if (!workers.success) throw new InvalidArgumentError('Workers are a whole number from 1 on, or auto.');
  return workers.data;
}

/** Threads that read a ledger's entries: one a core; more than eight would wait for the one that reads the database. */
export const threadsByDefault = Math.min(availableParallelism(), 8);

/** A number from 1 to 64. */
export function threadsOption(value: string): number {
  const threads = Number(value);
  if (!Number.isInteger(threads) || threads < 1 || threads > 64)
    throw new InvalidArgumentError('Threads are a whole number from 1 to 64.');
  return threads;
}

/** `accounts=2,4`, several times: values by name. */
export function claim(
  value: string,
  before: Readonly<Record<string, readonly string[]>> | undefined,
): Readonly<Record<string, readonly string[]>> {
  const [, name, values] = /^([^=]+)=(.+)$/.exec(value) ?? [];
  if (name === undefined || values === undefined)
    throw new InvalidArgumentError('Write the claim and its values: accounts=2,4.');
  return { ...before, [name]: values.split(',') };
}
