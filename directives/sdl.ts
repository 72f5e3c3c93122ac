import { columnSdl } from './column.js';
import { labelSdl } from './label.js';
import { openSdl } from './open.js';
import { relationSdl } from './relation.js';
import { rowsSdl } from './rows.js';
import { tableSdl } from './table.js';
import { tradeSecretSdl } from './trade-secret.js';

/** What the enums of the directives are made from: names, in the order they are to be shown. */
export interface DirectiveNames {
  /** Secret classes of the policy, with their titles. */
  readonly classes: ReadonlyMap<string, string>;
  /** Sources of the configuration. */
  readonly sources: readonly string[];
  /** Row keys that the policy's roles use. */
  readonly rowKeys: readonly string[];
}

/**
 * The definitions of every directive and of the enums that this deployment's policy and configuration give them, for
 * validation and for editors. The input type `MaskInput` is defined beside the masks.
 */
export function directiveSdl({ classes, sources, rowKeys }: DirectiveNames): string {
  return [
    enumSdl('SecretClass', 'The secret classes of the policy.', [...classes]),
    enumSdl('SourceName', 'The sources of the configuration.', sources.map(plain)),
    enumSdl('RowKey', "The keys by which the policy's roles limit rows.", rowKeys.map(plain)),
    tableSdl,
    columnSdl,
    relationSdl,
    tradeSecretSdl,
    openSdl,
    rowsSdl,
    labelSdl,
    '',
  ].join('\n\n');
}

type EnumValue = readonly [name: string, description: string | null];

const plain = (name: string): EnumValue => [name, null];

/** GraphQL has no empty enum; a placeholder keeps the SDL valid for tools, and the model knows it as no name. */
const placeholder: EnumValue = ['_', 'There is none yet.'];

function enumSdl(name: string, description: string, values: readonly EnumValue[]): string {
  const shown = values.length > 0 ? values : [placeholder];
  const lines = shown.map(([value, about]) =>
    about === null ? `  ${value}` : `  ${JSON.stringify(about)}\n  ${value}`,
  );
  return `${JSON.stringify(description)}\nenum ${name} {\n${lines.join('\n')}\n}`;
}
