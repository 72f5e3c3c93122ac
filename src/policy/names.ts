/** Names that become enum values in SDL: secret classes and row keys. */
export function isName(name: string): boolean {
  return /^(?!__)[_A-Za-z]\w*$/.test(name) && !['true', 'false', 'null'].includes(name);
}

/** Names of roles and purposes, as tokens and headers carry them. */
export function isCode(name: string): boolean {
  return /^[A-Za-z][\w.:-]*$/.test(name);
}
