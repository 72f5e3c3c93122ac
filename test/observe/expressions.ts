import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Page } from './page.js';

const folder = join(__dirname, '../../docs/observability');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

/** A PromQL expression, and the labels that the text beside it shows. */
export interface Shown {
  readonly where: string;
  readonly expr: string;
  readonly labels: readonly string[];
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const inText = (text: string, form: RegExp) => [...text.matchAll(form)].map(([, label = '']) => label);

export function dashboardExpressions(): Shown[] {
  const { panels, templating } = JSON.parse(read('dashboard.json')) as {
    readonly panels: readonly Panel[];
    readonly templating: {
      readonly list: readonly { readonly query: string | { readonly query: string } }[];
    };
  };
  const variables = templating.list.flatMap(({ query }) => {
    const [, expr = '', label = ''] =
      (typeof query === 'string' ? null : /^label_values\((.*), (\w+)\)$/.exec(query.query)) ?? [];
    return expr === '' ? [] : [{ where: `variable ${label}`, expr, labels: [label] }];
  });
  const targets = panels.flatMap(({ title, targets: shown = [] }) =>
    shown.map(({ expr, legendFormat }) => ({
      where: title,
      expr,
      labels: inText(legendFormat, /\{\{(\w+)\}\}/g),
    })),
  );
  return [...variables, ...targets];
}

export function alertExpressions(): Shown[] {
  const { groups } = parse(read('alerts.yaml')) as {
    readonly groups: readonly {
      readonly rules: readonly {
        readonly alert: string;
        readonly expr: string;
        readonly annotations: object;
      }[];
    }[];
  };
  return groups
    .flatMap(({ rules }) => rules)
    .map(({ alert, expr, annotations }) => ({
      where: alert,
      expr,
      labels: inText(JSON.stringify(annotations), /\$labels\.(\w+)/g),
    }));
}

const words = new Set(['and', 'or', 'unless', 'offset', 'bool', 'inf', 'nan']);
/** Prometheus gives these to whatever it scrapes. */
const ofTheScrape = ['job', 'instance'];

/** What of an expression the page, with these values of labels, does not have; a whole would have none. */
export function unknownIn(
  { where, expr, labels }: Shown,
  page: Page,
  values: Readonly<Record<string, readonly string[]>>,
): string[] {
  const labelsOf = new Map<string, Set<string>>([['up', new Set(ofTheScrape)]]);
  for (const { name, labels: its } of page.samples) {
    const known = labelsOf.get(name) ?? new Set(ofTheScrape);
    labelsOf.set(name, known);
    for (const label of Object.keys(its)) known.add(label);
  }
  const selectors = [...expr.matchAll(/([a-z_][a-z0-9_]*)\{([^}]*)\}/g)];
  const bare = expr
    .replace(/"[^"]*"|\{[^}]*\}|\[[^\]]*\]/g, '')
    .replace(/\b(by|ignoring|on|group_left|group_right|without)\s*\([^)]*\)/g, '');
  const metrics = [...bare.matchAll(/\b([a-z_][a-z0-9_]*)\b(?!\s*\()/g)]
    .map(([, name = '']) => name)
    .filter((name) => !words.has(name));
  const grouped = [...expr.matchAll(/\b(?:by|ignoring|on)\s*\(([^)]*)\)/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.trim()),
  );
  const shown = new Set(metrics.flatMap((name) => [...(labelsOf.get(name) ?? [])]));
  const matched = selectors.flatMap(([, name = '', matchers = '']) =>
    [...matchers.matchAll(/(\w+)\s*=~?\s*"([^"]*)"/g)].flatMap(([, label = '', text = '']) => [
      ...(labelsOf.get(name)?.has(label) === true ? [] : [`label ${label} of ${name}`]),
      ...text
        .split('|')
        .filter((value) => !ofTheScrape.includes(label) && values[label]?.includes(value) !== true)
        .map((value) => `value ${value} of ${label}`),
    ]),
  );
  return [
    ...(metrics.length === 0 ? ['no metric'] : []),
    ...metrics.filter((name) => !labelsOf.has(name)).map((name) => `metric ${name}`),
    ...[...grouped, ...labels].filter((label) => !shown.has(label)).map((label) => `label ${label}`),
    ...matched,
  ].map((fault) => `${where}: ${fault}`);
}
