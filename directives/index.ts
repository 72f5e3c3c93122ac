export { readColumn, type ColumnDirective } from './column.js';
export { readOpen, type OpenDirective } from './open.js';
export { problemAt } from './place.js';
export type { Annotated, Reading } from './reading.js';
export { readRelation, type RelationDirective } from './relation.js';
export { readRows, type RowsDirective } from './rows.js';
export { directiveSdl, type DirectiveNames } from './sdl.js';
export { readTable, type TableDirective } from './table.js';
export { readTradeSecret, type TradeSecretDirective } from './trade-secret.js';
