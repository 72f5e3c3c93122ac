import {
  type Rule,
  classOfWhom,
  isAboutSomebody,
  isPublic,
  any,
  phrase,
  textual,
  isListLike,
  found,
  sampled,
} from './finding.js';

export const credential: Rule = (seen) => {
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

export const account: Rule = (seen) => {
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

export const email: Rule = (seen) => {
  if (!textual(seen)) return null;
  const because = sampled(seen, 'email', 0.5);
  if (because !== null) return { secretClass: 'contact', kind: 'email', because };
  return any(seen, 'email') && !isPublic(seen) && !isListLike(seen.evidence)
    ? found('contact', 'email', 'an e-mail address')
    : null;
};

export const phone: Rule = (seen) => {
  const direct = seen.words.join() === 'extension' && isAboutSomebody(seen);
  const named = any(seen, 'phone', 'fax') || direct || phrase(seen, 'phone number');
  if (named && !isPublic(seen) && (textual(seen) || seen.family === 'number'))
    return found('contact', 'phone', 'a telephone number');
  const because = textual(seen) && !isPublic(seen) && !seen.isKey ? sampled(seen, 'phone', 0.8) : null;
  return because === null ? null : { secretClass: 'contact', kind: 'phone', because };
};

export const personal: Rule = (seen) => {
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

export const image: Rule = (seen) => {
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

export const personName: Rule = (seen) => {
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

export const link: Rule = (seen) => {
  if (!textual(seen)) return null;
  if (phrase(seen, 'ip', 'ip address', 'mac address'))
    return found('contact', 'link', 'an address on a network');
  if (!any(seen, 'url', 'web', 'linkedin', 'facebook', 'twitter') || !isAboutSomebody(seen) || isPublic(seen))
    return null;
  return found(seen.about === 'person' ? 'identity' : classOfWhom(seen), 'link', 'an address on the web');
};
