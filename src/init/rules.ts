import { companyName, address, money, note, doubt, spelledKey, standing, terms } from './business-rules.js';
import { type Rule, classOfWhom, sampled } from './finding.js';
import type { Judgement } from './judgement.js';
import { credential, account, email, phone, personal, image, personName, link } from './people-rules.js';
import type { Look } from './recognise.js';
import type { Seen } from './seen.js';

const rules: readonly Rule[] = [
  ...[
    spelledKey,
    credential,
    email,
    phone,
    account,
    personal,
    image,
    link,
    money,
    standing,
    terms,
    personName,
  ],
  ...[companyName, address, note, doubt],
];

/** Rules about names that no table subject is needed for, so that a comment can be read by them too. */
const commentRules: readonly Rule[] = [credential, email, phone, account, personal, money];
const confidential = ['confidential', 'sensitive', 'pii', 'gdpr', 'secret', 'private'];

/** What a column's name, type, surroundings and sample say. */
export function judge(seen: Seen): Judgement | null {
  for (const rule of rules) {
    const judgement = rule(seen);
    if (judgement !== null) return confirmed(judgement, seen);
  }
  return null;
}

/** What a column's comment says, where its name says nothing. */
export function judgeComment(seen: Seen, words: readonly string[]): Judgement | null {
  if (seen.isKey) return null;
  const commented = { ...seen, words };
  for (const rule of commentRules) {
    const judgement = rule(commented);
    if (judgement !== null) return { ...judgement, because: judgement.because.replace('named', 'commented') };
  }
  if (!confidential.some((word) => words.includes(word))) return null;
  return {
    secretClass: classOfWhom(seen),
    kind: 'note',
    because: 'its comment says that it is confidential',
  };
}

const confirming: Readonly<Partial<Record<Judgement['kind'], Look>>> = {
  phone: 'phone',
  address: 'street',
  personName: 'personName',
  link: 'url',
};

/** A name's word with the sample's beside it, where that agrees. */
function confirmed(judgement: Judgement, seen: Seen): Judgement {
  const look = confirming[judgement.kind];
  const agrees =
    look === undefined || !judgement.because.startsWith('named') ? null : sampled(seen, look, 0.5);
  return agrees === null ? judgement : { ...judgement, because: `${judgement.because}, and ${agrees}` };
}
