import type { Descriptor } from '../ledger/index.js';
import type { ColumnField } from '../model/index.js';
import type { TypeAccess } from '../view/index.js';
import type { AggregateEntry, AggregateItem, GroupsItem } from './aggregate-selection.js';
import { describe, readsOf, type Read } from './disclosures.js';

/** What an aggregate used: fields grouped by and computed over, and that records were counted. It names no record. */
export function aggregateUsage(item: AggregateItem | GroupsItem, access: TypeAccess): Descriptor {
  const groups =
    item.kind === 'groups' ? item.by.flatMap((field) => readsOf({ field, access, usage: 'GROUP' })) : [];
  const values =
    item.kind === 'aggregate'
      ? entries(item.entries)
      : item.entries.flatMap((entry) => (entry.kind === 'aggregate' ? entries(entry.entries) : []));
  // Whoever sees a group, or the fields of none, sees that there are records.
  const counted: Read = {
    decision: 'CLEAR',
    usage: 'AGGREGATE',
    mask: null,
    secretClass: null,
    coordinate: `${access.type.name}Aggregate.count`,
  };
  return describe(access.type, [...groups, ...values, counted], []);
}

function entries(list: readonly AggregateEntry[]): Read[] {
  return list.flatMap((entry) =>
    entry.kind === 'values'
      ? entry.entries.flatMap((each) =>
          each.kind === 'value' ? [computed(each.field, each.guard === null ? 'CLEAR' : 'AGGREGATE')] : [],
        )
      : [],
  );
}

function computed({ mark, coordinate }: ColumnField, decision: Read['decision']): Read {
  const secretClass = mark.kind === 'secret' ? mark.secretClass : null;
  return { decision, usage: 'AGGREGATE', mask: null, secretClass, coordinate };
}
