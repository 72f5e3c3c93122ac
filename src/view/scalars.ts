import {
  GraphQLBoolean,
  GraphQLError,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLScalarType,
  GraphQLString,
  Kind,
  type ValueNode,
} from 'graphql';
import type { ScalarName } from '../model/index.js';
import { jsonScalar } from './json-scalar.js';

/**
 * Scalars that travel as exact text. Here only the JSON form is checked (text or integer); whether the text is a value
 * of the column's type is decided once, in plan, where the column is known. Nothing echoes what was sent.
 */
function textScalar(
  name: ScalarName,
  description: string,
  specifiedByURL?: string,
): GraphQLScalarType<string, string> {
  const read = (value: unknown): string => {
    if (typeof value === 'string') return value;
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
    throw new GraphQLError(`${name} is written as text.`);
  };
  return new GraphQLScalarType<string, string>({
    name,
    description,
    ...(specifiedByURL === undefined ? {} : { specifiedByURL }),
    parseValue: read,
    parseLiteral(node: ValueNode) {
      if (node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT) return node.value;
      throw new GraphQLError(`${name} is written as text.`);
    },
  });
}

const custom = {
  BigInt: textScalar('BigInt', 'A 64-bit integer, as text.'),
  Decimal: textScalar('Decimal', 'A decimal number of any precision, as text.'),
  Date: textScalar('Date', 'A day, `2026-01-31`.', 'https://scalars.graphql.org/andimarek/local-date.html'),
  DateTime: textScalar(
    'DateTime',
    'A moment with its offset, `2026-01-31T08:00:00+00:00`.',
    'https://scalars.graphql.org/andimarek/date-time.html',
  ),
  LocalDateTime: textScalar('LocalDateTime', 'Date and time without an offset, `2026-01-31T08:00:00`.'),
  Time: textScalar('Time', 'Time of day, `08:00:00`.'),
  OffsetTime: textScalar('OffsetTime', 'Time of day with its offset, `08:00:00+01`.'),
  Interval: textScalar(
    'Interval',
    'An ISO 8601 duration whose parts may each be negative, `P1Y2M3DT4H5M6.5S`; or `infinity`, `-infinity`.',
  ),
  UUID: textScalar('UUID', 'A UUID.', 'https://www.rfc-editor.org/rfc/rfc9562'),
  XML: textScalar('XML', 'An XML document, or a piece of one.'),
  Base64: textScalar('Base64', 'Bytes in Base64.', 'https://www.rfc-editor.org/rfc/rfc4648'),
  BitString: textScalar('BitString', 'Bits, `0110`.'),
  Inet: textScalar('Inet', 'An address or network of IPv4 or IPv6, `192.0.2.7`, `192.0.2.0/24`.'),
  MacAddress: textScalar('MacAddress', 'A hardware address of 6 or 8 bytes, `08:00:2b:01:02:03`.'),
  Geometry: textScalar('Geometry', 'A point, line or shape as PostgreSQL writes it, `(1,2.5)`.'),
  Range: textScalar('Range', 'A range as PostgreSQL writes it, `[1,10)`; or several, `{[1,3),[5,8)}`.'),
} satisfies Partial<Record<ScalarName, GraphQLScalarType>>;

/** The GraphQL scalar of each name. Stateless, so views share them. */
export const scalars: Readonly<Record<ScalarName, GraphQLScalarType>> = {
  ID: GraphQLID,
  String: GraphQLString,
  Int: GraphQLInt,
  Float: GraphQLFloat,
  Boolean: GraphQLBoolean,
  JSON: jsonScalar,
  ...custom,
};
