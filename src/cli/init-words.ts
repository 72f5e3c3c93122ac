import { formatProblem, type Problem } from '../base/index.js';
import { controlVariable, isMarkedSecret, urlVariable, type Change, type Draft } from '../init/index.js';
import { counted } from './output.js';

/** What init has done, for its output. */
export interface SetUp {
  readonly folder: string;
  readonly files: readonly string[];
  readonly draft: Draft;
  readonly sources: readonly { readonly name: string; readonly url: string }[];
  readonly problems: readonly Problem[];
}

/** A change with the SDL to write. */
export function changeText({ table, column, at, message, lines }: Change): string {
  const what = column === null ? table : `${table}.${JSON.stringify(column)}`;
  const head = `${at === null ? '' : `${at} `}${what}: ${message}`;
  return [head, ...lines.map((line) => `    ${line}`)].join('\n');
}

/** Columns and attributes that are marked, or would be if they were no keys. */
function marks({ types, composites }: Draft) {
  const all = [
    ...types.map(({ name, source, table, columns }) => ({
      name,
      table: [source, table.schema, table.name].join('.'),
      columns,
    })),
    ...composites.map(({ name, source, type, attributes }) => ({
      name,
      table: `${source}.${type.cast.replaceAll('"', '')}`,
      columns: attributes,
    })),
  ];
  return all.flatMap(({ name, table, columns }) =>
    columns.flatMap((each) => {
      const { column, field, judgement, isKey } = each;
      if (judgement === null || field === null) return [];
      const { secretClass, because } = judgement;
      return [
        {
          coordinate: `${name}.${field.name}`,
          table,
          column: column.name,
          class: secretClass,
          because,
          isKey,
          secret: isMarkedSecret(each),
        },
      ];
    }),
  );
}

export function setUpJson({ folder, files, draft, sources, problems }: SetUp): object {
  const all = marks(draft);
  const told = ({ coordinate, table, column, class: secretClass, because }: (typeof all)[number]) => ({
    coordinate,
    table,
    column,
    class: secretClass,
    because,
  });
  return {
    ok: problems.length === 0,
    folder,
    files,
    types: draft.types.length,
    marked: all.filter(({ secret }) => secret).map(told),
    keys: all.filter(({ isKey }) => isKey).map(told),
    notServed: draft.notServed.map(({ source, table, reason }) => ({
      table: [source, table.schema, table.name].join('.'),
      reason,
    })),
    environment: [...sources.map(({ name }) => urlVariable(name)), controlVariable],
    problems,
  };
}

/** What was written, what to look at, and what comes next. */
export function setUpText({ folder, files, draft, sources, problems }: SetUp): string {
  const all = marks(draft);
  const secret = all.filter((each) => each.secret);
  const classes = [...new Set(secret.map((each) => each.class))]
    .map((name) => `${secret.filter((each) => each.class === name).length} ${name}`)
    .join(', ');
  const keys = all.filter(({ isKey }) => isKey);
  const unsampled = draft.types.filter((type) => type.unsampled !== null);
  return [
    `Wrote ${counted(files.length, 'file')} to ${folder}: ${counted(draft.types.length, 'type')} of ${counted(sources.length, 'source')}, ${counted(secret.length, 'column')} marked${classes === '' ? '' : ` (${classes})`}. Suggestions are a beginning: read each file before anybody is let in.`,
    ...(draft.notServed.length === 0
      ? []
      : [
          `${counted(draft.notServed.length, 'table')} cannot be served; ${folder}/schema/not-served.graphql says why.`,
        ]),
    ...(unsampled.length === 0
      ? []
      : [`Judged without values of some columns: ${unsampled.map(({ name }) => name).join(', ')}.`]),
    ...(keys.length === 0
      ? []
      : [`Keys that may be secret and are open: ${keys.map(({ coordinate }) => coordinate).join(', ')}.`]),
    ...problems.map(formatProblem),
    '',
    'Set before the start:',
    ...sources.map(({ name, url }) => `  export ${urlVariable(name)}='${withoutPassword(url)}'`),
    `  export ${controlVariable}='postgres://cordon@localhost/cordon'   # an empty database of the gateway's own`,
    'Then:',
    `  cordon check --config ${folder}/cordon.yaml`,
    `  cordon explain --config ${folder}/cordon.yaml`,
    `  cordon start --config ${folder}/cordon.yaml`,
  ].join('\n');
}

/** The URL with a place to put the password, wherever it stood. */
function withoutPassword(text: string): string {
  const url = new URL(text);
  if (url.password !== '') url.password = 'PASSWORD';
  if (url.searchParams.has('password')) url.searchParams.set('password', 'PASSWORD');
  return url.href;
}
