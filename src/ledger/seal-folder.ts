import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** The last seal that a writer acknowledged, as a file outside the database remembers it. */
export interface LocalSeal {
  readonly writerId: string;
  /** The seal's stored bytes. */
  readonly stored: Buffer;
}

const suffix = '.seals';
/** Only the last line counts; a file beyond this is begun anew. */
const maxFileBytes = 256 * 1024;

/**
 * One file a writer with one seal a line, so that a writer's tail cannot vanish from the database quietly. Not
 * synchronised to disk: it guards against the database, not against a power cut. Processes of one gateway share the
 * folder, each writing files of its own writers alone: however many there are at the next start, all are looked up.
 */
export interface SealFolder {
  /** Appends the seal of a batch that is durable. */
  remember(seal: LocalSeal): void;
  /** Drops the files of writers whose last seals a later chain has recorded. */
  forget(writerIds: readonly string[]): void;
  close(): void;
}

export function openSealFolder(folder: string): SealFolder {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let open: { readonly writerId: string; readonly path: string; file: number; size: number } | null = null;
  const close = () => {
    if (open !== null) closeSync(open.file);
    open = null;
  };
  const fileOf = (writerId: string) => {
    if (open?.writerId !== writerId) {
      close();
      const path = join(folder, writerId + suffix);
      open = { writerId, path, file: openSync(path, 'a', 0o600), size: 0 };
    }
    return open;
  };
  return {
    remember: ({ writerId, stored }) => {
      const line = `${stored.toString('base64url')}\n`;
      const current = fileOf(writerId);
      if (current.size > maxFileBytes) {
        const fresh = `${current.path}.new`;
        writeFileSync(fresh, line, { mode: 0o600 });
        renameSync(fresh, current.path);
        close();
      } else current.size += writeSync(current.file, line);
    },
    forget: (writerIds) => {
      for (const writerId of writerIds) rmSync(join(folder, writerId + suffix), { force: true });
    },
    close,
  };
}

/** The last whole line of every file: for a start, and for `verifyLedger`. A folder that is absent holds none. */
export function readLocalSeals(folder: string): LocalSeal[] {
  return readdirOrNone(folder)
    .filter((name) => name.endsWith(suffix))
    .flatMap((name) => {
      // A line that a crash cut short has no end and does not count.
      const line = readUnlessForgotten(join(folder, name)).split('\n').slice(0, -1).at(-1);
      return line === undefined
        ? []
        : [{ writerId: name.slice(0, -suffix.length), stored: Buffer.from(line, 'base64url') }];
    });
}

/** A file that is gone since the folder was listed was forgotten by another process, whose chain says what it said. */
function readUnlessForgotten(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function readdirOrNone(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
