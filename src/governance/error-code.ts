/** SQLSTATE or system code of a failure; texts of a database go nowhere, not even into the log. */
export function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'no answer';
}
