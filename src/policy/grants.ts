import type { Path } from '../base/index.js';
import type { ClassGrant, RowMatch } from './policy.js';
import type { PolicyReporter } from './reporter.js';
import { readRowMatch } from './rows.js';
import type { RoleForm } from './schema.js';

/** The lists of a role that say what holds where a class is not clear. A class stands in one of them at most. */
const fallbacks = [
  ['mask', 'MASKED'],
  ['deny', 'DENIED'],
  ['aggregate', 'AGGREGATE'],
] as const;

/** What a role may do with each class that it lists; where no list says what holds, nothing is granted. */
export function readClassGrants(
  role: RoleForm,
  path: Path,
  known: ReadonlySet<string>,
  report: PolicyReporter,
): ReadonlyMap<string, ClassGrant> {
  const clear = readClear(role.clear, [...path, 'clear'], report);
  const otherwise = new Map<string, (typeof fallbacks)[number]>();
  const paths = new Map<string, Path>([...clear].map(([name, { path: at }]) => [name, at]));

  for (const fallback of fallbacks) {
    const [list] = fallback;
    role[list].forEach((name, i) => {
      const at = [...path, list, i];
      const before = otherwise.get(name)?.[0] ?? (clear.get(name)?.match === null ? 'clear' : undefined);
      if (before === list) report.add(at, 'DUPLICATE_CLASS', `"${name}" is already in this list.`);
      else if (before !== undefined) report.add(at, 'CONTRADICTION', contradiction(name, before, list));
      otherwise.set(name, fallback);
      paths.set(name, at);
    });
  }

  const grants = new Map<string, ClassGrant>();
  for (const [name, at] of paths) {
    if (!known.has(name)) report.unknownClass(at, name, known);
    grants.set(name, {
      clear: clearOf(clear.get(name)),
      otherwise: otherwise.get(name)?.[1] ?? 'HIDDEN',
    });
  }
  return grants;
}

function contradiction(name: string, before: string, list: string): string {
  const why = `"${name}" is in "${before}" and in "${list}": which one holds would be a guess. Keep one`;
  return before === 'clear'
    ? `${why}, or make it clear on some rows: { ${name}: { key: value } }.`
    : `${why}.`;
}

function clearOf(clear: Clear | undefined): ClassGrant['clear'] {
  if (clear === undefined) return { kind: 'none' };
  return clear.match === null ? { kind: 'all' } : { kind: 'limited', match: clear.match };
}

/** On which rows a class is clear; `match` null: on all that the role has. */
interface Clear {
  readonly match: RowMatch | null;
  readonly path: Path;
}

/** The list `clear`: class names, and maps of class names to the rows on which they are clear. */
function readClear(list: readonly unknown[], path: Path, report: PolicyReporter): ReadonlyMap<string, Clear> {
  const clear = new Map<string, Clear>();
  const add = (name: string, entry: Clear): void => {
    if (clear.has(name)) {
      report.add(entry.path, 'DUPLICATE_CLASS', `"${name}" is already in this list; write it once.`);
    } else clear.set(name, entry);
  };

  list.forEach((item, i) => {
    const at = [...path, i];
    if (typeof item === 'string') {
      add(item, { match: null, path: at });
    } else if (typeof item === 'object' && item !== null && !Array.isArray(item)) {
      for (const [name, rows] of Object.entries(item as Record<string, unknown>)) {
        const match = readLimit(rows, [...at, name], report);
        if (match !== null) add(name, { match, path: [...at, name] });
      }
    } else report.add(at, 'INVALID_VALUE', `Write a class name, or ${limited}.`);
  });
  return clear;
}

const limited = '{ contact: { rep: $subject } } for a class that is clear on some rows';

function readLimit(rows: unknown, path: Path, report: PolicyReporter): RowMatch | null {
  if (typeof rows === 'object' && rows !== null && !Array.isArray(rows))
    return readRowMatch(rows, path, report);
  report.add(path, 'INVALID_VALUE', `Say on which rows it is clear: ${limited}.`);
  return null;
}
