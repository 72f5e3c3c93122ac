import type { Column } from '../catalog/index.js';
import type { Model, RowBinding, TypeModel } from '../model/index.js';

/** A table of a source, and the columns that statements name, in the order of their names. */
export interface ReadTable {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly Column[];
}

/** Gathers columns by their table. */
class Tables {
  readonly #tables = new Map<string, { schema: string; table: string; columns: Map<string, Column> }>();

  add({ schema, table }: Pick<TypeModel, 'schema' | 'table'>, columns: readonly Column[]): void {
    const id = JSON.stringify([schema, table]);
    const found = this.#tables.get(id) ?? { schema, table, columns: new Map<string, Column>() };
    this.#tables.set(id, found);
    for (const column of columns) found.columns.set(column.name, column);
  }

  list(): readonly ReadTable[] {
    const names = ({ schema, table }: ReadTable): string => `${schema}\0${table}`;
    return [...this.#tables.values()]
      .map(({ columns, ...table }) => ({
        ...table,
        columns: [...columns.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      }))
      .toSorted((a, b) => (names(a) < names(b) ? -1 : 1));
  }
}

/** Columns that tell whose the rows are: named in predicates, never selected. */
function addBinding(binding: RowBinding, at: Pick<TypeModel, 'schema' | 'table'>, tables: Tables): void {
  switch (binding.kind) {
    case 'shared':
      return;
    case 'column':
      tables.add(at, [binding.column]);
      return;
    case 'via': {
      const { relation, through } = binding;
      tables.add(at, relation.from);
      tables.add(through, relation.to);
      for (const each of through.bindings) addBinding(each, through, tables);
    }
  }
}

/**
 * Every column of the source that a statement can name: those that fields give, keys, join columns on both sides, and
 * those that row rules look at. What is not here, the gateway never reads.
 */
export function readColumns(model: Model, source: string): readonly ReadTable[] {
  const tables = new Tables();
  for (const type of model.types.values()) {
    if (type.source === source) {
      tables.add(type, type.key);
      for (const binding of type.rows) addBinding(binding, type, tables);
    }
    for (const field of type.fields.values()) {
      if (field.kind === 'column') {
        if (type.source === source) tables.add(type, [field.column]);
        continue;
      }
      if (type.source === source) tables.add(type, field.from);
      const target = model.types.get(field.target);
      if (target?.source === source) tables.add(target, field.to);
      if (field.through !== null && type.source === source)
        tables.add(field.through, [...field.through.from, ...field.through.to]);
    }
  }
  return tables.list();
}
