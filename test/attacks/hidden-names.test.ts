import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import type { TestGateway } from '../support/gateway.js';
import { attack } from './attack.js';
import { expectUnknown, learned, manager, partner, secrets, startHouses, support } from './house.js';

/** A name that is hidden from a caller is a name that there is not: in selections, filters, orders, aggregates and introspection. */
let full: TestGateway;
let lacking: TestGateway;
beforeAll(async () => {
  ({ full, lacking } = await startHouses());
});
afterAll(async () => {
  await full.dispose();
  await lacking.dispose();
});

const unknown = (questions: Parameters<typeof expectUnknown>[2]) => expectUnknown(full, lacking, questions);
const count = (where: string) => `{ customers(where: ${where}) { totalCount } }`;
const byVariable = (variables: unknown) => ({
  document: 'query($where: CustomerWhere) { customers(where: $where) { totalCount } }',
  variables: { where: variables },
});

attack([1, 4], 'a hidden field cannot be filtered by, in no way and by no value', async () => {
  const comparisons = ['eq', 'ne', 'gt', 'lt', 'in', 'like', 'startsWith', 'isNull'];
  await unknown([
    ...comparisons.map((each) => count(`{ taxId: { ${each}: "TAX-ACME-1" } }`)),
    count('{ credit: { gt: "5000" } }'),
    count('{ credit: null }'),
    byVariable({ taxId: { eq: 'TAX-ACME-1' } }),
    byVariable({ credit: { between: ['5000', '5001'] } }),
  ]);
});

attack([2], 'nor behind a relation, at any hop, nor by a relation that is hidden itself', async () => {
  await unknown([
    '{ accounts(where: { customers: { some: { taxId: { eq: "TAX-ACME-1" } } } }) { totalCount } }',
    '{ contracts(where: { customer: { credit: { gt: "1" } } }) { totalCount } }',
    '{ contracts(where: { customer: { account: { customers: { none: { credit: { lt: "9" } } } } } }) { totalCount } }',
    count('{ contracts: { every: { worth: { gt: "1" } } } }'),
    count('{ account: { customers: { some: { contracts: { some: { holderTax: { isNull: false } } } } } } }'),
    count('{ dossiers: { some: { finding: { contains: "A" } } } }'),
    '{ contracts(where: { holder: { name: { eq: "Acme" } } }) { totalCount } }',
    '{ contracts { nodes { holder { name } } } }',
    byVariable({ account: { customers: { some: { credit: { gt: '1' } } } } }),
  ]);
});

attack([3], 'a hidden value cannot be narrowed down: every guess is answered alike', async () => {
  const answers = new Set<string>();
  for (const guess of ['T', 'TAX-A', 'TAX-ACME-1', 'TAX-ZZZZ-9', 'Z'])
    for (const comparison of ['startsWith', 'lt', 'eq']) {
      const response = await full.query(partner, count(`{ taxId: { ${comparison}: "${guess}" } }`));
      answers.add(JSON.stringify(learned(response)).replaceAll(/"column\\":\d+/g, ''));
    }
  expect(answers.size).toBe(1);
});

attack([5], 'there is no search but over the fields that the caller may filter by', async () => {
  const own = (await full.query(partner, '{ __type(name: "CustomerWhere") { inputFields { name } } }')).body
    .data as { __type: { inputFields: { name: string }[] } };
  expect(own.__type.inputFields.map(({ name }) => name)).toEqual([
    ...['and', 'or', 'not', 'customerId', 'accountId', 'region', 'name', 'employees', 'account', 'contracts'],
  ]);
  await unknown([
    '{ customers(search: "TAX-ACME-1") { totalCount } }',
    '{ customers(filter: "TAX-ACME-1") { totalCount } }',
    count('{ _text: "TAX-ACME-1" }'),
  ]);
});

attack([7], 'a hidden field is not sorted by, alone or through relations', async () => {
  const sorted = (orderBy: string) => `{ customers(orderBy: ${orderBy}) { nodes { customerId } } }`;
  await unknown([
    sorted('[{ credit: ASC }]'),
    sorted('[{ name: ASC }, { taxId: DESC }]'),
    sorted('{ profile: ASC }'),
    '{ contracts(orderBy: [{ customer: { credit: ASC } }]) { nodes { contractId } } }',
    '{ contracts(orderBy: [{ holder: { name: ASC } }]) { nodes { contractId } } }',
    '{ accounts { nodes { customers(orderBy: [{ credit: DESC }]) { nodes { customerId } } } } }',
    {
      document: `query($orderBy: [CustomerOrderBy!]) ${sorted('$orderBy')}`,
      variables: { orderBy: [{ taxId: 'ASC' }] },
    },
  ]);
});

attack([8], 'no path into a hidden document is one, nor a name that is written as a path', async () => {
  await unknown([
    count('{ profile: { terms: { rebate: { eq: "REBATE-A" } } } }'),
    count('{ profile_terms_rebate: { eq: "REBATE-A" } }'),
    '{ customers(orderBy: [{ profile: { terms: ASC } }]) { totalCount } }',
    '{ customers { nodes { profile { terms } } } }',
    byVariable({ 'profile.terms.rebate': { eq: 'REBATE-A' } }),
    byVariable({ 'account.customers.taxId': { eq: 'TAX-ACME-1' } }),
  ]);
  // Not to those either who may read the document: there is no comparison within it.
  const { status } = await full.query(
    manager,
    count('{ profile: { terms: { rebate: { eq: "REBATE-A" } } } }'),
  );
  expect(status).toBe(400);
});

attack([9], 'it is found however deep it stands among and, or and not', async () => {
  const leaf = { taxId: { eq: 'TAX-ACME-1' } };
  const wrapped = [
    { and: [leaf] },
    { or: [{ name: { eq: 'Acme' } }, leaf] },
    { not: leaf },
    { not: { or: [{ and: [{ not: { and: [{ or: [leaf] }] } }] }] } },
    { account: { customers: { none: { not: { or: [leaf] } } } } },
  ];
  await unknown([
    count('{ and: [{ or: [{ not: { taxId: { eq: "TAX-ACME-1" } } }] }] }'),
    count('{ not: { not: { not: { credit: { gt: "1" } } } } }'),
    ...wrapped.map(byVariable),
  ]);
});

attack([12], 'a hidden field is neither computed over nor grouped by', async () => {
  await unknown([
    ...['min', 'max', 'sum', 'avg', 'countDistinct'].map(
      (each) => `{ customers { aggregate { ${each} { credit } } } }`,
    ),
    '{ customers { groupBy(by: [CREDIT]) { keys { credit } aggregate { count } } } }',
    '{ customers { groupBy(by: [TAX_ID]) { aggregate { count } } } }',
    '{ customers { groupBy(by: [REGION]) { keys { region credit } } } }',
    '{ accounts { nodes { customers { aggregate { max { credit } } } } } }',
    {
      document:
        'query($by: [CustomerAggregateBy!]!) { customers { groupBy(by: $by) { aggregate { count } } } }',
      variables: { by: ['CREDIT'] },
    },
  ]);
});

attack([12], 'nor is a masked one, even where it may be filtered by as it is read', async () => {
  for (const document of [
    '{ customers { aggregate { max { employees } } } }',
    '{ customers { aggregate { sum { employees } } } }',
    '{ customers { aggregate { countDistinct { employees } } } }',
  ]) {
    const asked = async (name: string) => {
      const { status, text } = await full.query(support, document.replace('employees', name));
      return { status, text: text.replaceAll(new RegExp(name, 'gi'), 'field') };
    };
    const answer = await asked('employees');
    expect(answer).toEqual(await asked('neverhad'));
    expect(answer.status).toBe(400);
  }
});

attack(
  [15, 16],
  'what is derived from a secret is offered by nobody: there are no computed fields',
  async () => {
    await unknown([
      '{ customers { nodes { creditLength upper(field: "taxId") } } }',
      '{ customers { nodes { name(transform: "taxId") } } }',
      '{ customers { aggregate { stddev { credit } } } }',
      count('{ name: { eqField: "taxId" } }'),
    ]);
  },
);

attack([18], 'a record of a hidden type is not found by its key, its relation or a global id', async () => {
  await unknown([
    '{ dossier(dossierId: "31") { finding } }',
    '{ dossiers { totalCount } }',
    '{ customers { nodes { dossiers { totalCount } } } }',
    '{ node(id: "RG9zc2llcjozMQ==") { id } }',
    '{ _entities(representations: [{ __typename: "Dossier", dossierId: "31" }]) { __typename } }',
  ]);
});

attack([31, 32, 33, 34], 'suggestions and complaints name nothing hidden and repeat no value', async () => {
  await unknown([
    '{ customers { nodes { credi taxid profil dossier } } }',
    '{ dossie { totalCount } }',
    '{ customers { nodes { ... on Dosier { finding } ... on Dossier { finding } } } }',
    count('{ credt: { eq: "TAX-ACME-1" }, tax: { eq: "1" } }'),
    '{ customers { groupBy(by: [CREDT, REGIO]) { aggregate { count } } } }',
    '{ dossier { finding } }',
    byVariable({ credt: { eq: 'CANARY-1' }, taxld: {} }),
    byVariable({ or: [{ credit: { eq: { deep: 'CANARY-2' } } }] }),
    {
      document: 'query($o: [CustomerOrderBy!]) { customers(orderBy: $o) { totalCount } }',
      variables: { o: [{ credi: 'ASC' }] },
    },
    { document: 'query($d: DossierWhere) { dossiers(where: $d) { totalCount } }', variables: { d: {} } },
  ]);
  const { text } = await full.query(partner, byVariable({ name: { eq: ['CANARY-3'] } }).document, {
    where: { name: { eq: { CANARY: 'CANARY-3' } } },
  });
  expect(text).not.toContain('CANARY');
});

const introspected = async (gateway: TestGateway, document: string) =>
  learned(await gateway.query(partner, document));

attack([37, 39], 'introspection shows the caller’s own view, by whatever path it is asked for', async () => {
  for (const document of [
    getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }),
    '{ __type(name: "Dossier") { name } }',
    '{ ...f } fragment f on Query { __type(name: "Customer") { ...g } } fragment g on __Type { fields { name args { name } } }',
    '{ a: __schema { ...s } } fragment s on __Schema { types { name enumValues(includeDeprecated: true) { name } possibleTypes { name } } }',
    'query($n: String!) { __type(name: $n) { inputFields { name type { name ofType { name } } } } }',
    '{ __type(name: "CustomerWhere") { inputFields { name } } customers(first: 0) { __typename nodes { __typename } } }',
  ]) {
    const variables = { n: 'CustomerOrderBy' };
    const [hidden, absent] = [
      await full.query(partner, document, variables),
      await lacking.query(partner, document, variables),
    ];
    expect([document, learned(hidden)]).toEqual([document, learned(absent)]);
    expect(hidden.status).toBe(200);
    expect(hidden.text).not.toMatch(
      /Dossier|dossiers|"credit"|CREDIT|taxId|"profile"|"holder|"worth"|pricing/,
    );
  }
  const own = (await full.query(partner, getIntrospectionQuery())).body.data as unknown as IntrospectionQuery;
  expect(buildClientSchema(own).getType('Customer')).toBeDefined();
});

attack([38, 39], 'no other endpoint or method has another schema', async () => {
  const token = await full.token(partner);
  const document = '{ __type(name: "Dossier") { name } customers { nodes { credit } } }';
  for (const [method, path] of [
    ['GET', `/graphql?query=${encodeURIComponent(document)}`],
    ['GET', '/schema.graphql'],
    ['GET', '/sdl'],
    ['POST', '/graphql/system'],
    ['POST', '/graphql/stream'],
    ['POST', '/control'],
  ] as const) {
    const response = await fetch(full.address + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: JSON.stringify({ query: document }) } : {}),
    });
    expect([path, [403, 404, 405].includes(response.status)]).toEqual([path, true]);
    expect(await response.text()).not.toMatch(/dossier|credit|pricing/i);
  }
});

attack(
  [83],
  'defaults of variables, directives and __typename decide nothing: a hidden name is refused wherever it stands',
  async () => {
    await unknown([
      'query($w: CustomerWhere = { taxId: { eq: "TAX-ACME-1" } }) { customers(where: $w) { totalCount } }',
      'query($v: Boolean = false) { customers { nodes { name credit @include(if: $v) } } }',
      '{ customers { nodes { name credit @skip(if: true) } } }',
      '{ dossiers @include(if: false) { __typename } }',
      '{ customers { nodes { dossiers { __typename } } } }',
      '{ customers { nodes { ... @skip(if: true) { taxId } } } }',
    ]);
    for (const secret of secrets)
      expect(JSON.stringify(await introspected(full, '{ __typename }'))).not.toContain(secret);
  },
);
