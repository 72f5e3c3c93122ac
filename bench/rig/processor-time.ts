import { readdir, readFile } from 'node:fs/promises';

/** Linux counts processor time in hundredths of a second, on every machine it is built for today. */
const microsPerTick = 10_000;

/** `parent`, own and ended children's ticks of a process; null when it ended meanwhile. */
async function statOf(processId: string): Promise<{ parent: number; own: number; ended: number } | null> {
  const text = await readFile(`/proc/${processId}/stat`, 'latin1').catch(() => null);
  if (text === null) return null;
  // The program's name stands in parentheses and may hold anything; what follows is numbers (proc(5), from `state` on).
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
  return { parent: fields[1] ?? 0, own: user + system, ended: endedUser + endedSystem };
}

/**
 * Processor time of a process and its children, those that ended included: PostgreSQL with a process for each connection.
 * @returns microseconds, to a hundredth of a second; NaN where the system has no /proc
 */
export async function processorTimeOfFamily(processId: number): Promise<number> {
  if (process.platform !== 'linux') return Number.NaN;
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(names.map(async (name) => ({ name, stat: await statOf(name) })));
  const ticks = stats.map(({ name, stat }) => {
    if (name === String(processId)) return (stat?.own ?? 0) + (stat?.ended ?? 0);
    return stat?.parent === processId ? stat.own + stat.ended : 0;
  });
  return microsPerTick * ticks.reduce((sum, each) => sum + each, 0);
}
