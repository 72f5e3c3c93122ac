import {
  isInputObjectType,
  Kind,
  parseType,
  TypeInfo,
  valueFromASTUntyped,
  visit,
  visitWithTypeInfo,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLInputType,
  type InlineFragmentNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type TypeNode,
  type ValueNode,
  type VariableDefinitionNode,
} from 'graphql';
import { argumentNode, fieldNode, nameNode, variableNode } from './nodes.js';
import { operationOf, type Operation } from './operation.js';
import type { Writing } from './write-inputs.js';
import { pageVariables } from './write-operation.js';

/** What an operation is dressed in: the same in other words, by the rules of GraphQL. */
class Dresser {
  readonly #writing: Writing;
  readonly #info: TypeInfo;
  readonly #definitions: VariableDefinitionNode[] = [];
  readonly #variables: Record<string, unknown> = {};
  readonly #fragments: FragmentDefinitionNode[] = [];
  #aliases = 0;

  constructor(writing: Writing) {
    this.#writing = writing;
    this.#info = new TypeInfo(writing.names.schemas.full);
  }

  dress(document: DocumentNode, paged: boolean): Operation {
    if (paged) this.#declarePage();
    const inner = this.#inFragments(this.#inVariables(document));
    const { random, oddity } = this.#writing;
    if (oddity.here('variables', 1)) this.#spoilVariables();
    const name = random.chance(0.3) ? 'Asked' : null;
    const definitions = inner.definitions.map((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION ? this.#declared(definition, name) : definition,
    );
    const all: DocumentNode = { kind: Kind.DOCUMENT, definitions: [...definitions, ...this.#fragments] };
    const wrongName = oddity.here('variables', 0.2) ? 'NotThere' : null;
    return operationOf(all, this.#variables, wrongName ?? (random.chance(0.5) ? name : null));
  }

  #declared(definition: OperationDefinitionNode, name: string | null): OperationDefinitionNode {
    return {
      ...definition,
      ...(name === null ? {} : { name: nameNode(name) }),
      variableDefinitions: this.#definitions,
    };
  }

  #define(type: TypeNode, given: unknown, fallback: ValueNode | null): string {
    const name = `v${this.#definitions.length}`;
    this.#declare(name, type, fallback);
    if (given !== undefined) this.#variables[name] = given;
    return name;
  }

  #declare(name: string, type: TypeNode, fallback: ValueNode | null): void {
    this.#definitions.push({
      kind: Kind.VARIABLE_DEFINITION,
      variable: { kind: Kind.VARIABLE, name: nameNode(name) },
      type,
      ...(fallback === null ? {} : { defaultValue: fallback as never }),
    });
  }

  #declarePage(): void {
    for (const name of Object.values(pageVariables))
      this.#declare(name, parseType(name === 'first' || name === 'last' ? 'Int' : 'String'), null);
    const { random } = this.#writing;
    this.#variables[random.chance(0.75) ? pageVariables.first : pageVariables.last] = random.integer(1, 4);
  }

  /** Values into variables, names into aliases, conditions on what is selected. */
  #inVariables(document: DocumentNode): DocumentNode {
    const hoist = <Node extends { readonly value: ValueNode }>(
      node: Node,
      always: boolean,
    ): Node | undefined => {
      const type = this.#info.getInputType();
      if (type == null || hasVariable(node.value) || !this.#writing.random.chance(0.15)) return undefined;
      return { ...node, value: this.#hoisted(node.value, type, always) };
    };
    return visit(
      document,
      visitWithTypeInfo(this.#info, {
        Argument: (node) => hoist(node, false),
        ObjectField: (node) => {
          const parent = this.#info.getParentInputType();
          return hoist(node, isInputObjectType(parent) && parent.isOneOf);
        },
        Field: (node) => this.#renamed(node),
      }),
    );
  }

  /** @param always whether it may not be null: a field of a @oneOf input */
  #hoisted(value: ValueNode, type: GraphQLInputType, always: boolean): ValueNode {
    const { random } = this.#writing;
    const written = String(type);
    const node = parseType(always && !written.endsWith('!') ? `${written}!` : written);
    const given: unknown = valueFromASTUntyped(value);
    if (random.chance(0.6)) return variableNode(this.#define(node, given, null));
    return variableNode(this.#define(node, random.chance(0.5) ? given : undefined, value));
  }

  #renamed(node: FieldNode): FieldNode | undefined {
    const { random } = this.#writing;
    const renamed = node.alias === undefined && random.chance(0.1);
    const conditioned = random.chance(0.06);
    if (!renamed && !conditioned) return undefined;
    this.#aliases += 1;
    return {
      ...node,
      ...(renamed ? { alias: nameNode(`as${this.#aliases}`) } : {}),
      ...(conditioned ? { directives: [this.#condition()] } : {}),
    };
  }

  #condition(): DirectiveNode {
    const { random } = this.#writing;
    const name = random.pick(['include', 'skip']);
    // Most of what is asked for is to be answered.
    const condition = random.chance(0.75) === (name === 'include');
    const value: ValueNode = random.chance(0.5)
      ? { kind: Kind.BOOLEAN, value: condition }
      : variableNode(this.#define(parseType('Boolean!'), condition, null));
    return { kind: Kind.DIRECTIVE, name: nameNode(name), arguments: [argumentNode('if', value)] };
  }

  #inFragments(document: DocumentNode): DocumentNode {
    return visit(
      document,
      visitWithTypeInfo(this.#info, {
        SelectionSet: {
          leave: (node) => {
            const type = this.#info.getParentType()?.name;
            if (type === undefined) return undefined;
            const selections = this.#wrapped(node.selections, type);
            return selections === null ? undefined : { ...node, selections };
          },
        },
      }),
    );
  }

  #wrapped(selections: readonly SelectionNode[], type: string): SelectionNode[] | null {
    const { random, oddity } = this.#writing;
    if (oddity.here('hiddenFragment')) return [...selections, this.#ofHiddenType()];
    if (!random.chance(0.12)) return null;
    const at = random.integer(0, selections.length - 1);
    const [before, within] = [selections.slice(0, at), selections.slice(at)];
    if (random.chance(0.5)) {
      const inline: InlineFragmentNode = {
        kind: Kind.INLINE_FRAGMENT,
        selectionSet: { kind: Kind.SELECTION_SET, selections: within },
        ...(random.chance(0.5) ? { typeCondition: { kind: Kind.NAMED_TYPE, name: nameNode(type) } } : {}),
        ...(random.chance(0.2) ? { directives: [this.#condition()] } : {}),
      };
      return [...before, inline];
    }
    const name = nameNode(`Part${this.#fragments.length}`);
    this.#fragments.push({
      kind: Kind.FRAGMENT_DEFINITION,
      name,
      typeCondition: { kind: Kind.NAMED_TYPE, name: nameNode(type) },
      selectionSet: { kind: Kind.SELECTION_SET, selections: within },
    });
    return [...before, { kind: Kind.FRAGMENT_SPREAD, name }];
  }

  #ofHiddenType(): InlineFragmentNode {
    const { random, names } = this.#writing;
    const type = random.pick([...names.hiddenTypes(), 'NoSuchType']);
    return {
      kind: Kind.INLINE_FRAGMENT,
      typeCondition: { kind: Kind.NAMED_TYPE, name: nameNode(type) },
      selectionSet: { kind: Kind.SELECTION_SET, selections: [fieldNode('__typename')] },
    };
  }

  /** Declared and not used, given as what they are not, or of a type that is not seen. */
  #spoilVariables(): void {
    const { random, names } = this.#writing;
    const given = Object.keys(this.#variables);
    if (given.length > 0 && random.chance(0.6)) {
      this.#variables[random.pick(given)] = random.pick<unknown>([{}, [[]], null, 'x', 1e300, true]);
      return;
    }
    const inputs = names.hiddenTypes().filter((name) => /(Where|OrderBy|By)$/.test(name));
    this.#define(parseType(random.pick([...inputs, 'String', 'NoSuchInput'])), 'x', null);
  }
}

function hasVariable(value: ValueNode): boolean {
  if (value.kind === Kind.VARIABLE) return true;
  if (value.kind === Kind.LIST) return value.values.some(hasVariable);
  return value.kind === Kind.OBJECT && value.fields.some((field) => hasVariable(field.value));
}

/** The operation of a plain document, in fragments, variables, aliases and directives. */
export function dress(document: DocumentNode, paged: boolean, writing: Writing): Operation {
  return new Dresser(writing).dress(document, paged);
}
