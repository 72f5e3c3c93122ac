import type { TypeAccess } from './access.js';

/** What a generated object type stands for; plan reads it there instead of taking names apart. */
export type Meaning =
  | { readonly kind: 'query' }
  | { readonly kind: 'record' | 'connection' | 'edge' | 'group'; readonly access: TypeAccess }
  | { readonly kind: 'pageInfo' };

/** Extensions of a generated type. Introspection does not show them. */
export const mean = (cordon: Meaning): Readonly<Record<'cordon', Meaning>> => ({ cordon });
