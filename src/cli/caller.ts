import { InvalidArgumentError, type Command } from 'commander';
import { demoCallers, demoIssuer, type DemoCallerName } from '../demo/index.js';
import type { LoadedConfig } from '../config.js';
import { personIdOf } from '../identity/index.js';
import { claim } from './options.js';

/** Somebody whose rights are asked about, without a token of theirs. */
export interface AssumedCaller {
  readonly personId: string;
  readonly subject: string;
  readonly organisation: string | null;
  readonly roles: readonly string[];
  readonly claims: ReadonlyMap<string, readonly string[]>;
  readonly purpose: string | null;
  /** Seconds since 1970 of a multi-factor sign-in; null for a sign-in without. */
  readonly mfaAt: number | null;
}

export interface CallerOptions {
  readonly as: string;
  readonly subject?: string;
  readonly organisation?: string;
  readonly claim?: Readonly<Record<string, readonly string[]>>;
  readonly purpose?: string;
  readonly mfa?: number;
}

function minutes(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number < 0)
    throw new InvalidArgumentError('Write how many minutes ago: 5.');
  return number;
}

/** Adds the options that say who is asked about. */
export function addCallerOptions(command: Command): Command {
  return command
    .requiredOption('--as <caller>', 'roles, separated by commas; or a caller of the demo')
    .option(
      '--subject <name>',
      'whom tokens name: $subject in row rules, and the person of agreements and training',
    )
    .option('--organisation <name>', 'party of agreements')
    .option('--claim <name=values>', 'a row claim, such as accounts=2,4; may be repeated', claim)
    .option('--purpose <code>', 'as sent in Cordon-Purpose')
    .option('--mfa <minutes>', 'signed in with a second factor so many minutes ago', minutes);
}

function isDemoCaller(name: string): name is DemoCallerName {
  return name in demoCallers;
}

/** The caller that the options describe; where the demo is asked, one of its callers by name. */
export function assumedCaller(options: CallerOptions, { issuers }: LoadedConfig): AssumedCaller {
  const inDemo = issuers.some(({ issuer }) => issuer === demoIssuer);
  const known = inDemo && isDemoCaller(options.as) ? demoCallers[options.as] : null;
  const subject = options.subject ?? known?.subject ?? '';
  return {
    personId: personIdOf(issuers[0]?.issuer ?? '', subject),
    subject,
    organisation: options.organisation ?? known?.organisation ?? null,
    roles: [...(known?.roles ?? options.as.split(','))].sort(),
    claims: new Map(Object.entries(options.claim ?? known?.claims ?? {})),
    purpose: options.purpose ?? null,
    mfaAt: options.mfa === undefined ? null : Math.floor(Date.now() / 1000 - options.mfa * 60),
  };
}
