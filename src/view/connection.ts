import {
  GraphQLBoolean,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
} from 'graphql';
import type { TypeAccess } from './access.js';
import { mean } from './meaning.js';

/** Relay's PageInfo. Stateless, so views share it. */
export const pageInfo = mean(
  new GraphQLObjectType({
    name: 'PageInfo',
    fields: {
      hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean) },
      hasPreviousPage: { type: new GraphQLNonNull(GraphQLBoolean) },
      startCursor: { type: GraphQLString },
      endCursor: { type: GraphQLString },
    },
  }),
  { kind: 'pageInfo' },
);

/** `CustomerConnection` and its edge, after Relay's cursor connections, with `nodes` for those who need no cursor. */
export function connectionType(access: TypeAccess, record: GraphQLObjectType): GraphQLObjectType {
  const { name } = access.type;
  const edge = mean(
    new GraphQLObjectType({
      name: `${name}Edge`,
      fields: {
        cursor: {
          type: new GraphQLNonNull(GraphQLString),
          description: 'Give it as `after` to go on behind this record.',
        },
        node: { type: new GraphQLNonNull(record) },
      },
    }),
    { kind: 'edge', access },
  );
  return mean(
    new GraphQLObjectType({
      name: `${name}Connection`,
      fields: {
        nodes: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(record))) },
        edges: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(edge))) },
        pageInfo: { type: new GraphQLNonNull(pageInfo) },
        totalCount: {
          type: new GraphQLNonNull(GraphQLInt),
          description: 'Records that match, of those you may see.',
        },
      },
    }),
    { kind: 'connection', access },
  );
}
