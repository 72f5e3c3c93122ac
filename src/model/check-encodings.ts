import type { FieldsDraft, Loading } from './draft.js';

/** Sources that are served must be UTF8: in another encoding PostgreSQL raises on what it cannot convert. Once for each. */
export function checkEncodings(types: readonly FieldsDraft[], { catalogs, report }: Loading): void {
  for (const { source, encoding } of catalogs) {
    const first = types.find(({ bound }) => bound?.source === source);
    if (first === undefined || encoding === 'UTF8') continue;
    const message = `The source ${source} is encoded as ${encoding}; only UTF8 databases are served. Convert it, or leave its types out.`;
    report.problem(first.node, 'SOURCE_ENCODING', message);
  }
}
