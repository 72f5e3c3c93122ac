/** The classes that are suggested, from the strictest; a policy has those that something is marked with. */
export const suggestedClasses = ['identity', 'pricing', 'relationship', 'contact', 'supply'] as const;
export type SuggestedClass = (typeof suggestedClasses)[number];

/** What kind of secret it is, which decides the mask. */
export type SecretKind =
  | 'credential'
  | 'email'
  | 'phone'
  | 'account'
  | 'personal'
  | 'birth'
  | 'image'
  | 'personName'
  | 'companyName'
  | 'address'
  | 'link'
  | 'money'
  | 'standing'
  | 'note'
  | 'key'
  | 'derived'
  /** A composite of which an attribute is secret. */
  | 'within';

/** Why a column should be marked. */
export interface Judgement {
  readonly secretClass: SuggestedClass;
  readonly kind: SecretKind;
  /** A reason without any value: `98 % of 200 sampled values are e-mail addresses`. */
  readonly because: string;
}
