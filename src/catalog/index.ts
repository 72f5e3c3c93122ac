export {
  builtInType,
  findTable,
  isComparable,
  itemType,
  type Catalog,
  type Column,
  type ForeignKey,
  type PgKind,
  type PgType,
  type Table,
} from './catalog.js';
export { readCatalog, type CatalogClient } from './read.js';
export { columnId, readableColumns } from './readable.js';
export { readLineage, type ColumnName, type Derived, type Lineage } from './lineage.js';
