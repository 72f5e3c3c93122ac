/**
 * Patterns of LIKE. PostgreSQL raises for one that ends in its escape, and only once a row begins as the pattern does: an
 * error that tells of a row, whoever may see it. A pattern from here never ends so.
 */

/** Text that stands for itself in a pattern. */
export function escapePattern(text: string): string {
  return text.replaceAll(/[\\%_]/g, (character) => `\\${character}`);
}

/** Whether a caller's pattern ends in an escape that escapes nothing. */
export function endsInEscape(pattern: string): boolean {
  const [backslashes = ''] = /\\*$/.exec(pattern) ?? [];
  return backslashes.length % 2 === 1;
}
