/** Resolves at the first SIGINT or SIGTERM, with which it was; a second one ends the process at once. */
export function untilStopped(): Promise<'SIGINT' | 'SIGTERM'> {
  return new Promise((resolve) => {
    const signals = ['SIGINT', 'SIGTERM'] as const;
    const stop = (signal: NodeJS.Signals): void => {
      for (const each of signals) {
        process.removeListener(each, stop);
        process.once(each, () => process.exit(130));
      }
      resolve(signal as (typeof signals)[number]);
    };
    for (const signal of signals) process.once(signal, stop);
  });
}
