import type { Derived, Table } from '../catalog/index.js';
import { pluralNameOf, singleNameOf, whereKeywords } from '../model/index.js';
import { draftColumn, type Naming } from './columns.js';
import type { CompositeMarks } from './composite-marks.js';
import { CompositeDrafts } from './composites.js';
import { dimensionReason } from './dimension.js';
import type { ColumnDraft, Draft, NotServed } from './draft.js';
import { EnumNames } from './enums.js';
import type { Evidence } from './evidence.js';
import type { Relatable } from './foreign-joins.js';
import { isGeneratedFor, reservedTypeNames, takeName, typeNameFrom } from './identifiers.js';
import { chooseKey } from './keys.js';
import { relateTypes } from './relations.js';
import { evidenceOfSample, suggestMarks, tableId, type ReadSource, type TableMarks } from './suggest.js';

/** A table with everything that is known of it. */
interface Known {
  readonly source: string;
  readonly table: Table;
  readonly marks: TableMarks;
  readonly composites: CompositeMarks;
  readonly evidence: ReadonlyMap<string, Evidence>;
  readonly unsampled: string | null;
  readonly derived: Derived | undefined;
}

interface Served extends Known {
  readonly key: readonly string[];
}

/** What of the sources is served, under which names and marks. The same catalogues and samples give the same draft. */
export function buildDraft(sources: readonly ReadSource[]): Draft {
  const served: Served[] = [];
  const notServed: NotServed[] = [];
  for (const known of sources.flatMap(knownTables)) {
    const choice = partitionReason(known, sources) ?? chooseKey(known.table, known.marks, known.derived);
    if ('key' in choice) served.push({ ...known, key: choice.key });
    else
      notServed.push({ source: known.source, table: known.table, marks: known.marks, reason: choice.reason });
  }
  const names = nameTypes(served, sources.length > 1);
  const taken = new Set([...reservedTypeNames(), ...names]);
  const naming = { enums: new EnumNames(taken), composites: new CompositeDrafts(taken) };
  const types = served.map((each, i) => typeOf(each, names[i] ?? '', naming));
  const plurals = nameLists(types);
  const related = relateTypes(types);
  return {
    sources: sources.map(({ catalog }) => catalog.source),
    types: related.map((type, i) => ({ ...type, plural: plurals[i] ?? null })),
    enums: naming.enums.all,
    composites: naming.composites.all,
    notServed,
  };
}

function knownTables(read: ReadSource): readonly Known[] {
  const { tables: marks, composites } = suggestMarks(read);
  return read.catalog.tables.map((table) => {
    const id = tableId(table.schema, table.name);
    const sample = read.samples.get(id);
    return {
      source: read.catalog.source,
      table,
      marks: marks.get(id) ?? new Map(),
      composites,
      evidence: evidenceOfSample(sample),
      unsampled: sample?.missing ?? null,
      derived: read.lineage.find(
        ({ kind, schema, table: name }) =>
          kind !== 'generated' && schema === table.schema && name === table.name,
      ),
    };
  });
}

/** Rows of a partition are served by the table above, where that is. */
function partitionReason(
  { source, derived }: Known,
  sources: readonly ReadSource[],
): { reason: string } | null {
  if (derived?.parent == null) return null;
  const { schema, table: name } = derived.parent;
  const tables = sources.find(({ catalog }) => catalog.source === source)?.catalog.tables ?? [];
  const parent = tables.find((table) => table.schema === schema && table.name === name);
  if (parent?.kind !== 'partitioned' || !('key' in chooseKey(parent, new Map(), undefined))) return null;
  return { reason: `A partition of ${name}, whose type serves its rows; nothing to do.` };
}

/** Names of the types in order: the table's, with the schema or the source before it where two would be called alike. */
function nameTypes(tables: readonly Served[], several: boolean): readonly string[] {
  const plain = tables.map(({ table }) => typeNameFrom('Table', table.name));
  const taken = new Set(reservedTypeNames());
  return tables.map(({ source, table }, i) => {
    const own = plain[i] ?? '';
    const isShared = plain.filter((name) => name === own).length > 1;
    const longer = [
      typeNameFrom('Table', table.schema, table.name),
      typeNameFrom('Table', source, table.name),
      typeNameFrom('Table', source, table.schema, table.name),
      `${own}Record`,
    ];
    // The first source's public table keeps the short name; a second run with the same sources gives the same.
    const candidates =
      isShared && i !== plain.indexOf(own) ? (several ? longer.slice(1) : longer) : [own, ...longer];
    return takeName(taken, candidates, (name) => !isGeneratedFor(name, new Set([...taken, ...plain])));
  });
}

/** Names for lists whose plural is no other word, or another type's. */
function nameLists(types: readonly { readonly name: string }[]): readonly (string | null)[] {
  const taken = new Set(types.map(({ name }) => singleNameOf(name)));
  return types.map(({ name }) => {
    const plural = pluralNameOf(name);
    const list = takeName(taken, [plural, `${singleNameOf(name)}List`, `all${name}`]);
    return list === plural ? null : list;
  });
}

function typeOf(known: Served, name: string, naming: Naming): Relatable {
  const { source, table, key, marks, composites, evidence, unsampled } = known;
  // Words of the generated filters are no fields.
  const taken = new Set<string>(whereKeywords);
  const pointing = new Set(table.foreignKeys.flatMap((foreign) => foreign.columns));
  const columns = [...table.columns.values()].map((column): ColumnDraft => {
    const isKey = key.includes(column.name);
    const isPointing = pointing.has(column.name);
    const said = { judgement: marks.get(column.name) ?? null, evidence: evidence.get(column.name) ?? null };
    const draft = draftColumn(column, said, { source, marks: composites, naming, taken, isKey, isPointing });
    const isDimension = draft.judgement === null && draft.field !== null && !isKey && !isPointing;
    return { ...draft, dimension: isDimension ? dimensionReason(column, said.evidence) : null };
  });
  return { name, source, table, key, columns, unsampled, fieldNames: taken };
}
