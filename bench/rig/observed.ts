// Loaded into each contender before its own code: tells what the process has used, and profiles it, when asked.
import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';

/** What the benchmark may ask; the answer has the same `kind`. */
export type Question =
  | { readonly kind: 'usage' }
  | { readonly kind: 'profile' }
  | { readonly kind: 'profiled'; readonly file: string };

export interface Usage {
  /** Processor time of the process since its start. */
  readonly cpuMicros: number;
  readonly residentBytes: number;
  /** Of JavaScript objects, those included that are garbage by now. */
  readonly heapBytes: number;
}

let session: Session | null = null;

async function answer(question: Question): Promise<object> {
  switch (question.kind) {
    case 'usage': {
      const { user, system } = process.cpuUsage();
      return {
        cpuMicros: user + system,
        residentBytes: process.memoryUsage.rss(),
        heapBytes: process.memoryUsage().heapUsed,
      } satisfies Usage;
    }
    case 'profile':
      session = new Session();
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval: 500 });
      await session.post('Profiler.start');
      return {};
    case 'profiled': {
      const stopped = await session?.post('Profiler.stop');
      session?.disconnect();
      session = null;
      await writeFile(question.file, JSON.stringify(stopped?.profile));
      return {};
    }
  }
}

process.on('message', (question: Question) => {
  void answer(question).then((found) => process.send?.({ ...found, kind: question.kind }));
});
