import { CordonError } from '../base/index.js';
import { documentHash, type TrustedDocuments } from '../documents/index.js';
import type { Asked } from '../gateway/index.js';
import type { Principal } from '../identity/index.js';
import type { Body } from './body.js';

/** The document of a request: its text, or why there is none for this caller. */
export type AskedDocument =
  | {
      readonly asked: Asked & { readonly source: string };
      /** Whether the caller has sent its hash alone, and so may not know what is in it. */
      readonly byHash: boolean;
    }
  | { readonly refused: CordonError; readonly asked: Asked };

/** Finds the text of what is asked for by its hash, and holds callers who are confined to trusted documents to them. */
export function askedDocument(body: Body, principal: Principal, documents: TrustedDocuments): AskedDocument {
  const { source, hash, operationName, variables } = body;
  const text = source ?? documents.find(hash ?? '');
  const asked = { source: text, operationName, variables };
  if (text === null)
    return {
      asked,
      refused: new CordonError('PERSISTED_QUERY_NOT_FOUND', { detail: 'no document of this hash' }),
    };
  if (source !== null && hash !== null && documentHash(source) !== hash) {
    const message = 'The hash is not the SHA-256 of the "query"; send one of the two.';
    return { asked, refused: new CordonError('BAD_REQUEST', { message }) };
  }
  if (source !== null && documents.confines(principal) && !documents.has(source))
    return { asked, refused: new CordonError('DOCUMENT_NOT_TRUSTED') };
  return { asked: { source: text, operationName, variables }, byHash: source === null };
}
