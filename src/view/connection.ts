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
import { mean } from './meaning.js';

/** Relay's PageInfo. Stateless, so views share it. */
const pageInfo = new GraphQLObjectType({
  name: 'PageInfo',
  fields: {
    hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    hasPreviousPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    startCursor: { type: GraphQLString },
    endCursor: { type: GraphQLString },
  },
  extensions: mean({ kind: 'pageInfo' }),
});

function edgeType(access: TypeAccess, record: GraphQLObjectType): GraphQLObjectType {
  return new GraphQLObjectType({
    name: `${access.type.name}Edge`,
    fields: {
      cursor: {
        type: new GraphQLNonNull(GraphQLString),
        description: 'Give it as `after` to go on behind this record.',
      },
      node: { type: new GraphQLNonNull(record) },
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
      nodes: { type: listOf(record) },
      edges: { type: listOf(edgeType(access, record)) },
      pageInfo: { type: new GraphQLNonNull(pageInfo) },
      totalCount: {
        type: new GraphQLNonNull(GraphQLInt),
        description: 'Records that match, of those you may see.',
      },
      ...aggregates,
    },
    extensions: mean({ kind: 'connection', access }),
  });
}
