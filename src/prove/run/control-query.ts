import { getNamedType, isLeafType, isObjectType, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { argumentNode, fieldNode, intNode, queryOf } from '../operations/nodes.js';
import { operationOf, type Operation } from '../operations/operation.js';

/** So many records of each type: a page that every deployment gives. */
const page = 100;

function leaves(type: GraphQLObjectType): string[] {
  return Object.values(type.getFields())
    .filter(({ type: each }) => isLeafType(getNamedType(each)))
    .map(({ name }) => name);
}

/** An operation for each type: every value of its first records. Whoever sees everything sees in one of them that twins differ. */
export function controlOperations(schema: GraphQLSchema): readonly Operation[] {
  const roots = Object.values(schema.getQueryType()?.getFields() ?? {});
  return roots.flatMap(({ name, args, type }) => {
    const connection = getNamedType(type);
    if (!args.some((argument) => argument.name === 'first') || !isObjectType(connection)) return [];
    const record = connection.getFields()['nodes'];
    const records = record === undefined ? undefined : getNamedType(record.type);
    if (!isObjectType(records)) return [];
    const fields = leaves(records).map((each) => fieldNode(each));
    if (fields.length === 0) return [];
    const nodes = fieldNode('nodes', fields);
    return [operationOf(queryOf([fieldNode(name, [nodes], [argumentNode('first', intNode(page))])]))];
  });
}
