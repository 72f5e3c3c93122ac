const began = performance.now();

/** A line of progress, with the seconds since the start; results go to standard output, so these do not. */
export function say(line: string): void {
  const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(6);
  process.stderr.write(`${seconds} s  ${line}\n`);
}
