/** How rows come by their values: by their keys alone, so each run of any size measures the same rows. */
export const createDraw = `
CREATE FUNCTION draw(key int8, topic int8, sides int4) RETURNS int4 IMMUTABLE LANGUAGE sql
  RETURN ((hashint8extended(key, topic) & 9223372036854775807) % sides)::int4;`;

/** Accounts that customers are spread over; a caller's row claims name some of them. */
export const accounts = 20;

/** The account of a customer, in whichever database. @param key a column, or an expression */
export const accountOf = (key: string): string => `1 + draw(${key}, 1, ${accounts})`;
