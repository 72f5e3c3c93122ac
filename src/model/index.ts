export type {
  ColumnField,
  EnumModel,
  FieldModel,
  Mark,
  Model,
  RelationField,
  RowBinding,
  ScalarName,
  TypeModel,
} from './model.js';
