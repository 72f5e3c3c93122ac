import { directiveSdl } from '../../directives/index.js';
import { maskInputSdl } from '../masks/index.js';
import type { Policy } from '../policy/index.js';
import { scalarNames } from './scalars.js';

const builtIn: ReadonlySet<string> = new Set(['ID', 'String', 'Int', 'Float', 'Boolean']);

/**
 * What annotated SDL stands on: the directives with the enums of this deployment, the masks' input type and the scalars.
 * For validation, and for editors that complete and check the files.
 */
export function preludeSdl(policy: Pick<Policy, 'classes' | 'rowKeys'>, sources: readonly string[]): string {
  const classes = new Map([...policy.classes].map(([name, { title }]) => [name, title]));
  const scalars = [...scalarNames].filter((name) => !builtIn.has(name)).map((name) => `scalar ${name}`);
  return [
    directiveSdl({ classes, sources, rowKeys: policy.rowKeys }),
    maskInputSdl,
    scalars.join('\n'),
    '',
  ].join('\n\n');
}
