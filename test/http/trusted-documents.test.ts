import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { documentHash, writeManifest } from '../../src/documents/index.js';
import { issueToken } from '../../src/governance/index.js';
import { startGateway } from '../../src/main.js';
import { shop } from '../support/deployments.js';
import {
  post,
  prepareGateway,
  startTestGateway,
  type TestCaller,
  type TestGateway,
  type TestResponse,
} from '../support/gateway.js';
import { quietLog } from '../support/quiet-log.js';
import { attack } from '../attacks/attack.js';

/** Rows 67 and 94 of the attacks to withstand: documents by hash are those of the manifest, and nobody's requests add any. */

const names = 'query Names { customers { nodes { customerId name } } }';
const credits = 'query Credits($first: Int) { customers(first: $first) { nodes { customerId credit } } }';
const untrusted = '{ customers { nodes { customerId } } }';
const texts = [names, credits];
const manifest = writeManifest(texts.map((text) => ({ text, hash: documentHash(text) })));

const manager = { roles: ['manager'] };
/** Confined to trusted documents by role. */
const support = { roles: ['support'] };
const browser = { roles: ['browser'] };

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ ...shop, documents: { manifest, required: ['support'] } });
});
afterAll(() => gateway.dispose());

async function send(caller: TestCaller, body: object): Promise<TestResponse> {
  const headers = { authorization: `Bearer ${await gateway.token(caller)}` };
  return post(`${gateway.address}/graphql`, headers, body);
}

const persisted = (hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } });
const codeOf = ({ status, body }: TestResponse) => [status, body.errors?.[0]?.extensions.code];
const lastEntry = async () => (await gateway.entries()).at(-1)!.entry;

describe('a document that is asked for by its hash', () => {
  const hash = documentHash(names);

  it.each([
    ['as Apollo clients ask', persisted(hash)],
    ['as GraphQL over HTTP says', { documentId: `sha256:${hash}` }],
    ['by its hash alone', { documentId: hash }],
    ['in both ways', { documentId: hash, ...persisted(hash) }],
    ['with its text', { query: names, ...persisted(hash) }],
  ])('%s is answered as its text is, and entered with the hash of the text', async (_, body) => {
    const asText = await send(manager, { query: names });
    const textEntry = await lastEntry();
    const byHash = await send(manager, body);
    expect(byHash.status).toBe(200);
    expect(byHash.text).toBe(asText.text);
    const entry = await lastEntry();
    expect(entry.documentHash).toEqual(textEntry.documentHash);
    expect(entry).toMatchObject({ outcome: 'RELEASED' });
  });

  it('takes variables and the name of an operation', async () => {
    const body = { documentId: documentHash(credits), variables: { first: 1 }, operationName: 'Credits' };
    expect((await send(manager, body)).body.data).toEqual({
      customers: { nodes: [{ customerId: '1', credit: '5000.50' }] },
    });
  });

  attack([67, 94], 'is not found where there is none, and no request can put one there', async () => {
    const unknown = documentHash(untrusted);
    expect(codeOf(await send(manager, persisted(unknown)))).toEqual([400, 'PERSISTED_QUERY_NOT_FOUND']);
    expect(await lastEntry()).toMatchObject({
      outcome: 'REFUSED',
      code: 'PERSISTED_QUERY_NOT_FOUND',
      documentHash: null,
    });
    expect((await send(manager, { query: untrusted, ...persisted(unknown) })).status).toBe(200);
    expect(codeOf(await send(manager, persisted(unknown)))).toEqual([400, 'PERSISTED_QUERY_NOT_FOUND']);
  });

  attack(
    [67],
    'tells nobody the names in it: what does not fit the caller’s schema is a document that there is not',
    async () => {
      const hidden = await send(browser, persisted(documentHash(credits)));
      const absent = await send(browser, persisted(documentHash('{ nothing }')));
      expect(hidden.text).toBe(absent.text);
      expect([hidden.status, ...codeOf(hidden)]).toEqual([absent.status, 400, 'PERSISTED_QUERY_NOT_FOUND']);
      expect([...hidden.headers.keys()]).toEqual([...absent.headers.keys()]);
      // The ledger alone knows the difference.
      const [of, none] = (await gateway.entries()).slice(-2).map(({ entry }) => entry);
      expect(of).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND', reason: 'hidden: Customer.credit' });
      expect(of!.documentHash).not.toBeNull();
      expect(none).toMatchObject({ reason: 'no document of this hash', documentHash: null });
      // Whoever has the text has the names, and is told where it does not fit.
      expect(codeOf(await send(browser, { query: credits }))).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
    },
  );

  attack.each(
    [67],
    [
      ['another text', { query: untrusted, ...persisted(hash) }],
      ['two hashes', { documentId: documentHash(credits), ...persisted(hash) }],
      ['another version', { extensions: { persistedQuery: { version: 2, sha256Hash: hash } } }],
      ['a hash that is no text', { documentId: 7 }],
      ['an extension that is no object', { extensions: { persistedQuery: hash } }],
      ['an empty text', { query: '', documentId: hash }],
      ['a text that is none', { query: 7, documentId: hash }],
    ],
  )('is refused with %s', async (_, body) => {
    expect(codeOf(await send(manager, body))).toEqual([400, 'BAD_REQUEST']);
    expect(await lastEntry()).toMatchObject({ outcome: 'REFUSED', code: 'BAD_REQUEST' });
  });

  it('is of customer data: the control plane has none', async () => {
    const headers = { authorization: `Bearer ${await gateway.token({ roles: ['auditor'] })}` };
    const response = await post(`${gateway.address}/control`, headers, { documentId: hash });
    expect(codeOf(response)).toEqual([400, 'BAD_REQUEST']);
  });
});

describe('a caller who is confined to trusted documents', () => {
  const introspection = '{ __schema { types { name } } }';

  it('gets those, by hash and by text', async () => {
    expect((await send(support, { documentId: documentHash(names) })).status).toBe(200);
    expect((await send(support, { query: names })).status).toBe(200);
  });

  it.each([
    ['another', untrusted],
    ['one that differs in a space', `${names} `],
    ['introspection', introspection],
    ['what is no GraphQL', '{'],
  ])('is refused %s, and it is entered', async (_, query) => {
    expect(codeOf(await send(support, { query }))).toEqual([403, 'DOCUMENT_NOT_TRUSTED']);
    const entry = await lastEntry();
    expect(entry).toMatchObject({ outcome: 'REFUSED', code: 'DOCUMENT_NOT_TRUSTED', disclosures: [] });
    expect(entry.documentHash).not.toBeNull();
  });

  it('is so with a further role as well', async () => {
    const both = { roles: ['manager', 'support'] };
    expect(codeOf(await send(both, { query: untrusted }))).toEqual([403, 'DOCUMENT_NOT_TRUSTED']);
  });

  it('is whoever has a token for documents only, here and on the control plane', async () => {
    const control = new pg.Client(gateway.control);
    await control.connect();
    const issue = (documentsOnly: boolean) =>
      issueToken(control, {
        organisation: 'north',
        agreement: null,
        roles: ['manager', 'auditor'],
        scopes: ['read:*'],
        claims: {},
        documentsOnly,
        expiresAt: Date.now() + 3_600_000,
        issuedBy: 'test',
      });
    const [confined, free] = [await issue(true), await issue(false)];
    await control.end();
    const ask = async (token: string, body: object, path = '/graphql'): Promise<TestResponse> => {
      const headers = { authorization: `Bearer ${token}` };
      const response = await post(gateway.address + path, headers, body);
      // The gateway's copy of tokens is at most a second old.
      return response.status === 401 ? ask(token, body, path) : response;
    };
    expect(codeOf(await ask(confined.token, { query: untrusted }))).toEqual([403, 'DOCUMENT_NOT_TRUSTED']);
    expect((await ask(confined.token, { documentId: documentHash(names) })).status).toBe(200);
    expect((await ask(free.token, { query: untrusted })).status).toBe(200);
    const history = { query: '{ accessHistory(first: 1) { nodes { leaf } } }' };
    expect(codeOf(await ask(confined.token, history, '/control'))).toEqual([403, 'FORBIDDEN']);
    expect((await ask(free.token, history, '/control')).status).toBe(200);
  });
});

describe('the manifest', () => {
  it('comes and goes with a reload, and one that was tampered with changes nothing', async () => {
    const file = join(gateway.folder, 'documents.json');
    const more = writeManifest([...texts, untrusted].map((text) => ({ text, hash: documentHash(text) })));
    await writeFile(file, more);
    expect(await gateway.reload()).toMatchObject({ ok: true });
    expect((await send(support, { query: untrusted })).status).toBe(200);

    await writeFile(file, more.replace('customerId', 'name'));
    expect(await gateway.reload()).toMatchObject({
      ok: false,
      problems: [{ file, code: 'DOCUMENT_HASH_MISMATCH' }],
    });
    expect((await send(support, { documentId: documentHash(untrusted) })).status).toBe(200);

    await writeFile(file, manifest);
    expect(await gateway.reload()).toMatchObject({ ok: true });
    expect(codeOf(await send(support, { query: untrusted }))).toEqual([403, 'DOCUMENT_NOT_TRUSTED']);
  });

  it('stops the start where a hash does not fit, or a role that is to be confined is none', async () => {
    const prepared = await prepareGateway({
      ...shop,
      documents: { manifest: manifest.replace('customerId', 'email'), required: ['suport'] },
    });
    try {
      await expect(startGateway(prepared.config, prepared.secrets, quietLog)).rejects.toMatchObject({
        problems: [{ code: 'DOCUMENT_HASH_MISMATCH' }, { code: 'UNKNOWN_ROLE', line: 1 }],
      });
    } finally {
      await prepared.dispose();
    }
  });
});

describe('where every caller is confined', () => {
  it('nobody asks for anything else, and without documents for nothing', async () => {
    const strict = await startTestGateway({ ...shop, documents: { manifest: '{}', required: 'all' } });
    try {
      expect(codeOf(await strict.query(manager, names))).toEqual([403, 'DOCUMENT_NOT_TRUSTED']);
    } finally {
      await strict.dispose();
    }
  });
});
