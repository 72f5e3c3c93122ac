import type { Column, PgKind } from '../../catalog/index.js';
import type { ColumnField, Model } from '../../model/index.js';
import { columnFields, type TableLayout } from './layout.js';

/** What a column's values are used for, as far as it matters what they are. */
export interface ColumnUse {
  /** Names in the paths that masks keep of a document. */
  readonly keptNames: readonly string[];
  /** Whether guarded groups are made by it. */
  readonly isDimension: boolean;
  /** Whether callers may be given its sums, and not its values. */
  readonly isSummed: boolean;
}

export const numberKinds: ReadonlySet<PgKind> = new Set([
  'int2',
  'int4',
  'int8',
  'numeric',
  'float4',
  'float8',
]);

/** What columns are used for, by schema and policy. */
export class ColumnUses {
  readonly #model: Model;
  readonly #known = new Map<Column, ColumnUse>();

  constructor(model: Model) {
    this.#model = model;
  }

  of(table: TableLayout, column: Column): ColumnUse {
    const known = this.#known.get(column) ?? this.#find(table, column);
    this.#known.set(column, known);
    return known;
  }

  #find({ types }: TableLayout, column: Column): ColumnUse {
    const fields = types
      .flatMap((type) => columnFields(type))
      .filter((field) => field.column.name === column.name);
    return {
      keptNames: fields.flatMap(({ mark }) =>
        mark.kind === 'secret' && mark.mask.name === 'keep'
          ? mark.mask.paths.flatMap((path) => path.match(/\w+/g) ?? [])
          : [],
      ),
      isDimension: fields.some(({ mark }) => mark.kind === 'open' && mark.dimension),
      isSummed: numberKinds.has(column.type.kind) && fields.some((field) => this.#isSummed(field)),
    };
  }

  #isSummed({ mark }: ColumnField): boolean {
    if (mark.kind !== 'secret') return false;
    return (this.#model.policy.classes.get(mark.secretClass)?.aggregate ?? null) !== null;
  }
}
