import {
  GraphQLBoolean,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  type GraphQLFieldConfigMap,
} from 'graphql';
import type { TypeAccess } from './access.js';
import { mean, noMeaning } from './meaning.js';

/** Relay's PageInfo. Stateless, so views share it. */
const pageInfo = new GraphQLObjectType({
  name: 'PageInfo',
  fields: {
    hasNextPage: {
      type: new GraphQLNonNull(GraphQLBoolean),
      description: 'Whether records follow the page. Backwards it is known of the cursor given as `before`.',
    },
    hasPreviousPage: {
      type: new GraphQLNonNull(GraphQLBoolean),
      description: 'Whether records precede the page. Forwards it is known of the cursor given as `after`.',
    },
    startCursor: { type: GraphQLString },
    endCursor: { type: GraphQLString },
  },
  extensions: mean({ kind: 'pageInfo' }),
});

/** Relay's arguments: a page from either end of what matches, or next to a cursor. Stateless, so views share them. */
export const pageArguments = {
  first: {
    type: GraphQLInt,
    description: 'How many records at most; see the limits of the deployment.',
    extensions: noMeaning,
  },
  after: {
    type: GraphQLString,
    description: 'A cursor: only records behind its record.',
    extensions: noMeaning,
  },
  last: {
    type: GraphQLInt,
    description: 'How many records at most, from the end; not beside `first`.',
    extensions: noMeaning,
  },
  before: {
    type: GraphQLString,
    description: 'A cursor: only records before its record. Alone, the last of them.',
    extensions: noMeaning,
  },
};

function edgeType(access: TypeAccess, record: GraphQLObjectType): GraphQLObjectType {
  return new GraphQLObjectType({
    name: `${access.type.name}Edge`,
    fields: {
      cursor: {
        type: new GraphQLNonNull(GraphQLString),
        description: 'Give it as `after` to go on behind this record, or as `before` to go back from it.',
        extensions: noMeaning,
      },
      node: { type: new GraphQLNonNull(record), extensions: noMeaning },
    },
    extensions: mean({ kind: 'edge', access }),
  });
}

const listOf = (type: GraphQLObjectType) => new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(type)));

/** `CustomerConnection`, after Relay's cursor connections, with `nodes` for those who need no cursor. */
export function connectionType(
  access: TypeAccess,
  record: GraphQLObjectType,
  aggregates: GraphQLFieldConfigMap<unknown, unknown>,
): GraphQLObjectType {
  return new GraphQLObjectType({
    name: `${access.type.name}Connection`,
    fields: {
      nodes: { type: listOf(record), extensions: noMeaning },
      edges: { type: listOf(edgeType(access, record)), extensions: noMeaning },
      pageInfo: { type: new GraphQLNonNull(pageInfo), extensions: noMeaning },
      totalCount: {
        type: new GraphQLNonNull(GraphQLInt),
        description: 'Records that match, of those you may see.',
        extensions: noMeaning,
      },
      ...aggregates,
    },
    extensions: mean({ kind: 'connection', access }),
  });
}
