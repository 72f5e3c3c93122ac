import { join } from 'node:path';
import pg from 'pg';
import { packageFolder } from '../../src/base/index.js';
import { demoAudience, demoIssuer, mintToken, startDemoIssuer } from '../../src/demo/index.js';
import { recordAgreement, recordTraining } from '../../src/governance/index.js';
import { migrate } from '../../src/ledger/index.js';
import { agreement, cleared, masked, trainings, type Caller } from '../deployment/callers.js';
import type { GatewaySettings } from '../gateway.js';
import type { Scenario } from '../scenarios/index.js';
import type { Databases } from './databases.js';
import type { Question, Usage } from './observed.js';
import { ownFile, startProgram } from './program.js';

export const names = ['limit', 'cordon', 'handbuilt'] as const;
export type ContenderName = (typeof names)[number];

/** A server under measure, in a process of its own. */
export interface Contender {
  readonly name: ContenderName;
  readonly port: number;
  /** The bytes that ask a scenario's question about a key, as latin1 text; the cleared caller asks unless told. */
  request(scenario: Scenario, key: number, as?: Caller): string;
  usage(): Promise<Usage>;
  profile(): Promise<void>;
  /** Ends the profile and writes it. */
  profiled(file: string): Promise<void>;
  /** Requests that it was sent; whoever sends counts. */
  asked: number;
  end(): Promise<void>;
}

export interface Contenders extends Readonly<Record<ContenderName, Contender>> {
  /** Ends them, and waits for that; further calls do nothing. */
  end(): Promise<void>;
}

/** Connections to customer data that each contender has: the same for all. */
export const poolSize = 8;

export type Tokens = ReadonlyMap<Caller, string>;
type Ask = (scenario: Scenario, key: number, as: Caller, tokens: Tokens) => string;

const get: Ask = ({ name }, key) => `GET /${name}?${key} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`;

const post =
  (language: 'cordon' | 'handbuilt'): Ask =>
  (scenario, key, as, tokens) => {
    const body = JSON.stringify({ query: scenario[language], variables: { key: String(key) } });
    const headers = {
      host: '127.0.0.1',
      authorization: `Bearer ${tokens.get(as) ?? ''}`,
      ...as.headers,
      'content-type': 'application/json',
      'content-length': body.length,
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return `POST /graphql HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
  };

/** A place in the round, and how it is asked. */
const asking: Readonly<Record<ContenderName, Ask>> = {
  limit: get,
  cordon: post('cordon'),
  handbuilt: post('handbuilt'),
};

/** Starts one in a process of its own. */
export async function start(
  name: ContenderName,
  file: string,
  argument: object,
  tokens: Tokens,
): Promise<Contender> {
  const program = startProgram(file, argument, { observed: true });
  const { port } = (await program.next()) as { port: number };
  const ask = (question: Question) => program.ask(question);
  return {
    name,
    port,
    request: (scenario, key, as = cleared) => asking[name](scenario, key, as, tokens),
    usage: async () => (await ask({ kind: 'usage' })) as Usage,
    profile: async () => {
      await ask({ kind: 'profile' });
    },
    profiled: async (file) => {
      await ask({ kind: 'profiled', file });
    },
    asked: 0,
    end: () => program.end(),
  };
}

/** Makes the control database, with what the callers' conditions ask for. */
export async function recordFacts(control: pg.ClientConfig): Promise<void> {
  await migrate(control, packageFolder('migrations'));
  const pool = new pg.Pool({ ...control, max: 1 });
  await recordAgreement(pool, agreement);
  for (const training of trainings) await recordTraining(pool, training);
  await pool.end();
}

/** Starts all of them, and the issuer whose tokens they verify. */
export async function startContenders(databases: Databases, folder: string): Promise<Contenders> {
  const { reader, control, audit } = databases;
  await recordFacts(control);
  const keys = join(folder, 'issuer');
  const issuer = await startDemoIssuer({ folder: keys, port: 0 });
  const tokens: Tokens = new Map(
    await Promise.all(
      [cleared, masked].map(async (caller) => [caller, await mintToken(keys, caller.token)] as const),
    ),
  );
  const peers = packageFolder('bench/peers');
  const peer = {
    reader,
    audit,
    poolSize,
    jwksUri: issuer.jwksUri,
    issuer: demoIssuer,
    audience: demoAudience,
  };
  const limit = await start('limit', join(peers, 'limit.mjs'), peer, tokens);
  const handbuilt = await start('handbuilt', join(peers, 'handbuilt.mjs'), peer, tokens);
  const settings: GatewaySettings = { reader, control, poolSize, jwksUri: issuer.jwksUri, folder };
  const cordon = await start('cordon', ownFile('gateway'), settings, tokens);
  const end = async () => {
    await Promise.all([limit, handbuilt, cordon].map((contender) => contender.end()));
    await issuer.close();
  };
  let ended: Promise<void> | null = null;
  return { limit, handbuilt, cordon, end: () => (ended ??= end()) };
}
