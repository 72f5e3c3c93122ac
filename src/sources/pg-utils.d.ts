/** What `pg` gives to cursors and streams, untyped. */
declare module 'pg/lib/utils.js' {
  /** A value in the form it is bound in: text, bytes or null; arrays become array literals. */
  export function prepareValue(value: unknown): unknown;
}
