import { open, readFile } from 'node:fs/promises';

const chunkBytes = 16 * 1024 * 1024;

/** Whether the memory of other processes can be read here: Linux, unless it is locked down. */
export async function memoryIsReadable(processId: number): Promise<boolean> {
  return (await open(`/proc/${processId}/mem`)).close().then(
    () => true,
    () => false,
  );
}

/**
 * Which of the texts stand in a process's writable memory, as bytes of UTF-8 or UTF-16: also those in buffers, and those
 * that the process itself has let go of. What a heap snapshot shows is less.
 */
export async function foundInMemory(processId: number, texts: readonly string[]): Promise<string[]> {
  const forms = texts.map((text) => [Buffer.from(text), Buffer.from(text, 'utf16le')]);
  const overlap = Math.max(...forms.flat().map(({ length }) => length));
  const found = new Set<string>();
  const memory = await open(`/proc/${processId}/mem`);
  try {
    for (const { start, end } of writableRegions(await readFile(`/proc/${processId}/maps`, 'utf8'))) {
      for (let at = start; at < end; at += chunkBytes) {
        const length = Math.min(chunkBytes + overlap, end - at);
        // A region may be gone by now.
        const read = await memory.read(Buffer.alloc(length), 0, length, at).catch(() => null);
        const bytes = read?.buffer.subarray(0, read.bytesRead);
        texts.forEach((text, i) => {
          if (forms[i]!.some((form) => bytes?.includes(form))) found.add(text);
        });
      }
    }
  } finally {
    await memory.close();
  }
  return texts.filter((text) => found.has(text));
}

/** `7f00-7f10 rw-p …`, a line each. */
function writableRegions(maps: string): { start: number; end: number }[] {
  return [...maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw/gm)].map(([, start, end]) => ({
    start: parseInt(start!, 16),
    end: parseInt(end!, 16),
  }));
}
