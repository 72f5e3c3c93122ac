const scope = /^read:(?:\*|[_A-Za-z]\w*(?:\.[_A-Za-z]\w*)?)$/;

/** Every coordinate: a credential that is not narrowed below its roles. */
export const unrestricted: readonly string[] = Object.freeze(['read:*']);

/** Whether a text is `read:*`, `read:Type` or `read:Type.field`; nothing else gives anything. */
export function isScope(text: string): boolean {
  return scope.test(text);
}
