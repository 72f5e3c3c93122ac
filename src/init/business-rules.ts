import {
  words,
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
import { isStreet, type Seen } from './seen.js';

export const companyName: Rule = (seen) => {
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

const placeWords = words(`
  city town district region state province county suburb locality latitude location coordinate
  geo longitude`);

export const address: Rule = (seen) => {
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

const moneyWords = words(`
  price cost amount freight fee charge discount margin markup rebate commission balance revenue
  sale turnover budget subtotal tariff deposit payment paid profit surcharge refund royalty
  premium debt debit toll msrp cogs`);
const countWords = words('count quantity number unit item id day month year age version level');
const otherRates = words('tax vat exchange interest conversion heart frame bit error growth success');

export const money: Rule = (seen) => {
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

/** How a customer stands with us, in figures. */
export const standing: Rule = (seen) => {
  if (seen.family !== 'number' || seen.about !== 'customer' || seen.isKey) return null;
  const scored = any(seen, 'score', 'rating', 'rank', 'risk', 'churn', 'probability', 'satisfaction');
  return scored ? found('relationship', 'standing', 'how a customer is rated') : null;
};

export const terms: Rule = (seen) => {
  const agreed = phrase(seen, 'payment term', 'credit term', 'price term', 'delivery term', 'contract term');
  return textual(seen) && agreed ? found('pricing', 'note', 'terms that were agreed on') : null;
};

const noteWords = words(
  'note comment remark memo bio biography resume cv feedback description message observation',
);

export const note: Rule = (seen) => {
  if (seen.family !== 'text' && seen.family !== 'document') return null;
  const somebody = isAboutSomebody(seen) || seen.mentioned.has('customer');
  if (seen.isKey || isPublic(seen) || !somebody || !any(seen, ...noteWords) || isListLike(seen.evidence))
    return null;
  const secretClass = seen.about === 'person' ? 'identity' : classOfWhom(seen);
  return found(secretClass, 'note', 'free text about somebody');
};

const listWords = words(`
  status type code kind category country language currency locale timezone level tier title
  department position role job active flag priority source channel mime version`);

/** Whether a name says that it holds one of a list, whatever that is of: the country of an address. */
export function isLabel(seen: Seen): boolean {
  return any(seen, ...listWords);
}

/** Whatever else describes a person or a customer: in doubt it is marked. */
export const doubt: Rule = (seen) => {
  const somebody = seen.table === 'customer' || seen.table === 'supplier' || seen.table === 'person';
  if (seen.isKey || !somebody || isPublic(seen) || isLabel(seen) || isListLike(seen.evidence)) return null;
  const open = seen.family === 'document' || (textual(seen) && !any(seen, 'path', 'file', 'time', 'date'));
  if (!open) return null;
  return {
    secretClass: seen.table === 'person' ? 'identity' : classOfWhom(seen),
    kind: 'note',
    because: `in doubt: text about a ${seen.table}`,
  };
};

export const spelledKey: Rule = (seen) => {
  const { evidence } = seen;
  if (!textual(seen) || !seen.isKey || evidence?.spells == null || evidence.meanLength > 12) return null;
  const secretClass = seen.about === 'supplier' ? 'supply' : 'relationship';
  return isAboutSomebody(seen)
    ? { secretClass, kind: 'key', because: `its sampled values abbreviate those of ${evidence.spells}` }
    : null;
};
