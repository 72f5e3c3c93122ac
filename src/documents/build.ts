import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  parse,
  print,
  Source,
  visit,
  type ASTNode,
  type DefinitionNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
} from 'graphql';
import type { Problem } from '../base/index.js';
import { documentHash } from './trusted-documents.js';

/** A file of operations and fragments. */
export interface DocumentFile {
  readonly file: string;
  readonly text: string;
}

/** One operation with the fragments that it needs. */
export interface BuiltDocument {
  /** SHA-256 of the text, in lower-case hex. */
  readonly hash: string;
  readonly text: string;
  /** Null for one without a name. */
  readonly operation: string | null;
  /** Where the operation is written. */
  readonly file: string;
  readonly line: number;
}

/** A definition and where it is written. */
interface Placed<Node extends DefinitionNode = DefinitionNode> {
  readonly node: Node;
  readonly file: string;
  readonly line: number;
}

/**
 * One document for each operation of the files, in their order, with the fragments that it spreads, which may be written in
 * any of them. The text is as graphql-js prints it, the operation first and the fragments by name: it depends on what is
 * asked and not on how it was laid out, or in which file.
 */
export function buildDocuments(
  files: readonly DocumentFile[],
): { readonly documents: readonly BuiltDocument[] } | { readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const definitions = files.flatMap((file) => definitionsOf(file, problems));
  const fragments = fragmentsOf(definitions, problems);
  const documents = definitions.filter(isOperation).map((placed) => {
    const { node, file, line } = placed;
    if (node.operation !== OperationTypeNode.QUERY)
      problems.push({ file, line, code: 'OPERATION_NOT_SUPPORTED', message: 'Only queries are served.' });
    const definitionsOfDocument = [node, ...spreadBy(placed, fragments, problems)];
    const text = definitionsOfDocument.map((each) => print(each)).join('\n\n');
    return { hash: documentHash(text), text, operation: node.name?.value ?? null, file, line };
  });
  return problems.length > 0 ? { problems } : { documents };
}

function definitionsOf({ file, text }: DocumentFile, problems: Problem[]): Placed[] {
  try {
    const { definitions } = parse(new Source(text, file));
    return definitions.map((node) => ({ node, file, line: node.loc?.startToken.line ?? 0 }));
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const line = error.locations?.[0]?.line ?? 0;
    problems.push({ file, line, code: 'GRAPHQL_SYNTAX', message: error.message });
    return [];
  }
}

function isOperation(placed: Placed): placed is Placed<OperationDefinitionNode> {
  return placed.node.kind === Kind.OPERATION_DEFINITION;
}

function isFragment(placed: Placed): placed is Placed<FragmentDefinitionNode> {
  return placed.node.kind === Kind.FRAGMENT_DEFINITION;
}

/** By name. A name stands for one fragment, or a document would depend on which of them was found first. */
function fragmentsOf(
  definitions: readonly Placed[],
  problems: Problem[],
): ReadonlyMap<string, FragmentDefinitionNode> {
  const found = new Map<string, Placed<FragmentDefinitionNode>>();
  for (const placed of definitions) {
    const { file, line } = placed;
    if (isFragment(placed)) {
      const name = placed.node.name.value;
      const other = found.get(name);
      if (other === undefined) found.set(name, placed);
      else if (print(other.node) !== print(placed.node)) {
        const message = `There is another fragment "${name}" in ${other.file}:${other.line}; give one of them another name.`;
        problems.push({ file, line, code: 'DUPLICATE_FRAGMENT', message });
      }
    } else if (!isOperation(placed)) {
      const message = 'Documents hold operations and fragments; types are written in the schema folder.';
      problems.push({ file, line, code: 'NOT_EXECUTABLE', message });
    }
  }
  return new Map([...found].map(([name, { node }]) => [name, node]));
}

/** Every fragment that an operation spreads, and that those spread, by name. */
function spreadBy(
  { node, file, line }: Placed<OperationDefinitionNode>,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  problems: Problem[],
): readonly FragmentDefinitionNode[] {
  const reached = new Map<string, FragmentDefinitionNode>();
  const follow = (from: ASTNode): void => {
    for (const name of spreadsIn(from)) {
      if (reached.has(name)) continue;
      const fragment = fragments.get(name);
      if (fragment === undefined) {
        const message = `No file has a fragment "${name}"; add the one that has it.`;
        problems.push({ file, line, code: 'UNKNOWN_FRAGMENT', message });
      } else {
        reached.set(name, fragment);
        follow(fragment);
      }
    }
  };
  follow(node);
  return [...reached.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fragment]) => fragment);
}

function spreadsIn(node: ASTNode): readonly string[] {
  const names: string[] = [];
  visit(node, { FragmentSpread: ({ name }) => void names.push(name.value) });
  return names;
}
