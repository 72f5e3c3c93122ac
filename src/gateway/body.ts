import type { CordonError } from '../base/index.js';
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
const extensions = new WeakMap<Plan, string>();

function extensionsOf(plan: Plan): string {
  let made = extensions.get(plan);
  if (made === undefined) {
    made = JSON.stringify({ cordon: { masked: plan.masked, withheld: plan.withheld } });
    extensions.set(plan, made);
  }
  return made;
}

/**
 * A response with data, put together from finished JSON.
 * @param values JSON of each root field, in the plan's order
 * @param errors in the same order
 */
export function resultBody(plan: Plan, values: readonly string[], errors: readonly FieldError[]): Buffer {
  const fields = plan.roots.map(({ responseName }, i) => `"${responseName}":${values[i] ?? 'null'}`);
  const failed = errors.length === 0 ? '' : `"errors":${JSON.stringify(errors.map(errorJson))},`;
  return Buffer.from(`{${failed}"data":{${fields.join(',')}},"extensions":${extensionsOf(plan)}}`);
}
