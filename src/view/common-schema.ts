import {
  isTypeDefinitionNode,
  Kind,
  parse,
  print,
  printSchema,
  type GraphQLSchema,
  type InputObjectTypeDefinitionNode,
  type InputValueDefinitionNode,
  type ObjectTypeDefinitionNode,
  type TypeDefinitionNode,
  type TypeNode,
} from 'graphql';

type Definitions = ReadonlyMap<string, TypeDefinitionNode>;

function definitionsOf(schema: GraphQLSchema): Definitions {
  const { definitions } = parse(printSchema(schema));
  return new Map(definitions.filter(isTypeDefinitionNode).map((each) => [each.name.value, each]));
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

/** The output type that is right for both: nullable wherever one of them is. */
function mostNullable(a: TypeNode, b: TypeNode): TypeNode {
  if (a.kind === Kind.NON_NULL_TYPE && b.kind === Kind.NON_NULL_TYPE) {
    const type = mostNullable(a.type, b.type);
    return type.kind === Kind.NON_NULL_TYPE ? type : { ...a, type };
  }
  const [left, right] = [a, b].map((type) => (type.kind === Kind.NON_NULL_TYPE ? type.type : type));
  if (left?.kind === Kind.LIST_TYPE && right?.kind === Kind.LIST_TYPE)
    return { ...left, type: mostNullable(left.type, right.type) };
  return left ?? a;
}

function shared<Node extends { readonly name: { readonly value: string } }>(
  a: readonly Node[] | undefined,
  b: readonly Node[] | undefined,
  merge: (a: Node, b: Node) => Node,
): Node[] {
  return (a ?? []).flatMap((left) => {
    const right = b?.find(({ name }) => name.value === left.name.value);
    return right === undefined ? [] : [merge(left, right)];
  });
}

const sameInput = (a: InputValueDefinitionNode): InputValueDefinitionNode => a;

function common(a: TypeDefinitionNode, b: TypeDefinitionNode): TypeDefinitionNode {
  if (a.kind === Kind.OBJECT_TYPE_DEFINITION && b.kind === Kind.OBJECT_TYPE_DEFINITION) {
    const fields = shared(a.fields, b.fields, (left, right) => ({
      ...left,
      type: mostNullable(left.type, right.type),
      arguments: shared(left.arguments, right.arguments, sameInput),
    }));
    return { ...a, fields };
  }
  if (a.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION && b.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
    return { ...a, fields: shared(a.fields, b.fields, sameInput) };
  if (a.kind === Kind.ENUM_TYPE_DEFINITION && b.kind === Kind.ENUM_TYPE_DEFINITION)
    return { ...a, values: shared(a.values, b.values, (value) => value) };
  return a;
}

/** Without what refers to a type that is not there. */
function prune(definition: TypeDefinitionNode, known: ReadonlySet<string>): TypeDefinitionNode {
  const isKnown = ({ type }: { readonly type: TypeNode }) => known.has(namedType(type));
  if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
    return { ...definition, fields: definition.fields?.filter(isKnown) ?? [] };
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return definition;
  const fields =
    definition.fields?.filter(
      (field) => isKnown(field) && (field.arguments ?? []).every((each) => isKnown(each) || isOptional(each)),
    ) ?? [];
  return {
    ...definition,
    fields: fields.map((field) => ({ ...field, arguments: field.arguments?.filter(isKnown) ?? [] })),
  };
}

const isOptional = ({ type }: InputValueDefinitionNode): boolean => type.kind !== Kind.NON_NULL_TYPE;

const isEmpty = (definition: TypeDefinitionNode): boolean =>
  (definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.values?.length === 0) ||
  ((definition.kind === Kind.OBJECT_TYPE_DEFINITION ||
    definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) &&
    // `and`, `or` and `not` of a filter refer to the filter itself and to nothing that could be compared.
    !membersOf(definition).some(({ type }) => namedType(type) !== definition.name.value));

function membersOf(
  definition: ObjectTypeDefinitionNode | InputObjectTypeDefinitionNode,
): readonly { readonly type: TypeNode }[] {
  return definition.fields ?? [];
}

const builtIn = ['ID', 'String', 'Int', 'Float', 'Boolean'];

/** Drops what is empty, and then what referred to it, until nothing changes. */
function settle(definitions: Definitions): Definitions {
  for (let current = definitions; ;) {
    const known = new Set([...builtIn, ...current.keys()]);
    const next = new Map(
      [...current].flatMap(([name, each]) => {
        const pruned = prune(each, known);
        return isEmpty(pruned) ? [] : [[name, pruned] as const];
      }),
    );
    const size = (all: Definitions) => [...all.values()].map((each) => print(each)).join('').length;
    if (size(next) === size(current)) return next;
    current = next;
  }
}

/**
 * What all of these schemas have, in SDL: a document that is valid here is valid in each of them, and a type that says
 * non-null is so in each. For documents that several roles share.
 */
export function commonSdl(schemas: readonly GraphQLSchema[]): string {
  const [first, ...others] = schemas.map(definitionsOf);
  if (first === undefined) return '';
  const both = others.reduce<Definitions>(
    (found, next) =>
      new Map(
        [...found].flatMap(([name, definition]) => {
          const other = next.get(name);
          return other === undefined ? [] : [[name, common(definition, other)] as const];
        }),
      ),
    first,
  );
  return [...settle(both).values()].map((each) => print(each)).join('\n\n');
}
