import type { TypeAccess } from './access.js';

/** What a generated object type stands for; plan reads it there instead of taking names apart. */
export type Meaning =
  | { readonly kind: 'query' }
  | { readonly kind: 'record' | 'connection' | 'edge' | 'group'; readonly access: TypeAccess }
  | { readonly kind: 'pageInfo' };

/**
 * Extensions of what stands for nothing more: fields, arguments, values. Each that says nothing would be given an empty
 * dictionary of its own, and these would be half of a view.
 */
export const noMeaning: Readonly<Record<string, never>> = Object.freeze(
  Object.create(null) as Record<string, never>,
);

/** Extensions of a generated type. Introspection does not show them. */
export const mean = (cordon: Meaning): Readonly<Record<'cordon', Meaning>> => ({ cordon });
