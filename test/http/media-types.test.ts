import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { shop } from '../support/deployments.js';
import { send } from './ask.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway(shop);
});
afterAll(() => gateway.dispose());

const graphqlResponse = 'application/graphql-response+json';

async function typesFor(accept: string | undefined): Promise<(string | null)[]> {
  const headers = {
    authorization: `Bearer ${await gateway.token({ roles: ['manager'] })}`,
    'content-type': 'application/json',
    ...(accept === undefined ? {} : { accept }),
  };
  const answers = await Promise.all(
    ['{ __typename }', '{ nothingOfThatName }'].map((query) =>
      send(gateway.address, { headers, body: JSON.stringify({ query }) }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 400]);
  return answers.map((answer) => answer.headers.get('content-type'));
}

test.each([
  [graphqlResponse, graphqlResponse],
  [`${graphqlResponse}, application/json;q=0.9`, graphqlResponse],
  [`${graphqlResponse};q=0.5, application/json`, 'application/json'],
  ['application/json', 'application/json'],
  ['*/*', 'application/json'],
  [undefined, 'application/json'],
  ['text/html', 'application/json'],
  ['a,;q=x/', 'application/json'],
])('who accepts %s is answered as %s, refusals as well', async (accept, expected) => {
  const type = `${expected}; charset=utf-8`;
  expect(await typesFor(accept)).toEqual([type, type]);
});
