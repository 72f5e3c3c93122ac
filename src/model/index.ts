export { loadModel, type ModelInput } from './load.js';
export type {
  ColumnField,
  CompositeModel,
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
