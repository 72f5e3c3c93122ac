import pluralize from 'pluralize';

/** What abbreviations and words written together stand for. */
const readings: Readonly<Record<string, string>> = {
  addr: 'address',
  amt: 'amount',
  acct: 'account',
  bal: 'balance',
  birthdate: 'birth date',
  birthday: 'birth date',
  cell: 'phone',
  cellphone: 'phone',
  companyname: 'company name',
  cust: 'customer',
  desc: 'description',
  descr: 'description',
  dob: 'birth date',
  emailaddress: 'email address',
  emp: 'employee',
  firstname: 'first name',
  fname: 'first name',
  forename: 'first name',
  fullname: 'full name',
  homepage: 'homepage url',
  homephone: 'home phone',
  lastname: 'last name',
  lat: 'latitude',
  lname: 'last name',
  lng: 'longitude',
  lon: 'longitude',
  mail: 'email',
  middlename: 'middle name',
  mobile: 'phone',
  nr: 'number',
  num: 'number',
  org: 'organisation',
  organization: 'organisation',
  passwd: 'password',
  phonenumber: 'phone number',
  postalcode: 'postal code',
  postcode: 'postal code',
  pwd: 'password',
  qty: 'quantity',
  surname: 'last name',
  tel: 'phone',
  telephone: 'phone',
  unitprice: 'unit price',
  username: 'user name',
  website: 'web url',
  zip: 'postal',
  zipcode: 'postal code',
};

/**
 * The words of a name, in lower case and the singular, abbreviations written out: `CustAddr2` is customer, address, 2.
 * Letters lose their accents, so that names compare whatever keyboard they were typed on.
 */
export function wordsOf(name: string): readonly string[] {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll('ı', 'i');
  const words = plain
    .replaceAll(/(\p{Ll}|\d)(?=\p{Lu})/gu, '$1 ')
    .replaceAll(/(\p{L})(?=\d)/gu, '$1 ')
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== '')
    .flatMap((word) => readingOf(word.toLowerCase()));
  return words
    .join(' ')
    .replace(/\be email\b/, 'email')
    .split(' ')
    .filter((word) => word !== '');
}

function readingOf(word: string): readonly string[] {
  const one = Object.hasOwn(readings, word) ? word : pluralize.singular(word);
  return (Object.hasOwn(readings, one) ? (readings[one] ?? one) : one).split(' ');
}
