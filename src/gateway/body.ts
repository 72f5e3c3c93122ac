import { bytesOf, utf8AsText, type ByteText, type CordonError } from '../base/index.js';
import type { Plan } from '../plan/index.js';

/** One error at a place in the response. */
export interface FieldError {
  readonly path?: readonly string[];
  readonly error: CordonError;
}

function errorJson({ path, error }: FieldError): object {
  return {
    message: error.message,
    ...(path === undefined ? {} : { path }),
    extensions: { code: error.code },
  };
}

/** A response of errors alone. */
export function errorsBody(errors: readonly FieldError[]): string {
  return JSON.stringify({ errors: errors.map(errorJson) });
}

export function refusalBody(error: CordonError): Buffer {
  return Buffer.from(errorsBody([{ error }]));
}

/** Belongs to the plan, so it is made once and is the same for whatever rows come back. */
const extensions = new WeakMap<Plan, ByteText>();

function endOf(plan: Plan): ByteText {
  let made = extensions.get(plan);
  if (made === undefined) {
    const { masked, withheld } = plan;
    made = utf8AsText(`},"extensions":${JSON.stringify({ cordon: { masked, withheld } })}}`);
    extensions.set(plan, made);
  }
  return made;
}

export const jsonNull = utf8AsText('null');

/**
 * A response with data, put together from finished JSON.
 * @param values JSON of each root field, in the plan's order
 * @param errors in the same order
 */
export function resultBody(plan: Plan, values: readonly ByteText[], errors: readonly FieldError[]): Buffer {
  const failed = errors.length === 0 ? '' : `"errors":${JSON.stringify(errors.map(errorJson))},`;
  const fields = plan.roots.flatMap(({ responseName }, i) => [
    utf8AsText(`${i === 0 ? '' : ','}"${responseName}":`),
    values[i] ?? jsonNull,
  ]);
  return bytesOf(utf8AsText(`{${failed}"data":{`), ...fields, endOf(plan));
}
