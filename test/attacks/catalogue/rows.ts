/** A way in that has been tried on systems like this one, here or elsewhere. */
export interface CatalogueRow {
  readonly row: number;
  readonly attack: string;
  /** What the gateway has to do about it. */
  readonly required: string;
  /** Why it cannot arise yet; tests then show that it is refused. */
  readonly cannotArise?: string;
}

interface Theme {
  readonly title: string;
  readonly rows: readonly CatalogueRow[];
}

const unknown = 'Answered to the byte as a name that does not exist, and no source hears of it.';

/** Gaps in the numbers are rows that were merged into others. */
export const catalogue: readonly Theme[] = [
  {
    title: 'Names that are hidden',
    rows: [
      { row: 1, attack: 'Filter by a field that the caller does not see', required: unknown },
      {
        row: 2,
        attack: 'Filter by it, or by records out of sight, through a relation',
        required: `${unknown} That holds at every hop; records out of sight are not found.`,
      },
      { row: 3, attack: 'Guess a hidden value prefix by prefix', required: 'Every guess has one answer.' },
      { row: 4, attack: 'Tell a private value by whether a filter finds anything', required: unknown },
      {
        row: 5,
        attack: 'Search all texts at once, hidden ones with them',
        required: 'Nothing searches but filters over fields that the caller sees.',
      },
      {
        row: 7,
        attack: 'Sort by a hidden field, or by a path that leads to one',
        required: `${unknown} Records out of sight sort as null.`,
      },
      {
        row: 8,
        attack: 'Reach into a JSON document by a path',
        required: 'A hidden document hides every path into it; there is no comparison within any.',
      },
      {
        row: 9,
        attack: 'Bury the hidden field among and, or and not',
        required: 'Looked for at every depth.',
      },
      {
        row: 12,
        attack: 'Aggregate or group by what is not clear',
        required: 'Not offered, and refused as a name that does not exist.',
      },
      {
        row: 15,
        attack: 'Compute something from a hidden field',
        required: 'No computed fields, and no functions over fields.',
        cannotArise: 'Fields are columns and relations, so far.',
      },
      {
        row: 16,
        attack: 'Read a secret through a field that is derived from it',
        required: 'One column is not open in one place and secret in another: the model does not load.',
      },
      {
        row: 18,
        attack: 'Look a record up by key, global id or reference',
        required: 'Every path has the rights of every other.',
      },
      {
        row: 31,
        attack: 'Learn names from suggestions, by way of variables',
        required: 'Only names of the caller’s own view.',
      },
      {
        row: 32,
        attack: 'Learn them from suggestions for enum values and inline fragments',
        required: 'The same.',
      },
      { row: 33, attack: 'Learn them from complaints about what is missing', required: 'The same.' },
      {
        row: 37,
        attack: 'Introspect through a fragment or an alias',
        required: 'The view decides, by whatever path it is asked.',
      },
      { row: 38, attack: 'Ask another endpoint for the schema', required: 'No endpoint has another.' },
      {
        row: 39,
        attack: 'Introspect over another method or transport',
        required: 'There is one pipeline, and everything goes through it.',
      },
    ],
  },
  {
    title: 'Masks and selections',
    rows: [
      {
        row: 6,
        attack: 'Search a field that is masked',
        required: 'Masked is not searched, unless its class says so; then as it is read.',
      },
      {
        row: 13,
        attack: 'Rename a field so that its mask does not find it',
        required: 'Masks go by coordinate.',
      },
      {
        row: 14,
        attack: 'Compare with the value behind a mask',
        required: 'Never: databases that differ only behind masks answer alike.',
      },
      {
        row: 17,
        attack: 'Select through fragments that rules do not look into',
        required: 'What is selected in effect is decided, on the type that it is of.',
      },
      {
        row: 30,
        attack: 'Tell a denial by what a null takes along',
        required: 'What can be denied may be null, and nothing around it is lost.',
      },
      { row: 77, attack: 'Use the names of JavaScript’s own properties', required: 'Names like any other.' },
      {
        row: 78,
        attack: 'Put SQL into names or values',
        required: 'Names in statements come from the catalogue, values are bound.',
      },
      {
        row: 83,
        attack: 'Hide behind defaults of variables, directives and `__typename`',
        required: 'The effective selection is decided, and it is what the ledger has.',
      },
      { row: 91, attack: 'Use names so long that PostgreSQL cuts them', required: 'They stay apart.' },
      {
        row: 92,
        attack: 'Store what looks like a marker or separator of the gateway',
        required: 'Markers are random in each request; arrays are typed.',
      },
    ],
  },
  {
    title: 'Rows, roles and caches',
    rows: [
      {
        row: 19,
        attack: 'Profit from a decision that was taken for another',
        required: 'No decision outlives its request, its caller or its object.',
      },
      {
        row: 20,
        attack: 'Profit from a rule’s cache that ignores arguments',
        required: 'Rules are evaluated at every request.',
      },
      { row: 21, attack: 'Page beyond what is checked', required: 'Rows are limited in the statement.' },
      {
        row: 22,
        attack: 'Combine roles so that one’s fields open on another’s rows',
        required: 'A cell is given only where a single role grants both.',
      },
      {
        row: 29,
        attack: 'Tell by an error, a count or a null that a record exists',
        required: 'A record out of sight is one that does not exist.',
      },
      {
        row: 65,
        attack: 'Meet records that were loaded for somebody else',
        required: 'Loaders live for one request.',
      },
      {
        row: 66,
        attack: 'Meet somebody else’s context under load',
        required: 'The caller is passed on explicitly; every response and entry is that caller’s own.',
      },
      {
        row: 89,
        attack: 'Make a condition on rows unknown',
        required: 'What is not known to hold does not clear.',
      },
    ],
  },
  {
    title: 'Cursors',
    rows: [
      {
        row: 10,
        attack: 'Forge a cursor, or use somebody else’s',
        required: 'Refused, all in one answer, before a source hears of it.',
      },
      {
        row: 11,
        attack: 'Read values out of a cursor',
        required: 'Encrypted and padded; bound to caller, view, operation and order.',
      },
    ],
  },
  {
    title: 'Statements that raise, and aggregates that tell',
    rows: [
      {
        row: 85,
        attack: 'Send a pattern that raises only where a row out of sight begins with it',
        required: 'Refused by its form; no stored value makes a statement raise.',
      },
      {
        row: 86,
        attack: 'Have a stored extreme overflow a mask, a sum or a cast',
        required: 'Total over everything that can be stored.',
      },
      {
        row: 88,
        attack: 'Subtract two guarded aggregates that differ by one record',
        required:
          'One grouping, filters by dimensions alone, and what would tell a small group is held back as well.',
      },
      {
        row: 90,
        attack: 'Tell the order in which rows are stored',
        required: 'Sums are exact, orders total, representatives determined.',
      },
    ],
  },
  {
    title: 'Errors and what is sent',
    rows: [
      {
        row: 26,
        attack: 'Provoke a unique violation',
        required: 'Nothing is written; one generic error for whatever a database says.',
        cannotArise: 'Nothing is written yet.',
      },
      {
        row: 27,
        attack: 'Have a failing cast print the value',
        required: 'Nothing of a database is in an error.',
      },
      { row: 28, attack: 'Have a constraint print the row', required: 'The same.' },
      { row: 34, attack: 'Have an error repeat a variable', required: 'Never: it names the argument.' },
      {
        row: 35,
        attack: 'Read the text of an exception',
        required: 'A code and a sentence; the rest is for the operator’s log.',
      },
      { row: 36, attack: 'Send what is no JSON', required: '400 in JSON, without a trace of the program.' },
      {
        row: 61,
        attack: 'Have a browser send a form across sites',
        required: 'Refused by its content type.',
      },
      { row: 62, attack: 'Ask by GET', required: 'Nothing with data answers to GET.' },
      { row: 64, attack: 'Meet an answer in a shared cache', required: 'Every response forbids to keep it.' },
      { row: 76, attack: 'Use another charset', required: 'UTF-8 alone.' },
      { row: 84, attack: 'Ask for plans, costs or statistics', required: 'Not exposed.' },
      {
        row: 87,
        attack: 'Have raw variables reach the program',
        required: 'Coerced against the caller’s view before anything reads them.',
      },
    ],
  },
  {
    title: 'Who asks',
    rows: [
      {
        row: 47,
        attack: 'Write with a token that may only read',
        required: 'Scopes come before everything, and nothing is written at all.',
      },
      { row: 48, attack: 'Make a wider token of a narrow one', required: 'Never wider than it was issued.' },
      {
        row: 49,
        attack: 'Slip through a list of what is denied',
        required: 'There are lists of what is allowed only.',
      },
      {
        row: 50,
        attack: 'Use a token after it was revoked',
        required:
          'Held at every request against a copy that is at most a second old; without one the door is closed.',
      },
      { row: 51, attack: 'Use the token of somebody who was suspended', required: 'The same.' },
      {
        row: 52,
        attack: 'Sign with the algorithm `none`',
        required: '401, as for every token that is not good.',
      },
      {
        row: 53,
        attack: 'Sign with the public key as a secret',
        required: 'Algorithm and kind of key are pinned.',
      },
      { row: 54, attack: 'Name a key that there is not, or an empty one', required: '401.' },
      {
        row: 55,
        attack: 'Bring the key along, or its address',
        required: 'Nothing in a header leads to a key but its name.',
      },
      {
        row: 56,
        attack: 'Bring a token of another issuer, or for another service',
        required: 'Both must be right.',
      },
      { row: 57, attack: 'Ask for an extension that must be understood', required: '401.' },
      {
        row: 58,
        attack: 'Bring a token that resembles one that was accepted',
        required: 'Known by the whole of it, and not past expiry, revocation or a change of keys.',
      },
      {
        row: 59,
        attack: 'Bring an encrypted token that unpacks without end',
        required: 'Signed tokens only.',
      },
      { row: 60, attack: 'Claim another address', required: 'Believed of trusted proxies only.' },
      { row: 63, attack: 'Ask from a page elsewhere', required: 'Origins that are listed only.' },
      {
        row: 67,
        attack: 'Poison the store of documents',
        required: 'Trusted documents only, their hashes computed anew.',
      },
      {
        row: 94,
        attack: 'Ask whether somebody sent a document',
        required: 'Documents of requests are not stored.',
      },
    ],
  },
  {
    title: 'Too much',
    rows: [
      { row: 68, attack: 'Multiply by aliases', required: 'Refused before anything runs.' },
      { row: 69, attack: 'Send many operations in one body', required: 'Refused.' },
      { row: 70, attack: 'Go deep, around circles of relations', required: 'Refused before anything runs.' },
      { row: 71, attack: 'Load a document with directives', required: 'Refused with one error.' },
      {
        row: 72,
        attack: 'Let fragments multiply each other',
        required: 'Refused, in time that grows with the document alone.',
      },
      {
        row: 73,
        attack: 'Have the comparison of overlapping fields run long',
        required: 'Refused by tokens first.',
      },
      {
        row: 74,
        attack: 'Have the check itself run long',
        required: 'In time that grows with the document alone.',
      },
      { row: 75, attack: 'Repeat what is cheap', required: 'A budget for each token.' },
    ],
  },
  {
    title: 'What is kept',
    rows: [
      { row: 79, attack: 'Steal from the ledger', required: 'It has coordinates and keys, and no value.' },
      {
        row: 81,
        attack: 'Write into the log',
        required: 'One escaped line of JSON a message, and nothing that callers wrote.',
      },
      {
        row: 93,
        attack: 'Tell hidden from absent by metrics or readiness',
        required: 'Neither says a word of it.',
      },
      {
        row: 95,
        attack: 'Read keys and filters in a database’s log',
        required: 'A source that would log parameters is not used.',
      },
    ],
  },
  {
    title: 'What there is not',
    rows: [
      {
        row: 41,
        attack: 'Subscribe without the rights to read',
        required: 'Not offered; a clear refusal, whatever was named.',
        cannotArise: 'There are no subscriptions yet.',
      },
      {
        row: 42,
        attack: 'Use a subscription’s filter as an oracle',
        required: 'The same.',
        cannotArise: 'There are no subscriptions yet.',
      },
      {
        row: 43,
        attack: 'Tell by a change that it happened',
        required: 'The same.',
        cannotArise: 'There are no subscriptions yet.',
      },
      {
        row: 44,
        attack: 'Go around the pipeline over a WebSocket',
        required: 'No connection is upgraded.',
        cannotArise: 'There is no transport but HTTP requests, each with its own token.',
      },
      {
        row: 45,
        attack: 'Keep a stream open past the end of a token',
        required: 'No stream is opened.',
        cannotArise: 'There is no transport but HTTP requests, each with its own token.',
      },
      {
        row: 46,
        attack: 'Defer or stream a part past its checks',
        required: 'Not offered; refused whole.',
        cannotArise: 'Answers leave whole: their entry is on the ledger first.',
      },
      {
        row: 80,
        attack: 'Have an export or a webhook carry more',
        required: 'Not offered.',
        cannotArise: 'There are no exports and no webhooks yet.',
      },
      {
        row: 82,
        attack: 'Run a script in an explorer',
        required: 'No page is served.',
        cannotArise: 'There is no explorer yet.',
      },
    ],
  },
];
