import { cleared } from '../deployment/callers.js';
import type { Lane } from './scenario.js';

/** A question in every contender's own language; `handbuilt` and `mercurius` speak the same. */
export interface Documents {
  readonly cordon: string;
  readonly handwritten: string;
  readonly postgraphile: string;
}

/** The lanes of a workload that every peer is asked, by a caller from whom nothing is withheld. */
export function againstPeers(name: string, documents: Documents): readonly Lane[] {
  const callers = [cleared];
  const { cordon, handwritten, postgraphile } = documents;
  return [
    { name: 'limit', server: 'limit', document: name, callers },
    { name: 'cordon', server: 'cordon', document: cordon, callers },
    { name: 'handbuilt', server: 'handbuilt', document: handwritten, callers },
    { name: 'mercurius', server: 'mercurius', document: handwritten, callers },
    { name: 'postgraphile', server: 'postgraphile', document: postgraphile, callers },
  ];
}
