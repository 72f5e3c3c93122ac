/** Why the embedded PostgreSQL cannot run, as one sentence for the person at the terminal. */
export class EmbeddedError extends Error {
  override readonly name: string = 'EmbeddedError';
}

/** Another process is using this folder, or began to at the same moment. */
export class FolderInUseError extends EmbeddedError {
  override readonly name = 'FolderInUseError';

  constructor(folder: string) {
    super(
      `Another gateway is using ${folder}; stop it first, or name another folder for the embedded PostgreSQL.`,
    );
  }
}

/** The system's code of a failed call, such as `EACCES`. */
export function errorCode(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}
