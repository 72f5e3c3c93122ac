import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface Watch {
  stop(): void;
}

/** A file as its folder tells of it, without reading it. What is not there is a state like any other. */
async function stateOf(file: string): Promise<string> {
  try {
    const { mtimeNs, ctimeNs, size, ino } = await stat(file, { bigint: true });
    return [file, mtimeNs, ctimeNs, size, ino].join(' ');
  } catch {
    return `${file} absent`;
  }
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.graphql')).map((name) => join(folder, name));
}

/** What is watched: single files, and folders of `.graphql` files. */
export interface WatchedFiles {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

async function stateOfAll({ files, folders }: WatchedFiles): Promise<string> {
  const found = await Promise.all(folders.map(filesIn));
  const states = await Promise.all([...files, ...found.flat().sort()].map(stateOf));
  return states.join('\n');
}

/**
 * Looks at the files every so often and calls `changed` once they are others than before and have come to rest: a folder
 * that is being written is not half read. It asks rather than waits to be told, since what the operating system tells
 * differs from one file system to the next, and mounted folders often tell nothing. Resolves when it knows what there is.
 */
export async function watchFiles(watched: WatchedFiles, changed: () => void, everyMs = 1000): Promise<Watch> {
  let known = await stateOfAll(watched);
  let last = known;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    const now = await stateOfAll(watched);
    if (now !== known && now === last) {
      known = now;
      if (!stopped) changed();
    }
    last = now;
    again();
  };
  const again = (): void => {
    if (!stopped) timer = setTimeout(() => void look(), everyMs).unref();
  };
  again();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
