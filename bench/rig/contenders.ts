import { join } from 'node:path';
import pg from 'pg';
import { packageFolder } from '../../src/base/index.js';
import { demoAudience, demoIssuer, mintToken, startDemoIssuer } from '../../src/demo/index.js';
import { recordAgreement, recordTraining } from '../../src/governance/index.js';
import { migrate } from '../../src/ledger/index.js';
import { agreement, trainings, type Caller } from '../deployment/callers.js';
import type { GatewaySettings } from '../gateway.js';
import {
  isGateway,
  type GatewayName,
  type Lane,
  type PeerName,
  type Scenario,
  type ServerName,
} from '../scenarios/index.js';
import { shopDeployment } from './bench-config.js';
import type { CustomerData } from './customer-data.js';
import type { Databases } from './databases.js';
import type { FilledLedger } from './filled-ledger.js';
import type { Question, Usage } from './observed.js';
import { nodeFor, peersFolder } from './peers.js';
import { ownFile, startProgram } from './program.js';
import { requestOf, type Told, type Tokens } from './requests.js';

/** A server under measure, in a process of its own. */
export interface Contender {
  readonly name: ServerName;
  readonly port: number;
  readonly customers: number;
  /** The control database of a gateway, and the requests that its ledger held before; null for a peer. */
  readonly ledger: { readonly control: pg.ClientConfig; readonly before: number } | null;
  /** The bytes that ask a lane's question about a key, as latin1 text; the lane's first caller asks unless told. */
  request(lane: Lane, key: number, as?: Caller): string;
  usage(): Promise<Usage>;
  profile(): Promise<void>;
  /** Ends the profile and writes it. */
  profiled(file: string): Promise<void>;
  /** Requests that it was sent; whoever sends counts. */
  asked: number;
  /** Of those under load, answers with masks to callers who are cleared, given because facts were too old. */
  closed: number;
}

export interface Contenders {
  readonly all: readonly Contender[];
  /** @throws Error where it was not started */
  of(name: ServerName): Contender;
  /** The lanes of a workload whose servers run. */
  lanes(scenario: Scenario): readonly Lane[];
  /** Ends them, and waits for that; further calls do nothing. */
  end(): Promise<void>;
}

/** Connections to customer data that each contender has: the same for all. */
export const poolSize = 8;

/** What servers are started from. */
export interface Parts {
  readonly databases: Databases;
  readonly folder: string;
  /** For `cordonOnLedger`. */
  readonly filled: FilledLedger | null;
}

interface Place {
  readonly jwksUri: string;
  readonly tokens: Tokens;
}

interface Started {
  readonly contender: Contender;
  end(): Promise<void>;
}

/** What a server is started as. */
interface Start {
  readonly file: string;
  readonly argument: object;
  readonly node: string;
  readonly data: CustomerData;
  readonly ledger: Contender['ledger'];
}

function peerStart(name: PeerName, { databases }: Parts, { jwksUri }: Place): Start {
  const { data, audit } = databases;
  const argument = {
    reader: data.shop,
    desk: data.desk,
    audit,
    poolSize,
    jwksUri,
    issuer: demoIssuer,
    audience: demoAudience,
  };
  return { file: join(peersFolder, `${name}.mjs`), argument, node: nodeFor(name), data, ledger: null };
}

interface LedgerPlace {
  readonly control: pg.ClientConfig;
  readonly folder: string;
  readonly before: number;
}

/** Every gateway has a ledger of its own, so that each one's entries can be counted. */
async function ledgerOf(name: GatewayName, { databases, folder, filled }: Parts): Promise<LedgerPlace> {
  switch (name) {
    case 'cordon':
      return { control: databases.control, folder: join(folder, 'ledger'), before: 0 };
    case 'cordonOnMore': {
      const control = await databases.makeAnew('control_more');
      return { control, folder: join(folder, 'ledger', 'more'), before: 0 };
    }
    case 'cordonOnLedger':
      if (filled === null) throw new Error('no ledger was filled');
      return filled;
  }
}

async function gatewayStart(name: GatewayName, parts: Parts, { jwksUri }: Place): Promise<Start> {
  const { databases, folder } = parts;
  const data = name === 'cordonOnMore' ? await databases.more() : databases.data;
  const ledger = await ledgerOf(name, parts);
  await recordFacts(ledger.control);
  const argument: GatewaySettings = {
    deployment: shopDeployment(data, poolSize),
    control: ledger.control,
    jwksUri,
    keysFolder: join(folder, 'keys'),
    ledgerFolder: ledger.folder,
  };
  return { file: ownFile('gateway'), argument, node: process.execPath, data, ledger };
}

async function start(name: ServerName, parts: Parts, place: Place): Promise<Started> {
  const { file, argument, node, data, ledger } = isGateway(name)
    ? await gatewayStart(name, parts, place)
    : peerStart(name, parts, place);
  const program = startProgram(file, argument, { observed: true, node });
  const told = (await program.next()) as Told;
  const ask = (question: Question) => program.ask(question);
  const contender: Contender = {
    name,
    port: told.port,
    customers: data.customers,
    ledger,
    request: (lane, key, as = lane.callers[0]) => {
      if (as === undefined) throw new Error(`nobody asks ${lane.name}`);
      return requestOf(lane, key, as, place.tokens, told);
    },
    usage: async () => (await ask({ kind: 'usage' })) as Usage,
    profile: async () => {
      await ask({ kind: 'profile' });
    },
    profiled: async (file) => {
      await ask({ kind: 'profiled', file });
    },
    asked: 0,
    closed: 0,
  };
  return { contender, end: () => program.end() };
}

/** Makes the control database, with what the callers' conditions ask for. */
export async function recordFacts(control: pg.ClientConfig): Promise<void> {
  await migrate(control, packageFolder('migrations'));
  const pool = new pg.Pool({ ...control, max: 1 });
  await recordAgreement(pool, agreement);
  for (const training of trainings) await recordTraining(pool, training);
  await pool.end();
}

async function mintTokens(keys: string, callers: readonly Caller[]): Promise<Tokens> {
  const minted = [...new Set(callers)].map(
    async (caller) => [caller, await mintToken(keys, caller.token)] as const,
  );
  return new Map(await Promise.all(minted));
}

/**
 * Starts these servers, and the issuer whose tokens they verify.
 * @param callers everybody who will ask
 */
export async function startContenders(
  servers: readonly ServerName[],
  callers: readonly Caller[],
  parts: Parts,
): Promise<Contenders> {
  const keys = join(parts.folder, 'issuer');
  const issuer = await startDemoIssuer({ folder: keys, port: 0 });
  const place: Place = { jwksUri: issuer.jwksUri, tokens: await mintTokens(keys, callers) };
  const started: Started[] = [];
  const end = async () => {
    await Promise.all(started.map((each) => each.end()));
    await issuer.close();
  };
  try {
    for (const name of servers) started.push(await start(name, parts, place));
  } catch (cause) {
    await end();
    throw cause;
  }
  const all = started.map(({ contender }) => contender);
  const find = (name: ServerName) => all.find((each) => each.name === name);
  let ended: Promise<void> | null = null;
  return {
    all,
    of: (name) => {
      const found = find(name);
      if (found === undefined) throw new Error(`${name} was not started`);
      return found;
    },
    lanes: ({ lanes }) => lanes.filter(({ server }) => find(server) !== undefined),
    end: () => (ended ??= end()),
  };
}
