import { buildSchema } from 'graphql';
import { deepFreeze, sha256, type Problem } from '../base/index.js';
import type { Catalog } from '../catalog/index.js';
import type { Policy } from '../policy/index.js';
import { bindEnums } from './bind-enums.js';
import { bindComposites, finishComposite, isComposite } from './bind-composites.js';
import { bindField, bindFields } from './bind-fields.js';
import { bindKey, type Key } from './bind-key.js';
import { bindRows } from './bind-rows.js';
import { bindTable } from './bind-table.js';
import { checkAggregates, noteAggregates } from './check-aggregates.js';
import { checkDirectives } from './check-directives.js';
import { checkEncodings } from './check-encodings.js';
import { checkEncryption } from './check-encryption.js';
import { checkExposure } from './check-exposure.js';
import { checkIndexes } from './check-indexes.js';
import { checkLineage, type SourceLineage } from './check-lineage.js';
import { checkNames } from './check-names.js';
import { checkPolicy, warnOfPolicy } from './check-policy.js';
import { takeDefinitions, type Definitions } from './definitions.js';
import type { FieldsDraft, Loading, TypeDraft } from './draft.js';
import { checkVia, followRows, type RowsOfTypes } from './follow-rows.js';
import { readMark } from './marks.js';
import type { Model, TypeModel } from './model.js';
import { noteColumns } from './note-columns.js';
import { joinSdl, parseSdl, type SdlFile } from './parse-sdl.js';
import { preludeSdl } from './prelude.js';
import { Report } from './report.js';
import { checkRootNames, rootNamesOf } from './root-names.js';
import { validateSdl } from './validate-sdl.js';

/** What a model is made from. */
export interface ModelInput {
  readonly sdl: readonly SdlFile[];
  readonly policy: Policy;
  /** One catalogue for each source. */
  readonly catalogs: readonly Catalog[];
  /** Names of the keys that columns may be encrypted with; none unless given. */
  readonly encryptionKeys?: readonly string[];
  /** Where the columns' values come from, for those who want to be warned of secrets that leave by another way. */
  readonly lineages?: readonly SourceLineage[];
}

/**
 * Checks SDL, policy and catalogues against each other: one frozen model, or every problem at once, each with its file and
 * line. (Files that do not parse come first and alone: what they define cannot be known.) The model holds the policy and
 * columns it was given, frozen too.
 */
export function loadModel(
  input: ModelInput,
):
  | { readonly model: Model; readonly warnings: readonly Problem[]; readonly notes: readonly Problem[] }
  | { readonly problems: readonly Problem[] } {
  const report = new Report();
  const document = parseSdl(input.sdl, report);
  if (document === null) return { problems: report.problems };

  const definitions = takeDefinitions(document, report);
  checkDefinitions(definitions, input, report);
  const { policy, catalogs, encryptionKeys = [] } = input;
  const loading: Loading = { policy, catalogs, encryptionKeys, report };
  const { types, composites } = bindTypes(definitions, loading);
  const enums = bindEnums(definitions.enums, [...types.values(), ...composites.values()], loading);
  const keys = mapValues(types, (type) => bindKey(type, loading));
  const rows = mapValues(types, (type) => bindRows(type, loading));
  checkVia(rows, types, loading);
  checkTypes([...types.values()], composites, input, loading);
  checkEncryption([...types.values()], [...composites.values()], loading);
  if (report.failed) return { problems: report.problems };

  const finished = mapValues(types, (type) => finishType(type, keys.get(type.name) ?? null, rows, types));
  const problems = checkAggregates(policy, finished);
  if (problems.length > 0) return { problems };
  const values = mapValues(composites, finishComposite);
  warnOfPolicy(policy, finished, values, report);
  checkIndexes(types, keys, rows, input.catalogs, report);
  checkLineage([...types.values()], input.lineages ?? [], report);
  noteColumns(types, rows, report);
  noteAggregates(policy, finished, report);
  const sdl = joinSdl(input.sdl);
  const sources = [...new Set([...finished.values()].map(({ source }) => source))].sort();
  const model: Model = {
    types: finished,
    enums,
    composites: values,
    policy,
    sources,
    sdl,
    version: sha256(sdl),
  };
  return { model: deepFreeze(model), warnings: report.warnings, notes: report.notes };
}

/** What can be said of the SDL without a catalogue. */
function checkDefinitions(definitions: Definitions, { policy, catalogs }: ModelInput, report: Report): void {
  const prelude = buildSchema(
    preludeSdl(
      policy,
      catalogs.map(({ source }) => source),
    ),
  );
  validateSdl(definitions, prelude, report);
  checkDirectives(definitions, prelude, report);
  checkNames(definitions, report);
}

interface BoundTypes {
  readonly types: ReadonlyMap<string, FieldsDraft>;
  readonly composites: ReadonlyMap<string, FieldsDraft>;
}

/** Types bound to their tables; then, since a relation needs both its ends, their fields; then what these give out. */
function bindTypes(definitions: Definitions, loading: Loading): BoundTypes {
  const drafts = new Map<string, TypeDraft>();
  for (const node of definitions.objects) {
    if (isComposite(node)) continue;
    const name = node.name.value;
    drafts.set(name, { name, node, bound: bindTable(node, loading), mark: readMark(node, name, loading) });
  }
  const types = mapValues(drafts, (draft) => bindFields(draft, drafts, definitions, loading));
  const composites = bindComposites(
    definitions.objects.filter(isComposite),
    [...types.values()],
    (node, type) => bindField(node, type, drafts, definitions, loading),
    loading,
  );
  return { types, composites };
}

/** What concerns several types, or none. */
function checkTypes(
  types: readonly FieldsDraft[],
  composites: ReadonlyMap<string, FieldsDraft>,
  { sdl, policy }: ModelInput,
  loading: Loading,
): void {
  checkEncodings(types, loading);
  checkExposure(types, composites, loading);
  checkRootNames(types, loading.report);
  checkPolicy(policy, types, composites, loading.report);
  if (types.length > 0) return;
  const message = 'The schema defines no type; write one with @table.';
  loading.report.add({ file: sdl[0]?.file ?? 'schema', line: 0, code: 'NO_TYPES', message });
}

/** A type without problems, as the model holds it. */
function finishType(
  type: FieldsDraft,
  key: Key | null,
  rows: RowsOfTypes,
  types: ReadonlyMap<string, FieldsDraft>,
): TypeModel {
  const { name, node, bound, mark } = type;
  if (bound === null || key === null) throw new Error(`${name} was not bound, and no problem says so`);
  const fields = [...type.fields.values()].map(({ field }) => {
    if (field === null) throw new Error(`a field of ${name} was not bound, and no problem says so`);
    return [field.name, field] as const;
  });
  return {
    name,
    description: node.description?.value ?? null,
    source: bound.source,
    schema: bound.table.schema,
    table: bound.table.name,
    ...key,
    fields: new Map(fields),
    rows: followRows(rows.get(name) ?? [], rows, types),
    typeClass: mark?.kind === 'secret' ? mark.secretClass : null,
    ...rootNamesOf(type),
  };
}

function mapValues<From, To>(
  map: ReadonlyMap<string, From>,
  change: (value: From) => To,
): ReadonlyMap<string, To> {
  return new Map([...map].map(([name, value]) => [name, change(value)]));
}
