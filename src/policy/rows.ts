import type { Path, Reporter } from '../base/index.js';
import type { RowGrant, RowMatch, RowValue } from './policy.js';
import { isName } from './names.js';

/** A role's rows: `all`, `none`, or `{ account: $claims.accounts }`. Null where it is not understood, and reported. */
export function readRowGrant(value: unknown, path: Path, report: Reporter): RowGrant | null {
  if (value === 'all' || value === 'none') return { kind: value };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    report.add(path, 'INVALID_VALUE', `Rows are written as all, none, or ${example}.`);
    return null;
  }
  const match = readRowMatch(value, path, report);
  return match && { kind: 'limited', match };
}

const example = '{ account: $claims.accounts }';

/** `{ rep: $subject, region: "north" }`; several keys must all match. Null where not understood, and reported. */
export function readRowMatch(value: object, path: Path, report: Reporter): RowMatch | null {
  const entries = Object.entries(value);
  if (entries.length === 0) {
    report.add(path, 'INVALID_VALUE', `Say which rows: ${example}. An empty map would match every row.`);
    return null;
  }
  const match = entries.map(([by, written]) => {
    const at = [...path, by];
    if (!isName(by)) {
      report.add(at, 'INVALID_NAME', `The row key "${by}" is a name in SDL: letters, digits and _ only.`);
      return null;
    }
    const read = readRowValue(written, at, report);
    return read && { by, value: read };
  });
  const sound = match.filter((part) => part !== null);
  // A part that was dropped would widen the match: all of it, or nothing.
  return sound.length === match.length ? sound : null;
}

function readRowValue(written: unknown, path: Path, report: Reporter): RowValue | null {
  if (written === '$subject') return { kind: 'subject' };
  if (typeof written === 'string' && written.startsWith('$')) {
    const claim = /^\$claims\.([A-Za-z_][\w-]*)$/.exec(written)?.[1];
    if (claim !== undefined) return { kind: 'claim', name: claim };
    const message = `"${written}" is not a value: write $subject, $claims.<name>, or a text without $.`;
    report.add(path, 'INVALID_ROW_VALUE', message);
    return null;
  }
  const values: readonly unknown[] = Array.isArray(written) ? written : [written];
  if (values.length > 0 && values.every(isLiteral)) return { kind: 'literal', values };
  const message =
    'Write $subject, $claims.<name>, a text, or a list of texts. Numbers are quoted, or they would lose leading zeros.';
  report.add(path, 'INVALID_ROW_VALUE', message);
  return null;
}

function isLiteral(value: unknown): value is string {
  // PostgreSQL's text cannot hold NUL, and a `$` within a list would look like a claim without being one.
  return typeof value === 'string' && !value.startsWith('$') && !value.includes('\0');
}
