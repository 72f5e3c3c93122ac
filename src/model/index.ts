export { findEntity, type EntityWay } from './entity.js';
export { isKeyKind, isWithoutConstraints } from './bind-key.js';
export { joinable } from './joinable.js';
export type { SourceLineage } from './check-lineage.js';
export { loadModel, type ModelInput } from './load.js';
export type {
  ColumnField,
  CompositeModel,
  Encryption,
  EnumModel,
  FieldModel,
  Mark,
  Model,
  RelationField,
  RelationLink,
  RowBinding,
  ScalarName,
  TypeModel,
} from './model.js';
export {
  columnNameOf,
  enumValueOf,
  generatedSuffixes,
  generatedTypes,
  NAME_LENGTH_MAX,
  pluralNameOf,
  singleNameOf,
  whereKeywords,
} from './names.js';
export type { SdlFile } from './parse-sdl.js';
export { preludeSdl } from './prelude.js';
export { placesOf, type Place } from './places.js';
export { scalarFits, scalarsFor } from './scalars.js';
