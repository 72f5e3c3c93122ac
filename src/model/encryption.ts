import type { ConstDirectiveNode, FieldDefinitionNode } from 'graphql';
import { readEncrypted } from '../../directives/index.js';
import { didYouMean } from '../base/index.js';
import { builtInType, type Column, type PgKind, type PgType } from '../catalog/index.js';
import { needsNoValue } from '../masks/index.js';
import type { Loading } from './draft.js';
import type { Encryption, Mark, ScalarName } from './model.js';

/** What may be stored encrypted, and the type whose text form is encrypted. */
const plainKinds: ReadonlyMap<ScalarName, PgKind> = new Map<ScalarName, PgKind>([
  ['String', 'text'],
  ['Int', 'int4'],
  ['BigInt', 'int8'],
  ['Decimal', 'numeric'],
  ['Date', 'date'],
]);

function plainTypeOf(scalar: string): PgType | null {
  const kind = plainKinds.get(scalar as ScalarName);
  return kind === undefined ? null : builtInType(kind);
}

/** The directive as written, and the encryption it comes to: null where it is faulty, and reported. */
export interface WrittenEncryption {
  readonly node: ConstDirectiveNode | FieldDefinitionNode;
  readonly encryption: Encryption | null;
}

/**
 * `@encrypted` of a field that gives a column; null where it bears none.
 * @param column null where it is not known, and reported
 * @param written the name of the field's type
 */
export function readEncryption(
  node: FieldDefinitionNode,
  coordinate: string,
  column: Column | null,
  written: string,
  { encryptionKeys, report }: Loading,
): WrittenEncryption | null {
  const reading = readEncrypted(node);
  if (reading === null) return null;
  if ('problems' in reading) {
    report.add(...reading.problems);
    return { node, encryption: null };
  }
  const { key } = reading.says;
  if (!encryptionKeys.includes(key)) {
    const mend =
      encryptionKeys.length === 0
        ? ` Add it to cordon.yaml: encryption: { ${key}: { current: { env: … } } }`
        : didYouMean(key, encryptionKeys);
    const message = `${coordinate}: the configuration has no encryption key "${key}".${mend}`;
    report.problem(reading.node, 'UNKNOWN_ENCRYPTION_KEY', message);
  }
  const plainType = plainTypeOf(written);
  if (plainType === null) {
    const message = `${coordinate} is ${written}, which is not stored encrypted; write ${[...plainKinds.keys()].join(' or ')}.`;
    report.problem(node, 'TYPE_MISMATCH', message);
  }
  if (column !== null && column.type.kind !== 'bytea') {
    const message = `${coordinate}: "${column.name}" is ${column.type.display}, and ciphertexts are kept in a column of type bytea; add one, and fill it with cordon encrypt-column.`;
    report.problem(node, 'ENCRYPTED_TYPE', message);
    return { node: reading.node, encryption: null };
  }
  return { node: reading.node, encryption: plainType === null ? null : { key, plainType } };
}

/** What is stored encrypted is a secret, and looks masked as the database can make it look without reading it. */
export function checkEncryptedMark(
  { node }: WrittenEncryption,
  coordinate: string,
  mark: Mark,
  { report }: Loading,
): void {
  if (mark.kind === 'open') {
    const message = `${coordinate} is stored encrypted and marked open; mark it @tradeSecret(class: …).`;
    report.problem(node, 'ENCRYPTED_OPEN', message);
  } else if (!needsNoValue(mark.mask)) {
    const message = `${coordinate}: ${mark.mask.name} is made from the value, which the database cannot read; use redact, constant or nullify.`;
    report.problem(node, 'ENCRYPTED_MASK', message);
  } else if (mark.nulls === 'keep') {
    const message = `${coordinate}: whether there is a value is told by the column, which is not named for a mask; remove "nulls".`;
    report.problem(node, 'ENCRYPTED_MASK', message);
  }
}
