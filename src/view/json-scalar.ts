import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';

/**
 * JSON, which travels as itself. What a caller writes becomes JSON text: a number in a document with all its digits, as the
 * database then compares it. Nothing echoes what was sent.
 */

const refuse = (reason: string): GraphQLError => new GraphQLError(`JSON ${reason}.`);

/** What came as a variable. Its numbers were read by JavaScript: of one that has lost digits it is not known which. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== 'number') return member;
    if (Number.isInteger(member) ? Number.isSafeInteger(member) : Number.isFinite(member)) return member;
    throw refuse('has whole numbers up to 2⁵³ in variables; write larger ones in the document');
  });
}

function textOfNode(node: ValueNode): string {
  switch (node.kind) {
    case Kind.STRING:
      return JSON.stringify(node.value);
    case Kind.INT:
    case Kind.FLOAT:
      return node.value;
    case Kind.BOOLEAN:
      return String(node.value);
    case Kind.NULL:
      return 'null';
    case Kind.LIST:
      return `[${node.values.map(textOfNode).join(',')}]`;
    case Kind.OBJECT:
      return `{${node.fields.map(({ name, value }) => `${JSON.stringify(name.value)}:${textOfNode(value)}`).join(',')}}`;
    case Kind.VARIABLE:
      throw refuse('in a document holds no variables; make a variable of the whole');
    case Kind.ENUM:
      throw refuse('has texts between quotation marks');
  }
}

/** What is read is JSON text; whether the database takes it is decided in plan. */
export const jsonScalar = new GraphQLScalarType<string, unknown>({
  name: 'JSON',
  description: 'Any JSON value.',
  parseValue: textOf,
  parseLiteral: textOfNode,
});
