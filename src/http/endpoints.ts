/** Addresses that give data, each to POST alone. */
export const endpoints: ReadonlySet<string> = new Set(['/graphql', '/control']);
