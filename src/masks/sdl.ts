/**
 * The input types of the `mask` argument. `@oneOf` has editors and linters refuse two masks at once; two arguments
 * have a short and a long form, which only a scalar can take: what is in it, `parseMaskSpec` checks.
 */
export const maskInputSdl = `"""
How a secret looks to a caller who may only see it masked: exactly one of these.
"""
input MaskInput @oneOf {
  "true: null."
  nullify: Boolean
  "Any type: always this value, written as PostgreSQL prints it."
  constant: String
  "true, for text: a run of characters that is always as long."
  redact: Boolean
  "Text: some characters at the ends are kept; what is too short is redacted."
  partial: PartialMask
  "Text: true hides everything, { domain: true } keeps the domain, which names the customer."
  email: EmailMask
  "true, for text: a keyed hash, equal for equal values within one organisation, so that frequencies show."
  pseudonym: Boolean
  "Text: the same hash as an identifier, behind a prefix."
  token: TokenMask
  "Numbers: the greatest multiple of this positive decimal that is not above the value."
  bucket: String
  "Numbers: so many significant digits, 1 to 15. Numbers with fewer digits stay as they are."
  round: Int
  "Numbers: what is above this decimal looks like it; what is not stays as it is."
  topCode: String
  "Numbers: so many percent up or down at most, \\"0.1\\" to \\"100\\". Dates: so many days. The same for one value of one record."
  noise: String
  "Dates: the start of the period: YEAR, QUARTER, MONTH, WEEK or DAY, or { unit: YEAR, zone: \\"Europe/Vienna\\" }."
  dateTrunc: DateTruncMask
  "inet and cidr: so many bits of the prefix are kept, 0 to 64."
  network: Int
  "point: so many decimals, 0 to 3."
  geo: Int
  "jsonb: only these paths are kept, such as \\"$.a\\", \\"$.b.c\\" and \\"$.list[*].d\\"."
  keep: [String!]
}

"What becomes of nulls where a field is masked."
enum MaskNulls {
  "They look masked, wherever the mask has a look for them."
  HIDE
  "They stay null, which shows the records that have a value."
  KEEP
}

"Letters, digits, - and _, 16 at most."
input TokenMask {
  prefix: String!
}

"How many characters are kept at each end, 32 at most. At least as many, and four at least, are hidden."
input PartialMask {
  keepStart: Int = 0
  keepEnd: Int = 0
}

"true, or { domain: true }"
scalar EmailMask

"YEAR, QUARTER, MONTH, WEEK or DAY, or { unit: YEAR, zone: \\"Europe/Vienna\\" }; the zone is UTC unless given."
scalar DateTruncMask
`;
