import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const form = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

function parse(value: unknown): number {
  const at = typeof value === 'string' && form.test(value) ? Date.parse(value) : NaN;
  if (Number.isNaN(at))
    throw new GraphQLError('A DateTime is written 2026-11-23T09:30:00Z, or 2026-11-23 for its midnight.');
  return at;
}

/** Milliseconds since 1970 within, ISO 8601 with a zone without. */
export const dateTime = new GraphQLScalarType<number, string>({
  name: 'DateTime',
  parseValue: parse,
  parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
  serialize: (value) => new Date(Number(value)).toISOString(),
});
