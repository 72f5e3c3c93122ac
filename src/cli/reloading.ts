import { readFile } from 'node:fs/promises';
import type { Log } from '../base/index.js';
import type { LoadedConfig } from '../config.js';
import { watchFiles } from './watch-files.js';

/** Something that can read its files anew. */
interface Reloadable {
  reload(): Promise<unknown>;
}

/** When a gateway reads its files anew. */
export interface Reloading {
  /** From now on, and at once where it was asked for since the beginning. */
  serve(gateway: Reloadable): void;
  stop(): void;
}

const unchanging =
  'the configuration has changed, and is read at start only: start the gateway anew to have its sources, keys, issuers and limits';

/**
 * Takes SIGHUP as the order to reload and, where asked to, watches the files. Begun before the files are first read, so
 * that no change between is missed, and no signal in that time ends the process.
 */
export async function startReloading(
  config: LoadedConfig,
  { watch, log }: { readonly watch: boolean; readonly log: Log },
): Promise<Reloading> {
  const { file, policyFile, schemaFolder, documents } = config;
  const configText = (): Promise<string> => readFile(file, 'utf8').catch(() => '');
  let gateway: Reloadable | null = null;
  let asked = false;
  let known: string | null = null;
  const reload = async (from: Reloadable): Promise<void> => {
    const text = await configText();
    if (text !== known) log.warn({ file }, unchanging);
    known = text;
    await from.reload();
  };
  const ask = (): void => {
    if (gateway === null) asked = true;
    else void reload(gateway);
  };
  process.on('SIGHUP', ask);
  known = await configText();
  const manifest = documents === undefined ? [] : [documents.manifest];
  const watched = { files: [file, policyFile, ...manifest], folders: [schemaFolder] };
  const watching = watch ? await watchFiles(watched, ask) : null;
  return {
    serve: (served) => {
      gateway = served;
      if (asked) ask();
    },
    stop: () => {
      gateway = null;
      watching?.stop();
    },
  };
}
