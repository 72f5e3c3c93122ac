import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Log } from '../../src/base/index.js';
import { mintToken, startDemoIssuer, type DemoToken } from '../../src/demo/index.js';
import { startEmbedded } from '../../src/embedded/index.js';
import { buildParts, parts } from '../deployment/parts.js';
import { prepareReader } from '../deployment/tables.js';
import type { GatewaySettings } from '../gateway.js';
import { WrongAnswer } from './ask.js';
import { Connection } from './connection.js';
import { withClient } from './customer-data.js';
import { countRequests } from './ledger-count.js';
import type { LoadJob, LoadResult } from './load.js';
import type { Usage } from './observed.js';
import { partsSource, writeParts, type PartsSize } from './parts-config.js';
import { processorTimeOfFamily } from './processor-time.js';
import { ownFile, startProgram, type Program } from './program.js';

/** A gateway over parts, in a process of its own. */
export interface PartsGateway {
  readonly port: number;
  usage(): Promise<Usage>;
  /** Asks once, apart from any load. @throws WrongAnswer where nothing is given */
  ask(request: string): Promise<void>;
  /** Puts load on it, and counts what it was sent. @throws WrongAnswer where any answer was an error */
  load(job: Omit<LoadJob, 'port'>): Promise<LoadResult>;
}

/** A database of parts, gateways over it, and tokens that they take. */
export interface PartsRig {
  /** Starts one. */
  gateway(size: PartsSize): Promise<PartsGateway>;
  token(caller: DemoToken): Promise<string>;
  /** As the database names itself. */
  readonly version: string;
  /** Processor time of all of PostgreSQL so far, in microseconds. */
  databaseMicros(): Promise<number>;
  /** Ends the gateways and holds their ledgers to what they were sent. @returns the entries @throws WrongAnswer */
  settle(): Promise<number>;
  stop(): Promise<void>;
}

interface Running {
  readonly program: Program;
  readonly control: pg.ClientConfig;
  asked: number;
}

/** Connections to the customer data of each gateway. */
const poolSize = 8;

/**
 * @param folder kept from run to run; the data is made anew
 * @param rowsEach of each part's table
 */
export async function startParts(
  folder: string,
  { types, rowsEach, tableSizes }: { types: number; rowsEach: number; tableSizes: readonly number[] },
  log: Log,
): Promise<PartsRig> {
  await mkdir(folder, { recursive: true });
  const postgres = await startEmbedded({ folder: join(folder, 'postgres'), log });
  const admin = new pg.Client(postgres.connection('postgres'));
  await admin.connect();
  await admin.query(prepareReader);
  const makeAnew = async (database: string) => {
    await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${database}`);
    return postgres.connection(database);
  };
  await withClient(await makeAnew(parts), async (client) => {
    await client.query(`BEGIN; ${buildParts(types, rowsEach, tableSizes)} COMMIT`);
    await client.query('VACUUM ANALYZE');
  });
  const issuerFolder = join(folder, 'issuer');
  const issuer = await startDemoIssuer({ folder: issuerFolder, port: 0 });
  const generator = startProgram(ownFile('generator'), {});
  const running: Running[] = [];

  const gateway = async (size: PartsSize): Promise<PartsGateway> => {
    const place = join(folder, `gateway-${running.length + 1}`);
    await rm(place, { recursive: true, force: true });
    const settings: GatewaySettings = {
      deployment: { ...(await writeParts(place, size)), sources: [partsSource(postgres, poolSize)] },
      control: await makeAnew(`control_${running.length + 1}`),
      jwksUri: issuer.jwksUri,
      keysFolder: join(folder, 'keys'),
      ledgerFolder: join(place, 'ledger'),
    };
    const program = startProgram(ownFile('gateway'), settings, { observed: true });
    const { port } = (await program.next()) as { port: number };
    const started: Running = { program, control: settings.control, asked: 0 };
    running.push(started);
    return {
      port,
      usage: async () => (await program.ask({ kind: 'usage' })) as Usage,
      ask: async (request) => {
        const connection = await Connection.open(port);
        started.asked += 1;
        const text = (await connection.ask(Buffer.from(request, 'latin1'))).body.toString();
        connection.close();
        const { data } = JSON.parse(text) as { data?: Record<string, unknown> | null };
        if (Object.values(data ?? {})[0] == null)
          throw new WrongAnswer(`nothing is given: ${text.slice(0, 300)}`);
      },
      load: async (job) => {
        const answer = (await generator.ask({ ...job, port })) as { result: LoadResult } | { error: string };
        if ('error' in answer) throw new WrongAnswer(answer.error);
        const { sent, failed } = answer.result;
        if (failed > 0) throw new WrongAnswer(`${failed} of ${sent} requests failed`);
        started.asked += sent;
        return answer.result;
      },
    };
  };

  const settle = async (): Promise<number> => {
    await Promise.all(running.map(({ program }) => program.end()));
    let all = 0;
    for (const { control, asked } of running) {
      const entries = await countRequests(control);
      if (entries !== asked) throw new WrongAnswer(`a ledger holds ${entries} entries for ${asked} requests`);
      all += entries;
    }
    return all;
  };
  const { rows } = await admin.query<{ server_version: string }>('SHOW server_version');
  return {
    gateway,
    token: (caller) => mintToken(issuerFolder, caller),
    version: rows[0]?.server_version ?? 'unknown',
    databaseMicros: () => processorTimeOfFamily(postgres.processId),
    settle,
    stop: async () => {
      await Promise.all([generator, ...running.map(({ program }) => program)].map((each) => each.end()));
      await issuer.close();
      await admin.end();
      await postgres.stop();
    },
  };
}
