import type { BoundRows } from './bind-rows.js';
import type { Loading, TypeDraft } from './draft.js';
import type { RowBinding } from './model.js';

/** The bindings of each type by its name. */
export type RowsOfTypes = ReadonlyMap<string, readonly BoundRows[]>;

/** Whether every `via` ends in a column or a shared type: the target binds the same key, and no chain comes back. */
export function checkVia(
  types: RowsOfTypes,
  drafts: ReadonlyMap<string, TypeDraft>,
  { report }: Loading,
): void {
  for (const [name, rows] of types) {
    for (const { binding, node } of rows) {
      if (binding.kind !== 'via') continue;
      const { target } = binding.relation;
      if (drafts.get(target)?.bound?.keyBecause != null) {
        const message = `${name}, @rows: ${target} has a key that is vouched for; rows belong by what the database guarantees. Bind them by a column, or through another type.`;
        report.problem(node, 'ROWS_VIA', message);
        continue;
      }
      const end = followVia(binding, name, types);
      if (end === null) continue;
      report.problem(node, end.code, `${name}, @rows: ${end.message}`);
    }
  }
}

function followVia(
  start: Extract<BoundRows['binding'], { kind: 'via' }>,
  name: string,
  types: RowsOfTypes,
): { readonly code: string; readonly message: string } | null {
  const path = [name];
  let at: BoundRows['binding'] = start;
  while (at.kind === 'via') {
    const target: string = at.relation.target;
    if (path.includes(target)) {
      const message = `by ${start.by} leads from ${[...path, target].join(' to ')}: it never comes to a column. Bind one of them by a column.`;
      return { code: 'ROWS_CYCLE', message };
    }
    path.push(target);
    const next = types.get(target)?.find(({ binding }) => binding.by === start.by || binding.by === null);
    if (next === undefined) {
      const message = `by ${start.by} leads to ${target}, which does not say whose its rows are by ${start.by}. Add @rows(by: ${start.by}, …) to ${target}.`;
      return { code: 'ROWS_VIA', message };
    }
    at = next.binding;
  }
  return null;
}

/** The bindings that decide for `by`: those of that name, and those for every name. */
function bindingsFor(by: string, target: string, types: RowsOfTypes): readonly BoundRows[] {
  return types.get(target)?.filter(({ binding }) => binding.by === by || binding.by === null) ?? [];
}

/**
 * The bindings of a type with what lies behind each `via`, to the end.
 * @param rows checked by `checkVia`, or this may not end
 */
export function followRows(
  rows: readonly BoundRows[],
  types: RowsOfTypes,
  drafts: ReadonlyMap<string, TypeDraft>,
): readonly RowBinding[] {
  return rows.map(({ binding }) => {
    if (binding.kind !== 'via') return binding;
    const { target } = binding.relation;
    const table = drafts.get(target)?.bound?.table;
    if (table === undefined) throw new Error(`${target} is not bound`);
    const bindings = followRows(bindingsFor(binding.by, target, types), types, drafts);
    return { ...binding, through: { schema: table.schema, table: table.name, bindings } };
  });
}
