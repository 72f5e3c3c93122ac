import {
  Kind,
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type NameNode,
  type ObjectValueNode,
  type SelectionNode,
  type ValueNode,
} from 'graphql';

/** Nodes of GraphQL documents, made without text. */

export const nameNode = (value: string): NameNode => ({ kind: Kind.NAME, value });

export const variableNode = (name: string): ValueNode => ({ kind: Kind.VARIABLE, name: nameNode(name) });

export const argumentNode = (name: string, value: ValueNode): ArgumentNode => ({
  kind: Kind.ARGUMENT,
  name: nameNode(name),
  value,
});

export function objectNode(fields: readonly (readonly [string, ValueNode])[]): ObjectValueNode {
  return {
    kind: Kind.OBJECT,
    fields: fields.map(([name, value]) => ({ kind: Kind.OBJECT_FIELD, name: nameNode(name), value })),
  };
}

export const listNode = (values: readonly ValueNode[]): ValueNode => ({ kind: Kind.LIST, values });

export const textNode = (value: string): ValueNode => ({ kind: Kind.STRING, value });

export const intNode = (value: number | string): ValueNode => ({ kind: Kind.INT, value: String(value) });

/** @param selections of a leaf: none */
export function fieldNode(
  name: string,
  selections: readonly SelectionNode[] = [],
  args: readonly ArgumentNode[] = [],
): FieldNode {
  return {
    kind: Kind.FIELD,
    name: nameNode(name),
    arguments: args,
    ...(selections.length === 0 ? {} : { selectionSet: { kind: Kind.SELECTION_SET, selections } }),
  };
}

/** An anonymous query of these fields. */
export function queryOf(selections: readonly SelectionNode[]): DocumentNode {
  return {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: 'query' as never,
        selectionSet: { kind: Kind.SELECTION_SET, selections },
      },
    ],
  };
}
