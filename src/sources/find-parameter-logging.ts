import pg from 'pg';
import type { Problem } from '../base/index.js';
import { loggingSettings, parameterLogging } from './parameter-logging.js';
import type { SourceConfig } from './source.js';

/** Sources that would log parameters: those that the configuration does not accept, and those that it does. */
export interface ParameterLogging {
  readonly problems: readonly Problem[];
  readonly accepted: readonly AcceptedLogging[];
}

/** What the configuration accepts of a source. */
export interface AcceptedLogging {
  readonly source: string;
  readonly settings: readonly string[];
  readonly warning: Problem;
}

/** The settings by which a session of the gateway's role would log parameters. */
async function loggingOf({ connection, connectTimeoutMs }: SourceConfig): Promise<readonly string[]> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: connectTimeoutMs });
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string; setting: string }>(
      'select name, setting from pg_catalog.pg_settings where name = any ($1)',
      [loggingSettings],
    );
    return parameterLogging(new Map(rows.map(({ name, setting }) => [name, setting])));
  } finally {
    await client.end().catch(() => undefined);
  }
}

const what = 'what callers search for and the keys of masks';

/**
 * Asks every source whether it would log parameters. Each new session is asked again; this is for all at once, at start.
 * @param file of the configuration, for messages
 * @throws the client's error where a source cannot be asked
 */
export async function findParameterLogging(
  sources: Iterable<SourceConfig>,
  file: string,
): Promise<ParameterLogging> {
  const found = await Promise.all(
    [...sources].map(async (source) => ({ source, settings: await loggingOf(source) })),
  );
  const logging = found.filter(({ settings }) => settings.length > 0);
  const problem = (source: SourceConfig, code: string, message: string): Problem => ({
    file,
    line: 0,
    code,
    message: `The source ${source.name} ${message}`,
  });
  return {
    problems: logging
      .filter(({ source }) => source.acceptParameterLogging !== true)
      .map(({ source, settings }) => {
        const mend = `turn that off for its role (cordon grants prints how), or accept it: acceptParameterLogging: true.`;
        const message = `would have ${what} in its log (${settings.join(', ')}); ${mend}`;
        return problem(source, 'PARAMETERS_LOGGED', message);
      }),
    accepted: logging
      .filter(({ source }) => source.acceptParameterLogging === true)
      .map(({ source, settings }) => {
        const message = `has ${what} in its log (${settings.join(', ')}), which the configuration accepts; each start enters that into the ledger.`;
        return { source: source.name, settings, warning: problem(source, 'PARAMETERS_LOGGED', message) };
      }),
  };
}
