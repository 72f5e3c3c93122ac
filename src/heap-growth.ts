import { setFlagsFromString } from 'node:v8';

/** V8's own flag, in per cent: the heap is collected when it is so much larger than what lived after the last time. */
const flag = '--heap-growing-percent';
const percent = 50;

/**
 * Has this process collect its heap before it holds much that is dead. V8 lets it grow to several times of what lives; a gateway,
 * whose answers live for milliseconds, keeps a quarter more of memory for that and is no faster (decision 073). For programs
 * that serve, at their start. Whoever gives Node the flag has the last word.
 */
export function boundHeapGrowth(): void {
  if (!process.execArgv.some((word) => word.startsWith(flag))) setFlagsFromString(`${flag}=${percent}`);
}
