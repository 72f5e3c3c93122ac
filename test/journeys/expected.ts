import { pack, subkey, type PackedKind } from '../../src/base/index.js';
import { masks } from '../../src/masks/index.js';
import type { ColumnField, RelationLink, TypeModel } from '../../src/model/index.js';
import type { TestCaller, TestGateway } from '../support/gateway.js';
import type { Node } from './ask.js';
import { Rights, type Decision } from './rights.js';
import { cellOf, columnFields, jsonOf, keyOf, type Stored, type StoredRow } from './stored.js';

const packedKinds: Partial<Record<string, PackedKind>> = { int2: 'i2', int4: 'i4' };

/** What a caller is to be given, cell by cell. */
export class Expected {
  readonly rights: Rights;
  readonly #gateway: TestGateway;
  readonly #caller: TestCaller;
  readonly #stored: Stored;

  constructor(gateway: TestGateway, caller: TestCaller, stored: Stored) {
    this.rights = new Rights(caller, stored);
    this.#gateway = gateway;
    this.#caller = caller;
    this.#stored = stored;
  }

  /** The columns of a type that the caller's schema has. */
  fields(type: TypeModel): readonly ColumnField[] {
    return columnFields(type).filter((field) => this.rights.shows(type.name, classOf(field)));
  }

  /** The rows that the caller sees, in the order of the key. */
  rows(type: TypeModel): readonly StoredRow[] {
    return this.#stored.rows(type.name).filter((row) => this.rights.sees(type.name, row));
  }

  /** The links of a relation that the caller sees: as records of every type that its table is bound to. */
  links(through: RelationLink): readonly StoredRow[] {
    const rows = this.#stored.links(through);
    return rows.filter((row) => through.types.every((type) => this.rights.sees(type, row)));
  }

  decision(type: TypeModel, field: ColumnField, row: StoredRow): Decision {
    return this.rights.cell(type.name, classOf(field), row);
  }

  /** A record of the response that asks for every column. */
  node(type: TypeModel, row: StoredRow): Node {
    return Object.fromEntries(this.fields(type).map((field) => [field.name, this.value(type, field, row)]));
  }

  /** A cell of the response: the value, its mask, or null. */
  value(type: TypeModel, field: ColumnField, row: StoredRow): unknown {
    const decision = this.decision(type, field, row);
    if (decision === 'CLEAR') return jsonOf(field, cellOf(row, field.column));
    return decision === 'MASKED' ? jsonOf(field, this.#masked(type, field, row)) : null;
  }

  /** By the mask's reference in TypeScript, with the key of the caller's organisation. */
  #masked(type: TypeModel, { mark, column, coordinate }: ColumnField, row: StoredRow): string | null {
    if (mark.kind === 'open') throw new Error(`${coordinate} has no mask`);
    const { mask: root, version } = this.#gateway.secrets.answers;
    const audience = ['organisation', this.#caller.organisation!];
    const layout = type.key.map((each) => packedKinds[each.type.kind] ?? 'text');
    return masks[mark.mask.name].reference(
      mark.mask,
      { type: column.type, nullable: !column.notNull },
      {
        value: cellOf(row, column),
        record: pack(keyOf(type, row), layout)!,
        key: subkey(root, 'mask', version, audience, coordinate),
      },
    );
  }
}

function classOf({ mark }: ColumnField): string | null {
  return mark.kind === 'open' ? null : mark.secretClass;
}
