import { post, type TestCaller, type TestGateway, type TestResponse } from '../support/gateway.js';

export const auditor: TestCaller = { roles: ['auditor'], subject: 'ada' };

/** A row of the history, as far as a test asked for it. */
export type Row = Readonly<Record<string, unknown>>;

export interface HistoryPage {
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly unreadableBatches: number;
}

/** Asks `/control`. */
export async function askControl(
  gateway: Pick<TestGateway, 'address' | 'token'>,
  query: string,
  variables: unknown = {},
  caller: TestCaller = auditor,
): Promise<TestResponse> {
  const authorization = `Bearer ${await gateway.token(caller)}`;
  return post(`${gateway.address}/control`, { authorization, ...caller.headers }, { query, variables });
}

const fields = 'leaf person organisation type coordinates decision usage class outcome code records';

/** A page of the history as an auditor gets it. */
export async function askHistory(
  gateway: Pick<TestGateway, 'address' | 'token'>,
  variables: { filter?: object; first?: number; after?: string | null } = {},
  selection = fields,
): Promise<HistoryPage> {
  const response = await askControl(
    gateway,
    `query ($filter: AccessFilter, $first: Int = 100, $after: String) {
      accessHistory(filter: $filter, first: $first, after: $after) {
        nodes { ${selection} } pageInfo { hasNextPage endCursor } unreadableBatches
      }
    }`,
    variables,
  );
  if (response.status !== 200) throw new Error(response.text);
  return response.body.data!['accessHistory'] as HistoryPage;
}
