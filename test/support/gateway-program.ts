import { openSync, closeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PreparedGateway, Query } from './gateway.js';
import type { ServeLine } from './gateway-server.js';
import { startProgram, type Program } from './program.js';

/** A gateway in a process of its own, to be killed, stopped and looked into. */
export interface GatewayProgram extends Program {
  readonly address: string;
  readonly query: Query;
  /** All that it has logged, and whatever else it wrote to its standard error. */
  log(): Promise<string>;
}

/** A process that has loaded a gateway's code and waits to be told what to serve: most of a start is loading. */
export interface LoadedProgram {
  /** Starts the gateway. Processes that serve one prepared gateway share its databases, keys and folder. */
  serve(prepared: PreparedGateway): Promise<GatewayProgram>;
  kill(): Promise<void>;
}

export function loadGatewayProgram(logFile: string): LoadedProgram {
  const output = openSync(logFile, 'a');
  const program = startProgram('test/support/gateway-server.ts', [], { output });
  closeSync(output);
  const tell = async (line: string): Promise<string> => {
    program.child.stdin.write(`${line}\n`);
    const answer = await program.nextLine();
    if (answer === undefined) throw new Error(`the gateway ended: ${await readFile(logFile, 'utf8')}`);
    return answer;
  };
  return {
    kill: () => program.kill(),
    serve: async (prepared) => {
      const { sources, ...config } = prepared.config;
      const line: ServeLine = { folder: prepared.folder, config, sources: [...sources] };
      const address = await tell(JSON.stringify(line));
      return {
        ...program,
        address,
        query: prepared.queryAt(address),
        log: () => readFile(logFile, 'utf8'),
      };
    },
  };
}

/** Starts a gateway over what was prepared. */
export function startGatewayProgram(prepared: PreparedGateway): Promise<GatewayProgram> {
  return loadGatewayProgram(join(prepared.folder, 'gateway.log')).serve(prepared);
}
