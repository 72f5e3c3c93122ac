import { param } from '../base/index.js';
import type { Column } from '../catalog/index.js';
import type { Descriptor } from '../ledger/index.js';
import type { EnumModel, RelationField } from '../model/index.js';
import type { Collected } from './collect.js';
import type { RowAbove } from './implied-rows.js';
import type { JsonText } from './json-text.js';
import { Names, type PermittedRows, type PlanSql } from './permitted-rows.js';
import type { Hole, Pack, PlanSlot, Statement } from './plan.js';
import type { Records } from './selection.js';

/** What a statement is made from besides the selection. */
export interface StatementContext {
  readonly enums: ReadonlyMap<string, EnumModel>;
  /** Identity of a place that hands out cursors: operation, field and order. */
  readonly cursorPlace: (field: Collected, order: string) => Buffer;
  /** Takes what filters, orders and counts used. */
  readonly onUsage: (descriptor: Descriptor) => void;
}

/** A column beside the JSON, handed from level to level and gathered over the rows of each: a pack or a hole's inputs. */
export interface Output {
  readonly name: string;
}

/** `select … as j, outputs …`: `j` is the JSON, as text; null only for a record that is not there. */
export interface Subselect {
  readonly sql: PlanSql;
  readonly outputs: readonly Output[];
}

/** What the rows of one level bring along: laterals behind them, and values to hand up. */
export interface Gathered {
  readonly from: PlanSql[];
  readonly values: { readonly output: Output; readonly value: PlanSql }[];
}

/** Columns of the wanted rows that are fixed from outside: by the row above, or by a batch. */
export type Matching = readonly { readonly column: Column; readonly value: PlanSql }[];

/** Which rows of a type a subselect is about. */
export interface Wanted {
  readonly matching: Matching;
  /** The row above, where `matching` or `linked` joins with it in this statement. */
  readonly above: RowAbove | null;
  /** The condition on rows that a table links with the row above; null where the relation goes through none. */
  readonly linked: ((rows: PermittedRows) => PlanSql) | null;
  /** By the arguments of a root field. */
  readonly byKey: boolean;
  /** Holds for rows above whose relation is given; null where it always is. */
  readonly condition: PlanSql | null;
}

/** How nested records become a subselect, and records of another source a statement: `statement.ts` knows both. */
export interface RecordBuilders {
  readonly records: (records: Records, wanted: Wanted, scope: StatementScope) => Subselect;
  readonly batch: (field: RelationField, records: Records, context: StatementContext) => Statement;
}

/** One statement while it is put together. */
export class StatementScope {
  readonly context: StatementContext;
  readonly build: RecordBuilders;
  readonly names = new Names();
  readonly packs: Pack[] = [];
  readonly holes: Hole[] = [];

  constructor(context: StatementContext, build: RecordBuilders) {
    this.context = context;
    this.build = build;
  }

  pack(descriptor: Descriptor, distinct: boolean): Output {
    return { name: `pack ${this.packs.push({ descriptor, distinct }) - 1}` };
  }

  /** A hole, and what stands in the JSON until the gateway fills it: the nonce is fresh each time, so no data can forge it. */
  hole(hole: Hole): { readonly output: Output; readonly marker: JsonText } {
    const position = this.holes.push(hole) - 1;
    const slot: PlanSlot = { id: 'nonce', kind: 'nonce' };
    return {
      output: { name: `hole ${position}` },
      marker: ['"', param(slot, 'pg_catalog.text'), `${position}"`],
    };
  }

  /** Outputs in the order of the result's columns: packs, then holes. */
  get outputs(): Output[] {
    return [
      ...this.packs.map((_, i) => ({ name: `pack ${i}` })),
      ...this.holes.map((_, i) => ({ name: `hole ${i}` })),
    ];
  }
}
