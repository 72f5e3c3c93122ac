import type { Command } from 'commander';
import type pg from 'pg';
import { secureConnection, tlsFailure, type TlsWords, type WrittenTls } from '../database-connection.js';
import { CommandError } from './failure.js';

/** What `tls:` says in a configuration, for commands that are told a URL. */
export interface TlsOptions {
  readonly ca?: string;
  readonly acceptPlaintext?: boolean;
  readonly acceptUnverified?: boolean;
}

const words: TlsWords = {
  ca: '--ca <file>',
  acceptPlaintext: '--accept-plaintext',
  acceptUnverified: '--accept-unverified',
};

/** Adds the options that say how a database on another host is reached, where the default is not what it needs. */
export function addTlsOptions(command: Command): Command {
  return command
    .option(
      words.ca,
      "of the authority that signed the database's certificate, in PEM (default: the system's)",
    )
    .option(words.acceptPlaintext, 'send passwords and data over a network in the clear')
    .option(words.acceptUnverified, 'send them to whoever answers');
}

export function writtenTls({ ca, acceptPlaintext, acceptUnverified }: TlsOptions): WrittenTls {
  return {
    ...(ca !== undefined && { ca }),
    acceptPlaintext: acceptPlaintext === true,
    acceptUnverified: acceptUnverified === true,
  };
}

/**
 * How a command connects to the database that it was told.
 * @param what the URL is called in a sentence: `The URL of crm`
 * @throws CommandError for a connection that is less than it has to be
 */
export function connectionTo(url: string, what: string, options: TlsOptions): pg.ClientConfig {
  const { connection, fault } = secureConnection({ url, tls: writtenTls(options) }, '.', words);
  if (fault !== null) throw new CommandError(fault.at === 'ca' ? fault.words : `${what} ${fault.words}`);
  return connection;
}

/** Why the database could not be reached, where it is for want of TLS; else null. */
export function tlsFailureHere(error: { readonly code?: string | undefined; readonly message: string }) {
  return tlsFailure(error, words);
}
