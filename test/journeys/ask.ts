import type { TypeModel } from '../../src/model/index.js';
import type { TestCaller, TestGateway, TestResponse } from '../support/gateway.js';

export type Node = Readonly<Record<string, unknown>>;

/** A connection as every document here asks for it. */
export interface Page {
  readonly nodes: readonly Node[];
  readonly totalCount: number;
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly endCursor: string | null;
  };
}

export interface PageArguments {
  readonly first?: number;
  readonly after?: string | null;
  readonly where?: unknown;
  readonly orderBy?: unknown;
}

/** A page with the response that it came in. */
export interface Answered {
  readonly page: Page;
  readonly response: TestResponse;
}

/** Asks for one page of a type's list. Fails unless it is given without an error. */
export async function askPage(
  gateway: TestGateway,
  caller: TestCaller,
  type: TypeModel,
  selection: string,
  variables: PageArguments,
): Promise<Answered> {
  const types: Readonly<Record<keyof PageArguments, string>> = {
    first: 'Int',
    after: 'String',
    where: `${type.name}Where`,
    orderBy: `[${type.name}OrderBy!]`,
  };
  const names = Object.keys(variables) as (keyof PageArguments)[];
  const declared = names.map((name) => `$${name}: ${types[name]}`).join(', ');
  const given = names.map((name) => `${name}: $${name}`).join(', ');
  const document = `query(${declared}) { ${type.plural}(${given}) {
    nodes { ${selection} } totalCount pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
  const response = await gateway.query(caller, document, variables);
  if (response.status !== 200 || response.body.errors !== undefined)
    throw new Error(`${type.plural}: ${response.text.slice(0, 1000)}`);
  return { page: response.body.data![type.plural] as Page, response };
}

/** Every page from the first to the last. */
export async function* askPages(
  gateway: TestGateway,
  caller: TestCaller,
  type: TypeModel,
  selection: string,
  variables: PageArguments & { readonly first: number },
): AsyncGenerator<Answered> {
  let after: string | null = null;
  do {
    const answered: Answered = await askPage(gateway, caller, type, selection, { ...variables, after });
    yield answered;
    after = answered.page.pageInfo.hasNextPage ? answered.page.pageInfo.endCursor : null;
  } while (after !== null);
}

/** The nodes of every page. */
export async function askAll(
  gateway: TestGateway,
  caller: TestCaller,
  type: TypeModel,
  selection: string,
  variables: PageArguments & { readonly first: number },
): Promise<readonly Node[]> {
  const nodes: Node[] = [];
  for await (const { page } of askPages(gateway, caller, type, selection, variables))
    nodes.push(...page.nodes);
  return nodes;
}

/** The caller's own schema: type → its fields, or the fields of an input. */
export async function askSchema(
  gateway: TestGateway,
  caller: TestCaller,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { body } = await gateway.query(
    caller,
    '{ __schema { types { name fields { name } inputFields { name } } } }',
  );
  interface Described {
    readonly name: string;
    readonly fields: readonly { readonly name: string }[] | null;
    readonly inputFields: readonly { readonly name: string }[] | null;
  }
  const { types } = body.data!['__schema'] as { readonly types: readonly Described[] };
  return new Map(
    types.map(({ name, fields, inputFields }) => [
      name,
      (fields ?? inputFields ?? []).map((field) => field.name),
    ]),
  );
}
