import type { Column } from '../catalog/index.js';
import type { RelationField, TypeModel } from '../model/index.js';
import type { RowCondition } from '../policy/index.js';
import type { TypeAccess } from '../view/index.js';
import type { Cells, Descriptor } from '../ledger/index.js';
import type { Level, LevelItem, PageArguments, ValueItem } from './selection.js';
import { usesOf, type Use } from './uses.js';
import { packedLayout } from './record-keys.js';

/** Cells of a level that are given on the same rows: everywhere, or by a condition. */
export interface LevelDisclosure {
  readonly descriptor: Descriptor;
  /** Null: every row of the level. Else rows where `clear` holds, or, for a mask, where `masked` holds and `clear` does not. */
  readonly when: {
    readonly clear: readonly RowCondition[];
    readonly masked: readonly RowCondition[] | null;
  } | null;
}

/** A type as a descriptor names it. */
type TypeName = Pick<TypeModel, 'name' | 'source'>;

export type Read = Pick<Cells, 'decision' | 'usage' | 'mask' | 'secretClass'> & {
  readonly coordinate: string;
};

/** The descriptor of some reads of records with a key; without one they name no record. */
export function describe(type: TypeName, reads: readonly Read[], key: readonly Column[]): Descriptor {
  const groups = new Map<string, Read[]>();
  for (const read of reads) {
    const id = JSON.stringify([read.decision, read.usage, read.mask, read.secretClass]);
    groups.set(id, [...(groups.get(id) ?? []), read]);
  }
  const cells = [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, [first, ...rest]]): Cells => {
      if (first === undefined) throw new Error('an empty group');
      const { decision, usage, mask, secretClass } = first;
      return {
        decision,
        usage,
        mask,
        secretClass,
        coordinates: [...new Set([first, ...rest].map((read) => read.coordinate))].sort(),
      };
    });
  return { type: type.name, source: type.source, keyLayout: packedLayout(key), cells };
}

/** An item with the decision on it. */
type Told = Exclude<LevelItem, { kind: 'typename' }>;

function read({ field, kind }: Told, decision: Cells['decision']): Read {
  const { mark, coordinate } = field;
  return {
    decision,
    usage: kind === 'relation' ? 'RELATE' : 'READ',
    mask: decision === 'MASKED' && mark.kind === 'secret' ? mark.mask.name : null,
    secretClass: mark.kind === 'secret' ? mark.secretClass : null,
    coordinate,
  };
}

/**
 * The items of a level with the attributes that they show: of an open composite each with its own decision, of a secret one
 * all as the whole is given. What is masked or withheld as a whole shows none.
 */
function* told(items: Level['items']): Generator<Told> {
  for (const item of items) {
    if (item.kind === 'typename') continue;
    yield item;
    if (item.kind !== 'composite' || item.cell.kind === 'MASKED' || item.cell.kind === 'DENIED') continue;
    const { cell, field } = item;
    const { mark } = field;
    for (const inner of told(item.items)) {
      if (mark.kind === 'open') yield inner;
      else if (inner.kind !== 'relation')
        yield { ...inner, cell: shownOf(cell), field: { ...inner.field, mark } };
    }
  }
}

/** Of a whole that is clear on some rows, attributes are shown on these alone. */
function shownOf(cell: ValueItem['cell']): ValueItem['cell'] {
  return cell.kind === 'BY_ROW' ? { ...cell, masked: [] } : cell;
}

/** What a level discloses: one descriptor for what every row gives, and one for each condition that some rows meet. */
export function levelDisclosures({ access: { type }, items }: Level): LevelDisclosure[] {
  const everywhere: Read[] = [];
  const byRow = new Map<string, { when: LevelDisclosure['when']; reads: Read[] }>();
  const add = (when: NonNullable<LevelDisclosure['when']>, each: Read) => {
    const id = JSON.stringify(when);
    const group = byRow.get(id) ?? { when, reads: [] };
    group.reads.push(each);
    byRow.set(id, group);
  };
  for (const item of told(items)) {
    const { cell } = item;
    if (cell.kind !== 'BY_ROW') {
      everywhere.push(read(item, cell.kind));
      continue;
    }
    if (cell.clear.length > 0) add({ clear: cell.clear, masked: null }, read(item, 'CLEAR'));
    if (cell.masked.length > 0) add({ clear: cell.clear, masked: cell.masked }, read(item, 'MASKED'));
  }
  return [
    { descriptor: describe(type, everywhere, type.key), when: null },
    ...[...byRow.values()].map(({ when, reads }) => ({ descriptor: describe(type, reads, type.key), when })),
  ];
}

/** A use of a field: of its value, or of what the caller reads, which is the value on some rows and its mask on others. */
export function readsOf({ field, access, usage }: Use): Read[] {
  const { mark, coordinate } = field;
  const { compared, arms } = access.fields.get(field.name) ?? { compared: null, arms: [] };
  const decisions =
    compared === 'READ'
      ? (['CLEAR', 'MASKED'] as const).filter((each) => arms.some(({ decision }) => decision === each))
      : (['CLEAR'] as const);
  return decisions.map((decision) => ({
    decision,
    usage,
    mask: decision === 'MASKED' && mark.kind === 'secret' ? mark.mask.name : null,
    secretClass: mark.kind === 'secret' ? mark.secretClass : null,
    coordinate,
  }));
}

/** What filters, orders and counts used, without naming records: one descriptor for each type of which a field was used. */
export function usageDescriptors(
  access: TypeAccess,
  page: PageArguments | null,
  counted: boolean,
): Descriptor[] {
  const byType = new Map<string, { readonly type: TypeName; readonly reads: Read[] }>();
  const add = (type: TypeName, reads: readonly Read[]) => {
    const group = byType.get(type.name) ?? { type, reads: [] };
    group.reads.push(...reads);
    byType.set(type.name, group);
  };
  for (const use of page === null ? [] : usesOf(page.shape, access)) add(use.access.type, readsOf(use));
  if (counted) {
    const coordinate = `${access.type.name}Connection.totalCount`;
    add(access.type, [{ decision: 'CLEAR', usage: 'AGGREGATE', mask: null, secretClass: null, coordinate }]);
  }
  return [...byType.values()].map(({ type, reads }) => describe(type, reads, []));
}

/** Join keys that go to another source: which records of the target are asked for. Packed as text, as they are sent. */
export function sentDescriptor(target: TypeAccess, relation: RelationField): Descriptor {
  const cells: Cells = {
    decision: 'CLEAR',
    usage: 'RELATE',
    mask: null,
    secretClass: null,
    coordinates: [relation.coordinate],
  };
  return {
    type: target.type.name,
    source: target.type.source,
    keyLayout: relation.to.map(() => 'text'),
    cells: [cells],
  };
}
