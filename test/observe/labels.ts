import { ERROR_TABLE } from '../../src/base/index.js';
import { stages } from '../../src/observe/watch.js';

/** Every value that a label may have in a deployment of these sources and classes. */
export function labelValues(
  sources: readonly string[],
  classes: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  const codes = Object.keys(ERROR_TABLE);
  return {
    endpoint: ['data', 'control', 'other'],
    outcome: ['RELEASED', 'PARTIAL', 'REFUSED', 'FAILED', 'NONE'],
    code: ['OK', 'NONE', ...codes],
    stage: stages,
    source: sources,
    class: classes,
    decision: ['CLEAR', 'MASKED', 'AGGREGATE', 'DENIED'],
    result: ['hit', 'miss', 'MET', ...codes],
    cache: ['token', 'view', 'document', 'plan'],
    state: ['busy', 'idle'],
  };
}
