import { CordonError } from '../base/index.js';
import type { ColumnField, RelationField } from '../model/index.js';
import type { FieldAccess, TypeAccess } from '../view/index.js';
import { AggregateDecider, type AggregateItem, type GroupsItem } from './aggregate-selection.js';
import type { Cell } from './cell.js';
import { decideField, unclear, unusable, type Rights } from './decide.js';
import type { ArgumentShape } from './argument-shape.js';
import { recordsOf } from './arguments.js';
import { usesOf } from './uses.js';
import type { Collected } from './collect.js';
import type { Withheld } from './plan.js';

/** The decided tree: what was selected, with every decision taken. Nothing after this looks at rights again. */

export type Given = Exclude<Cell, { kind: 'REFUSED' }>;

/** A value of a record, or of a composite within it. */
export type ValueItem =
  | { readonly kind: 'column'; readonly name: string; readonly field: ColumnField; readonly cell: Given }
  | {
      readonly kind: 'composite';
      readonly name: string;
      readonly field: ColumnField;
      readonly cell: Given;
      readonly items: readonly (TypenameItem | ValueItem)[];
    };

interface TypenameItem {
  readonly kind: 'typename';
  readonly name: string;
  readonly typeName: string;
}

export type LevelItem =
  | TypenameItem
  | ValueItem
  | {
      readonly kind: 'relation';
      readonly name: string;
      readonly field: RelationField;
      readonly cell: Given;
      readonly records: Records;
    };

/** Fields of records of one type. */
export interface Level {
  readonly access: TypeAccess;
  readonly items: readonly LevelItem[];
}

export interface PageArguments {
  readonly shape: ArgumentShape;
  /** Position of the first literal in the operation. */
  readonly offset: number;
}

export type PageInfoField = 'hasNextPage' | 'hasPreviousPage' | 'startCursor' | 'endCursor';

export type EdgeItem =
  | { readonly kind: 'typename'; readonly name: string; readonly typeName: string }
  | { readonly kind: 'cursor'; readonly name: string }
  | { readonly kind: 'node'; readonly name: string; readonly level: Level };

export type ConnectionItem =
  | { readonly kind: 'typename'; readonly name: string; readonly typeName: string }
  | { readonly kind: 'nodes'; readonly name: string; readonly level: Level }
  | { readonly kind: 'edges'; readonly name: string; readonly items: readonly EdgeItem[] }
  | { readonly kind: 'totalCount'; readonly name: string }
  | AggregateItem
  | GroupsItem
  | {
      readonly kind: 'pageInfo';
      readonly name: string;
      readonly fields: readonly { readonly name: string; readonly field: PageInfoField | '__typename' }[];
    };

export type Records =
  | {
      readonly kind: 'record';
      readonly access: TypeAccess;
      readonly level: Level;
      readonly page: PageArguments | null;
    }
  | {
      readonly kind: 'list';
      readonly access: TypeAccess;
      readonly level: Level;
      readonly page: PageArguments;
    }
  | {
      readonly kind: 'connection';
      readonly access: TypeAccess;
      readonly items: readonly ConnectionItem[];
      readonly page: PageArguments;
      readonly field: Collected;
    };

/** Takes every decision of an operation under one view and clearance. */
export class Decider {
  readonly masked = new Set<string>();
  readonly withheld: Withheld[] = [];
  readonly #rights: Rights;
  readonly #page: (field: Collected) => PageArguments | null;
  readonly #aggregates: AggregateDecider;

  constructor(rights: Rights, page: (field: Collected) => PageArguments | null) {
    this.#rights = rights;
    this.#page = page;
    this.#aggregates = new AggregateDecider({
      unclear: (access) => unclear(access, rights),
      unusable: (access) => unusable(access, rights),
      give: (access, type, path) => this.#note(access.field.coordinate, this.#cell(access, type), path),
      pageOf: page,
      withheld: this.withheld,
    });
  }

  /** Decides a field that gives records. `path` is static: list positions are `*`. */
  records(field: Collected, path: readonly string[]): Records {
    const access = recordsOf(field);
    if (access === null || field.children === null)
      throw new Error(`${field.definition.name} gives no records`);
    const page = this.#page(field);
    if (page !== null) this.#checkUse(page.shape, access);
    if (field.meaning?.kind === 'connection') return this.#connection(field, access, page, path);
    if (page?.shape.size != null)
      return { kind: 'list', access, level: this.#level(access, field.children, [...path, '*']), page };
    return { kind: 'record', access, level: this.#level(access, field.children, path), page };
  }

  #connection(
    field: Collected,
    access: TypeAccess,
    page: PageArguments | null,
    path: readonly string[],
  ): Records {
    if (page === null) throw new Error('a connection without a page');
    const items = (field.children ?? []).map((child): ConnectionItem => {
      const name = child.responseName;
      const children = child.children ?? [];
      const here = [...path, name];
      switch (child.definition.name) {
        case 'nodes':
          return { kind: 'nodes', name, level: this.#level(access, children, [...here, '*']) };
        case 'edges':
          return {
            kind: 'edges',
            name,
            items: children.map((edge) => this.#edge(edge, access, [...here, '*'])),
          };
        case 'pageInfo':
          return {
            kind: 'pageInfo',
            name,
            fields: children.map((each) => ({
              name: each.responseName,
              field: each.definition.name as PageInfoField,
            })),
          };
        case 'totalCount':
          return { kind: 'totalCount', name };
        case 'aggregate':
        case 'groupBy':
          return this.#aggregates.item(child, { field, access, page }, here);
        default:
          return { kind: 'typename', name, typeName: child.parent.name };
      }
    });
    return { kind: 'connection', access, items, page, field };
  }

  #edge(child: Collected, access: TypeAccess, path: readonly string[]): EdgeItem {
    const name = child.responseName;
    if (child.definition.name === 'node')
      return { kind: 'node', name, level: this.#level(access, child.children ?? [], [...path, name]) };
    return child.definition.name === 'cursor'
      ? { kind: 'cursor', name }
      : { kind: 'typename', name, typeName: child.parent.name };
  }

  #level(access: TypeAccess, children: readonly Collected[], path: readonly string[]): Level {
    return {
      access,
      items: children.map((child) => this.#item(access, child, [...path, child.responseName])),
    };
  }

  #item(access: TypeAccess, child: Collected, path: readonly string[]): LevelItem {
    const name = child.responseName;
    const fieldAccess = access.fields.get(child.definition.name);
    if (fieldAccess === undefined) return { kind: 'typename', name, typeName: child.parent.name };
    const { field } = fieldAccess;
    const cell = this.#cell(fieldAccess, access);
    this.#note(field.coordinate, cell, path);
    if (field.kind === 'column') return this.#value({ ...fieldAccess, field }, cell, access, child, path);
    return { kind: 'relation', name, field, cell, records: this.records(child, path) };
  }

  /**
   * A value; of a composite each attribute that is selected, decided as a cell of the same record.
   * @param decided whether the mark of a whole has decided for all that is within it
   */
  #value(
    { field, attributes }: FieldAccess<ColumnField>,
    cell: Given,
    access: TypeAccess,
    { responseName: name, children }: Collected,
    path: readonly string[],
    decided = field.mark.kind === 'secret',
  ): ValueItem {
    if (field.type.kind !== 'composite') return { kind: 'column', name, field, cell };
    const inside = [...path, ...Array<string>(field.lists).fill('*')];
    const items = (children ?? []).map((child) => {
      const attribute = attributes.get(child.definition.name);
      if (attribute === undefined)
        return { kind: 'typename', name: child.responseName, typeName: child.parent.name } as const;
      const here = [...inside, child.responseName];
      // Where the whole is a secret, its own mark has decided.
      const own: Given = decided ? { kind: 'CLEAR' } : this.#cell(attribute, access);
      this.#note(attribute.field.coordinate, own, here);
      return this.#value(
        attribute,
        own,
        access,
        child,
        here,
        decided || attribute.field.mark.kind === 'secret',
      );
    });
    return { kind: 'composite', name, field, cell, items };
  }

  #cell(access: FieldAccess, type: TypeAccess): Given {
    const cell = decideField(access, type, this.#rights);
    if (cell.kind === 'REFUSED') throw new CordonError(cell.code);
    return cell;
  }

  #note(coordinate: string, cell: Given, path: readonly string[]): void {
    if (cell.kind === 'MASKED' || (cell.kind === 'BY_ROW' && cell.masked.length > 0))
      this.masked.add(coordinate);
    if (cell.kind === 'DENIED' || (cell.kind === 'BY_ROW' && cell.masked.length === 0))
      this.withheld.push({ path, code: cell.code });
  }

  #checkUse(shape: ArgumentShape, records: TypeAccess): void {
    for (const { field, access } of usesOf(shape, records)) {
      const fieldAccess = access.fields.get(field.name);
      const code = fieldAccess === undefined ? 'DENIED' : unusable(fieldAccess, this.#rights);
      if (code !== null)
        throw new CordonError(code, { detail: `used in a filter or order: ${field.coordinate}` });
    }
  }
}
