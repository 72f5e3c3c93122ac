/** One line of a metrics page. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metrics page, read. */
export interface Page {
  readonly text: string;
  readonly samples: readonly Sample[];
  /** Metric → its type, as the page says it. */
  readonly types: ReadonlyMap<string, string>;
  /** The one sample of this name and these labels; 0 where there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number;
  /** The sum of all samples of this name that have these labels. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number;
}

function readSample(line: string): Sample {
  const match = /^([a-z0-9_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (match === null) throw new Error(`no line of a metrics page: ${line}`);
  const [, name = '', labels = '', value = ''] = match;
  const pairs = [...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)];
  return {
    name,
    labels: Object.fromEntries(pairs.map(([, label = '', text = '']) => [label, text])),
    value: Number(value),
  };
}

/** Scrapes a gateway as Prometheus would. */
export async function scrape(address: string | null): Promise<Page> {
  const response = await fetch(`${address ?? ''}/metrics`);
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  const text = await response.text();
  const lines = text.split('\n').filter((line) => line !== '');
  const samples = lines.filter((line) => !line.startsWith('#')).map(readSample);
  const types = new Map(
    lines.flatMap((line) => {
      const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
      return name === undefined || type === undefined ? [] : [[name, type] as const];
    }),
  );
  const matching = (name: string, labels: Readonly<Record<string, string>>) =>
    samples.filter(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
    );
  const sum = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    matching(name, labels).reduce((total, { value }) => total + value, 0);
  return {
    text,
    samples,
    types,
    sum,
    value: (name, labels = {}) => {
      expect(matching(name, labels).length).toBeLessThanOrEqual(1);
      return sum(name, labels);
    },
  };
}

/** What a page has besides times, counts of bytes and whatever the process does by itself. */
export function countsOf({ samples }: Page): Readonly<Record<string, number>> {
  const told = samples.filter(
    ({ name }) => name.startsWith('cordon_') && !/_(sum|bucket)$|_bytes|_batch_|_commit_|_running/.test(name),
  );
  return Object.fromEntries(
    told.map(({ name, labels, value }) => [`${name} ${JSON.stringify(labels)}`, value]),
  );
}
