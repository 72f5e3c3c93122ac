export { entityColumns } from './entity.js';
export { loadModel, type ModelInput } from './load.js';
export { enumValueOf } from './names.js';
export type {
  ColumnField,
  CompositeModel,
  Encryption,
  EnumModel,
  FieldModel,
  Mark,
  Model,
  RelationField,
  RowBinding,
  ScalarName,
  TypeModel,
} from './model.js';
export type { SdlFile } from './parse-sdl.js';
export { scalarFits } from './scalars.js';
