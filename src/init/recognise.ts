/** What a value looks like by itself. Each is sure enough that most values of a column agreeing is no accident. */

export type Look = 'email' | 'phone' | 'iban' | 'card' | 'street' | 'personName' | 'url' | 'hash';

export const looks: Readonly<
  Record<Look, { readonly words: string; readonly is: (value: string) => boolean }>
> = {
  email: { words: 'e-mail addresses', is: (value) => /^[^\s@<>,;]+@[^\s@<>,;]+$/.test(value) },
  phone: { words: 'telephone numbers', is: isPhone },
  iban: { words: 'IBANs', is: isIban },
  card: { words: 'card numbers', is: isCard },
  street: { words: 'street addresses', is: isStreet },
  personName: { words: 'names of persons', is: isPersonName },
  url: { words: 'web addresses', is: (value) => /^(https?:\/\/|www\.)\S+$/i.test(value) },
  hash: {
    words: 'hashes or keys',
    is: (value) =>
      /^(\$2[aby]\$|\$argon2|\$[156]\$|eyJ[\w-]+\.|[\da-f]{40}$|[\da-f]{64}$|[\da-f]{128}$)/i.test(value),
  },
};

/** With a sign of how numbers are written for people; bare digits are as likely a number of anything else. */
function isPhone(value: string): boolean {
  const digits = value.replaceAll(/\D/g, '').length;
  return (
    digits >= 6 &&
    digits <= 15 &&
    /^\+?[\d\s().\/-]+(\s*(x|ext\.?)\s*\d+)?$/i.test(value) &&
    /^\+|[\s()-]/.test(value) &&
    !/^\d{4}-\d\d-\d\d/.test(value)
  );
}

/** ISO 13616: country and check digits moved to the end, letters as numbers, the remainder by 97 is 1. */
export function isIban(value: string): boolean {
  const written = value.replaceAll(' ', '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[\dA-Z]{11,30}$/.test(written)) return false;
  const moved = written.slice(4) + written.slice(0, 4);
  let remainder = 0;
  for (const character of moved) {
    for (const digit of parseInt(character, 36).toString()) remainder = (remainder * 10 + Number(digit)) % 97;
  }
  return remainder === 1;
}

/** ISO/IEC 7812: 13 to 19 digits, not all the same, that pass Luhn's check. */
export function isCard(value: string): boolean {
  const digits = value.replaceAll(/[ -]/g, '');
  if (!/^\d{13,19}$/.test(digits) || /^(\d)\1*$/.test(digits)) return false;
  const sum = Array.from(digits)
    .reverse()
    .reduce((total, digit, i) => {
      const doubled = Number(digit) * (i % 2 === 0 ? 1 : 2);
      return total + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
  return sum % 10 === 0;
}

const streetWords =
  /(^|[\s.,\d])(street|st|road|rd|avenue|ave|av|lane|ln|drive|dr|boulevard|blvd|way|court|ct|place|parkway|pkwy|square|rue|via|viale|calle|avenida|rua|plaza|place|weg|platz|gasse|allee)([\s.,]|$)|(str\.|straße|strasse|gatan|gade|vej|straat|laan)(\s|,|$)/i;

function isStreet(value: string): boolean {
  return /\d/.test(value) && /\p{L}{2}/u.test(value) && streetWords.test(value);
}

/** Frequent given names of several languages: enough to tell a column of persons, not to tell a person. */
const givenNames: ReadonlySet<string> = new Set(
  `james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald steven
   paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas eric jonathan
   stephen larry justin scott brandon benjamin samuel gregory frank alexander raymond patrick jack dennis jerry mary patricia
   jennifer linda elizabeth barbara susan jessica sarah karen nancy lisa betty margaret sandra ashley dorothy kimberly emily
   donna michelle carol amanda melissa deborah stephanie rebecca laura sharon cynthia kathleen amy angela shirley anna brenda
   pamela nicole helen samantha katherine christine rachel janet maria jean hans peter klaus jürgen wolfgang thomas andreas
   stefan martin christian ursula monika petra sabine renate heike julia lena pierre michel jacques philippe marie isabelle
   catherine sophie camille luca marco giuseppe antonio giovanni francesco giulia chiara josé juan carlos luis miguel pedro
   carmen ana lucía joão paulo fernando ricardo lars erik anders sven ingrid astrid mohammed ahmed ali omar fatima aisha
   wei li ming yuki hiroshi kenji raj priya anil sunita ivan sergei dmitri olga natalia elena`
    .split(/\s+/)
    .filter((name) => name !== ''),
);

function isPersonName(value: string): boolean {
  const words = value.replace(/^(mrs?|ms|dr|prof)\.?\s+/i, '').split(/\s+/);
  return (
    words.length >= 2 &&
    words.length <= 4 &&
    words.every((word) => /^\p{Lu}[\p{L}'’.-]*$/u.test(word)) &&
    words.some((word) => givenNames.has(word.toLowerCase()))
  );
}
