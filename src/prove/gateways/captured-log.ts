import type { Log } from '../../base/index.js';

/** What a gateway logs, a text each line, as a file would have it. */
export class CapturedLog implements Log {
  readonly #lines: string[];
  readonly #bound: object;

  constructor(lines: string[] = [], bound: object = {}) {
    this.#lines = lines;
    this.#bound = bound;
  }

  /** Lines since it was last asked. */
  take(): readonly string[] {
    return this.#lines.splice(0);
  }

  debug(fields: object, message: string): void {
    this.#write('debug', fields, message);
  }

  info(fields: object, message: string): void {
    this.#write('info', fields, message);
  }

  warn(fields: object, message: string): void {
    this.#write('warn', fields, message);
  }

  error(fields: object, message: string): void {
    this.#write('error', fields, message);
  }

  child(fields: object): Log {
    return new CapturedLog(this.#lines, { ...this.#bound, ...fields });
  }

  #write(level: string, fields: object, message: string): void {
    this.#lines.push(JSON.stringify({ level, ...this.#bound, ...fields, message }, errorsWhole));
  }
}

/** An error says nothing in JSON unless it is told to. */
function errorsWhole(_name: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { ...Object.fromEntries(Object.entries(value)), name, message, stack, cause };
}
