import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkAgreement } from '../../bench/rig/agreement.js';
import type { Contender, Contenders } from '../../bench/rig/contenders.js';
import type { Lane, Scenario, ServerName } from '../../bench/scenarios/index.js';
import { deny } from '../../bench/scenarios/index.js';
import { requestOf } from '../../bench/rig/requests.js';

const servers: Server[] = [];

/** A server that answers every question so. */
async function answering(name: ServerName, body: unknown): Promise<Contender> {
  const text = JSON.stringify(body);
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-length': Buffer.byteLength(text) }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  const { port } = server.address() as AddressInfo;
  return {
    name,
    port,
    customers: 200,
    ledger: null,
    request: (lane, key) =>
      requestOf(
        lane,
        key,
        { token: { subject: 'a', roles: [], organisation: null }, headers: {} },
        new Map(),
        {
          port,
        },
      ),
    usage: () => Promise.resolve({ cpuMicros: 0, residentBytes: 0, heapBytes: 0 }),
    profile: () => Promise.resolve(),
    profiled: () => Promise.resolve(),
    asked: 0,
    closed: 0,
  };
}

function contendersOf(...all: readonly Contender[]): Contenders {
  return {
    all,
    of: (name) => all.find((each) => each.name === name)!,
    lanes: ({ lanes }) => lanes.filter(({ server }) => all.some(({ name }) => name === server)),
    end: () => Promise.resolve(),
  };
}

const lane = (server: ServerName, masks?: Lane['masks']): Lane => ({
  name: server,
  server,
  document: server === 'limit' ? 'some' : '{ customers { nodes { customerId name } } }',
  callers: [],
  ...(masks !== undefined && { masks }),
});

const scenario = (...lanes: readonly Lane[]): Scenario => ({
  name: 'some',
  title: '',
  lastKey: (customers) => customers,
  lanes,
});

const rows = (name: string) => [{ customerId: '1', name }];

describe('answers are compared before anything is timed', () => {
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  it('whichever form each has: lists, connections, keys as numbers', async () => {
    const limit = await answering('limit', rows('Acme'));
    const cordon = await answering('cordon', { data: { customers: { nodes: rows('Acme') } } });
    const postgraphile = await answering('postgraphile', {
      data: { customers: { nodes: [{ customerId: 1, name: 'Acme' }] } },
    });
    const all = contendersOf(limit, cordon, postgraphile);
    const asked = scenario(lane('limit'), lane('cordon'), lane('postgraphile'));
    await expect(checkAgreement(all, asked, { many: true })).resolves.toBeUndefined();
    expect(cordon.asked).toBe(6);
  });

  it('and a peer that gives another value ends the run', async () => {
    const limit = await answering('limit', rows('Acme'));
    const mercurius = await answering('mercurius', { data: { customers: rows('Acme Ltd') } });
    await expect(
      checkAgreement(contendersOf(limit, mercurius), scenario(lane('limit'), lane('mercurius')), {
        many: true,
      }),
    ).rejects.toThrow('mercurius and limit differ in some at key 1');
  });

  it('so does one with nothing to give', async () => {
    const limit = await answering('limit', []);
    await expect(
      checkAgreement(contendersOf(limit), scenario(lane('limit')), { many: true }),
    ).rejects.toThrow('limit has nothing at key 1');
  });

  it('and a mask that is none, or that the answer does not name', async () => {
    const masks = { name: (value: unknown) => value === '•••' };
    const asked = scenario(lane('cordon', masks));
    const masked = { extensions: { cordon: { masked: ['Customer.name'] } } };
    const given = (name: string, more: object) =>
      answering('cordon', { data: { customers: rows(name) }, ...more });
    await expect(
      checkAgreement(contendersOf(await given('•••', masked)), asked, { many: true }),
    ).resolves.toBeUndefined();
    await expect(
      checkAgreement(contendersOf(await given('Acme', masked)), asked, { many: true }),
    ).rejects.toThrow('cordon gives name unmasked');
    await expect(checkAgreement(contendersOf(await given('•••', {})), asked, { many: true })).rejects.toThrow(
      'cordon names 0 fields as masked, not 1',
    );
  });

  it('the masks of `deny` know a clear value from a masked one', () => {
    const masks = deny.lanes.flatMap((each) => Object.entries(each.masks ?? {}));
    const clear: Readonly<Record<string, string | number>> = {
      name: 'Aurora Foods 1',
      email: 'anna@customer-1.example',
      creditLimit: '123456.00',
      customerSince: '2019-05-03',
      total: '1234.56',
      quantity: 17,
      unitPrice: '99.10',
    };
    expect(masks.map(([name]) => name).sort()).toEqual(Object.keys(clear).sort());
    for (const [name, isMask] of masks)
      expect({ name, isMask: isMask(clear[name]) }).toEqual({ name, isMask: false });
  });
});
