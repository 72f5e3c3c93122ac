import type { Evidence } from './evidence.js';
import type { Judgement, SuggestedClass } from './judgement.js';
import { looks, type Look } from './recognise.js';
import { isStreet, type Seen } from './seen.js';

/** One thing that makes a column secret. The first that finds something decides. */
type Rule = (seen: Seen) => Judgement | null;

/** Class of what names or describes somebody. */
function classOfWhom({ about, mentioned }: Seen): SuggestedClass {
  if (about === 'customer') return 'relationship';
  if (about === 'supplier') return 'supply';
  return about !== 'person' && mentioned.has('customer') ? 'relationship' : 'contact';
}

/** Persons, customers and suppliers: those whom a value can give away. */
function isAboutSomebody({ about, table }: Seen): boolean {
  return [about, table].some((each) => each === 'customer' || each === 'supplier' || each === 'person');
}

/** What one publishes oneself: one's shops, and the artists whose works one sells. */
function isPublic({ about }: Seen): boolean {
  return about === 'premises' || about === 'published';
}

const any = ({ words }: Seen, ...wanted: readonly string[]): boolean =>
  wanted.some((word) => words.includes(word));

function phrase({ words }: Seen, ...phrases: readonly string[]): boolean {
  const name = ` ${words.join(' ')} `;
  return phrases.some((each) => name.includes(` ${each} `));
}

const textual = ({ family }: Seen): boolean => family === 'text';

/** Few values that come again and again: a status or a kind, not a text about somebody. */
export function isListLike(evidence: Evidence | null): boolean {
  return (
    evidence !== null && evidence.values >= 10 && evidence.distinct <= Math.max(2, evidence.values * 0.1)
  );
}

function found(secretClass: SuggestedClass, kind: Judgement['kind'], named: string): Judgement {
  return { secretClass, kind, because: `named like ${named}` };
}

/** What most of a sample looks like, in words; null where too few values do. */
function sampled({ evidence }: Seen, look: Look, share: number): string | null {
  if (evidence === null || evidence.values < 3 || evidence.shares[look] < share) return null;
  const percent = Math.floor(evidence.shares[look] * 100);
  return `${percent} % of ${evidence.values} sampled values are ${looks[look].words}`;
}

const credential: Rule = (seen) => {
  if (seen.family !== 'text' && seen.family !== 'bytes' && seen.family !== 'document') return null;
  if (any(seen, 'password', 'passphrase', 'secret', 'token', 'salt', 'pin', 'otp', 'credential', 'hash'))
    return found('identity', 'credential', 'a secret to sign in with');
  if (
    phrase(
      seen,
      'api key',
      'private key',
      'access key',
      'security answer',
      'security question',
      'recovery code',
    )
  )
    return found('identity', 'credential', 'a secret to sign in with');
  if (
    textual(seen) &&
    (phrase(seen, 'user name', 'login', 'login name', 'user login') || seen.words.join() === 'user')
  )
    return found('identity', 'credential', 'a name to sign in with');
  const because = textual(seen) ? sampled(seen, 'hash', 0.8) : null;
  return because === null || !isAboutSomebody(seen)
    ? null
    : { secretClass: 'identity', kind: 'credential', because };
};

const account: Rule = (seen) => {
  if (!textual(seen) && !seen.integer && seen.family !== 'number') return null;
  const named =
    any(seen, 'ssn', 'iban', 'passport', 'cvv', 'cvc', 'vat', 'tin', 'swift', 'bic') ||
    phrase(
      seen,
      'social security',
      'tax number',
      'tax id',
      'national id',
      'id card',
      'identity card',
      'driver license',
    ) ||
    phrase(
      seen,
      'driving license',
      'card number',
      'credit card',
      'bank account',
      'account number',
      'routing number',
    );
  if (named && !any(seen, 'rate', 'amount', 'type'))
    return found('identity', 'account', 'a number that an office or a bank keeps');
  if (!textual(seen)) return null;
  const because = sampled(seen, 'iban', 0.8) ?? sampled(seen, 'card', 0.9);
  return because === null ? null : { secretClass: 'identity', kind: 'account', because };
};

const email: Rule = (seen) => {
  if (!textual(seen)) return null;
  const because = sampled(seen, 'email', 0.5);
  if (because !== null) return { secretClass: 'contact', kind: 'email', because };
  return any(seen, 'email') && !isPublic(seen) && !isListLike(seen.evidence)
    ? found('contact', 'email', 'an e-mail address')
    : null;
};

const phone: Rule = (seen) => {
  const direct = seen.words.join() === 'extension' && isAboutSomebody(seen);
  const named = any(seen, 'phone', 'fax') || direct || phrase(seen, 'phone number');
  if (named && !isPublic(seen) && (textual(seen) || seen.family === 'number'))
    return found('contact', 'phone', 'a telephone number');
  const because = textual(seen) && !isPublic(seen) && !seen.isKey ? sampled(seen, 'phone', 0.8) : null;
  return because === null ? null : { secretClass: 'contact', kind: 'phone', because };
};

const personal: Rule = (seen) => {
  if (
    phrase(seen, 'birth date', 'date of birth', 'birth year', 'birth place', 'birth') ||
    seen.words.join() === 'age'
  )
    return found('identity', seen.family === 'date' ? 'birth' : 'personal', 'a date of birth');
  if (
    any(seen, 'salary', 'wage', 'compensation', 'payroll') ||
    (any(seen, 'bonus', 'pay') && seen.about === 'person')
  )
    return found('identity', 'money', 'what somebody earns');
  const file = [
    'gender',
    'sex',
    'marital',
    'religion',
    'ethnicity',
    'nationality',
    'diagnosis',
    'disability',
    'blood',
  ];
  if (any(seen, ...file)) return found('identity', 'personal', 'part of a personal file');
  return null;
};

const image: Rule = (seen) => {
  const named = any(
    seen,
    'photo',
    'picture',
    'image',
    'portrait',
    'avatar',
    'signature',
    'fingerprint',
    'selfie',
  );
  if (!named || !isAboutSomebody(seen) || any(seen, 'mime', 'charset', 'width', 'height', 'type'))
    return null;
  if (seen.family !== 'bytes' && seen.family !== 'text') return null;
  return found('identity', 'image', 'a picture of somebody');
};

const personNameWords = [
  'first name',
  'last name',
  'middle name',
  'given name',
  'family name',
  'full name',
  'maiden name',
];
const roleWords = [
  'manager',
  'rep',
  'representative',
  'salesperson',
  'assignee',
  'owner',
  'contact',
  'recipient',
  'attention',
];

const personName: Rule = (seen) => {
  if (!textual(seen) || isPublic(seen) || seen.isKey) return null;
  const whole = phrase(seen, ...personNameWords);
  const title = any(seen, 'courtesy', 'salutation', 'honorific') || phrase(seen, 'contact title');
  const role = roleWords.includes(seen.words.at(-1) ?? '') && !isListLike(seen.evidence);
  const named = seen.words.at(-1) === 'name' && seen.about === 'person';
  if (whole || title || role || named) {
    const secretClass = seen.about === 'person' || title || role ? 'contact' : classOfWhom(seen);
    return found(secretClass, 'personName', title ? 'how a person is addressed' : "a person's name");
  }
  const because = sampled(seen, 'personName', 0.3);
  return because === null ? null : { secretClass: classOfWhom(seen), kind: 'personName', because };
};

const companyName: Rule = (seen) => {
  if (!textual(seen) || isPublic(seen) || seen.isKey) return null;
  const last = seen.words.at(-1) ?? '';
  const somebody = seen.about === 'customer' || seen.about === 'supplier';
  if (last === 'name' && somebody)
    return found(classOfWhom(seen), 'companyName', `the name of a ${seen.about}`);
  if (['customer', 'client', 'buyer'].includes(last))
    return found('relationship', 'companyName', 'the name of a customer');
  if (['supplier', 'vendor', 'carrier', 'manufacturer'].includes(last))
    return found('supply', 'companyName', 'the name of a supplier');
  const company =
    any(seen, 'company', 'organisation', 'firm', 'employer') && (last === 'name' || seen.words.length === 1);
  return company ? found(classOfWhom(seen), 'companyName', 'the name of a company') : null;
};

const placeWords = [
  'city',
  'town',
  'district',
  'region',
  'state',
  'province',
  'county',
  'suburb',
  'locality',
  'latitude',
  'location',
  'coordinate',
  'geo',
  'longitude',
];

const address: Rule = (seen) => {
  if (isPublic(seen) && !any(seen, 'home')) return null;
  const street = textual(seen) && isStreet(seen.words);
  if (street) return found('contact', 'address', 'an address');
  if (seen.family !== 'text' && seen.family !== 'number' && seen.family !== 'place') return null;
  // The key of a town, beside a street, says as much as the town.
  const place = any(seen, ...placeWords) && (seen.addressed || (isAboutSomebody(seen) && !seen.isKey));
  if (place && !(seen.isKey && seen.words.length > 2))
    return found('contact', 'address', 'where somebody is');
  const because = textual(seen) ? sampled(seen, 'street', 0.5) : null;
  return because === null ? null : { secretClass: 'contact', kind: 'address', because };
};

const link: Rule = (seen) => {
  if (!textual(seen)) return null;
  if (phrase(seen, 'ip', 'ip address', 'mac address'))
    return found('contact', 'link', 'an address on a network');
  if (!any(seen, 'url', 'web', 'linkedin', 'facebook', 'twitter') || !isAboutSomebody(seen) || isPublic(seen))
    return null;
  return found(seen.about === 'person' ? 'identity' : classOfWhom(seen), 'link', 'an address on the web');
};

const moneyWords = [
  ...[
    'price',
    'cost',
    'amount',
    'freight',
    'fee',
    'charge',
    'discount',
    'margin',
    'markup',
    'rebate',
    'commission',
  ],
  ...[
    'balance',
    'revenue',
    'sale',
    'turnover',
    'budget',
    'subtotal',
    'tariff',
    'deposit',
    'payment',
    'paid',
    'profit',
  ],
  ...['surcharge', 'refund', 'royalty', 'premium', 'debt', 'debit', 'toll', 'msrp', 'cogs'],
];
const countWords = [
  'count',
  'quantity',
  'number',
  'unit',
  'item',
  'id',
  'day',
  'month',
  'year',
  'age',
  'version',
  'level',
];
const otherRates = [
  'tax',
  'vat',
  'exchange',
  'interest',
  'conversion',
  'heart',
  'frame',
  'bit',
  'error',
  'growth',
  'success',
];

const money: Rule = (seen) => {
  if (seen.family !== 'number' || seen.isKey) return null;
  const last = seen.words.at(-1) ?? '';
  if (last === 'count' || last === 'quantity' || last === 'id') return null;
  const counted = any(seen, ...countWords) && !phrase(seen, 'unit price', 'unit cost');
  const rate = last === 'rate' && !any(seen, ...otherRates);
  const total = any(seen, 'total') && !seen.integer && !counted;
  const limit = phrase(seen, 'credit limit', 'credit line', 'credit');
  if (any(seen, ...moneyWords) && !(counted && seen.integer))
    return found('pricing', 'money', 'a price or an amount of money');
  return rate || total || limit ? found('pricing', 'money', 'a price or an amount of money') : null;
};

const noteWords = [
  'note',
  'comment',
  'remark',
  'memo',
  'bio',
  'biography',
  'resume',
  'cv',
  'feedback',
  'description',
  'message',
  'observation',
];

const note: Rule = (seen) => {
  if (seen.family !== 'text' && seen.family !== 'document') return null;
  const somebody = isAboutSomebody(seen) || seen.mentioned.has('customer');
  if (seen.isKey || isPublic(seen) || !somebody || !any(seen, ...noteWords) || isListLike(seen.evidence))
    return null;
  const secretClass = seen.about === 'person' ? 'identity' : classOfWhom(seen);
  return found(secretClass, 'note', 'free text about somebody');
};

const listWords = [
  ...[
    'status',
    'type',
    'code',
    'kind',
    'category',
    'country',
    'language',
    'currency',
    'locale',
    'timezone',
    'level',
    'tier',
  ],
  ...[
    'title',
    'department',
    'position',
    'role',
    'job',
    'active',
    'flag',
    'priority',
    'source',
    'channel',
    'mime',
    'version',
  ],
];

/** Whatever else describes a person or a customer: in doubt it is marked. */
const doubt: Rule = (seen) => {
  const somebody = seen.table === 'customer' || seen.table === 'supplier' || seen.table === 'person';
  if (seen.isKey || !somebody || isPublic(seen) || any(seen, ...listWords) || isListLike(seen.evidence))
    return null;
  const open = seen.family === 'document' || (textual(seen) && !any(seen, 'path', 'file', 'time', 'date'));
  if (!open) return null;
  return {
    secretClass: seen.table === 'person' ? 'identity' : classOfWhom(seen),
    kind: 'note',
    because: `in doubt: text about a ${seen.table}`,
  };
};

const spelledKey: Rule = (seen) => {
  const { evidence } = seen;
  if (!textual(seen) || !seen.isKey || evidence?.spells == null || evidence.meanLength > 12) return null;
  const secretClass = seen.about === 'supplier' ? 'supply' : 'relationship';
  return isAboutSomebody(seen)
    ? { secretClass, kind: 'key', because: `its sampled values abbreviate those of ${evidence.spells}` }
    : null;
};

const rules: readonly Rule[] = [
  ...[spelledKey, credential, email, phone, account, personal, image, link, money, personName],
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
