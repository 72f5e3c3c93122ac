import { readFile } from 'node:fs/promises';

/** The part of V8's profile that is read here. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds. */
  readonly timeDeltas: readonly number[];
}

/** These work for whoever calls them, as Node's own functions do. */
const servants = /^(base|cborg|lru-cache)$/;

/** Where a frame belongs: a folder of ours or a package; null for what works for its caller. */
function stageOf(url: string): string | null {
  const ours = /\/src\/(?:([\w-]+)\/|([\w-]+)\.[jt]s$)/.exec(url);
  const packaged = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url);
  const stage = packaged?.[1] ?? ours?.[1] ?? ours?.[2] ?? null;
  return stage === null || servants.test(stage) ? null : stage;
}

/** The stage that each node's time counts for: its own, or else the nearest one above it, or else Node's event loop. */
function stagesOf({ nodes }: Profile): ReadonlyMap<number, string> {
  const stages = new Map<number, string>();
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  for (const { id } of nodes) {
    let stage: string | null = null;
    for (let at: number | undefined = id; at !== undefined && stage === null; at = parents.get(at)) {
      const frame = frames.get(at);
      // V8 names what is no function: (garbage collector), (program), (idle).
      stage = frame?.functionName.startsWith('(g') ? frame.functionName : stageOf(frame?.url ?? '');
    }
    stages.set(id, stage ?? 'node itself');
  }
  return stages;
}

function ranked(times: ReadonlyMap<string, number>, microsOfOne: number, most: number): string {
  const total = [...times.values()].reduce((sum, each) => sum + each, 0);
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([name, time]) => {
      const share = time / total;
      return `  ${(100 * share).toFixed(1).padStart(5)} % ${(microsOfOne * share).toFixed(0).padStart(6)} µs  ${name}`;
    })
    .join('\n');
}

/**
 * A profile in words: what each stage takes of a request, where functions of Node, `base` and small libraries count for
 * the stage that called them, and the functions with the most time of their own. Idle time is left out.
 * @param microsOfOne processor time of one request
 */
export async function describeProfile(file: string, microsOfOne: number): Promise<string> {
  const profile = JSON.parse(await readFile(file, 'utf8')) as Profile;
  const stages = stagesOf(profile);
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const byStage = new Map<string, number>();
  const byFunction = new Map<string, number>();
  const add = (times: Map<string, number>, name: string, micros: number) =>
    times.set(name, (times.get(name) ?? 0) + micros);
  profile.samples.forEach((id, i) => {
    const { functionName = '', url = '', lineNumber = 0 } = frames.get(id) ?? {};
    if (functionName === '(idle)' || functionName === '(root)') return;
    const micros = profile.timeDeltas[i] ?? 0;
    const stage = stages.get(id) ?? '';
    add(byStage, stage, micros);
    const place = url === '' ? 'native' : `${url.replace(/^.*\/(node_modules|src)\//, '')}:${lineNumber + 1}`;
    add(byFunction, `${functionName || '(anonymous)'}  ${place}  for ${stage}`, micros);
  });
  return `By stage\n${ranked(byStage, microsOfOne, 30)}\nBy function\n${ranked(byFunction, microsOfOne, 30)}\n`;
}
