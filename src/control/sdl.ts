/** The control plane's schema. Auditors see who was given what; nothing here gives customer data but the keys of records. */
export const controlSdl = `
"Milliseconds are kept: 2026-11-23T09:30:00.000Z."
scalar DateTime

type Query {
  "Who was given what, newest first: everything up to this question. Asking is itself recorded."
  accessHistory(
    filter: AccessFilter
    "How many, 100 at most."
    first: Int = 20
    "A cursor: go on behind it."
    after: String
  ): AccessConnection
  "One entry of the ledger by its leaf hash, as receipts name it; null where there is none."
  entry(leaf: ID!): Entry
}

"Every part that is given must hold."
input AccessFilter {
  "Who asked: issuer#subject, or the id of a partner's token."
  person: String
  "Whose person or token it was."
  organisation: String
  "A type of the schema: Customer."
  type: String
  "A field of it: Customer.creditLimit."
  coordinate: String
  "One record, whichever of its fields."
  record: RecordInput
  decision: Decision
  outcome: Outcome
  "Not before."
  from: DateTime
  "Before."
  to: DateTime
}

"A record by its key."
input RecordInput {
  type: String!
  "Values of the key columns, in their order, as entries name them: citext in lower case, bytes in hexadecimal."
  key: [String!]!
}

enum Decision {
  "Given as it is."
  CLEAR
  "Given masked."
  MASKED
  "Computed over, and not given."
  AGGREGATE
  "Withheld: asked for, and null in the answer."
  DENIED
}

enum Usage { READ FILTER SORT GROUP AGGREGATE RELATE }

enum Outcome {
  "Everything asked for was given."
  RELEASED
  "Part of it failed; the rest was given."
  PARTIAL
  "Refused; no data was given."
  REFUSED
  "Failed; no data was given."
  FAILED
}

type AccessConnection {
  nodes: [Access!]!
  edges: [AccessEdge!]!
  pageInfo: PageInfo!
  "Batches of the ledger that are missing or cannot be read, of which no history can tell; cordon ledger verify names them."
  unreadableBatches: Int!
}

type AccessEdge {
  cursor: String!
  node: Access!
}

type PageInfo {
  hasNextPage: Boolean!
  endCursor: String
}

"Fields of one type that one request was given in one way."
type Access {
  "When it was entered into the ledger, before the answer left."
  at: DateTime!
  "Who asked; null where that was erased."
  person: String
  personErased: Boolean!
  organisation: String
  roles: [String!]!
  purpose: String
  "Null where no data was given."
  type: String
  source: String
  coordinates: [String!]!
  decision: Decision
  usage: Usage
  "The secret class; null for what is open."
  class: String
  mask: String
  "Distinct records; 0 for a usage that names none, such as a filter."
  recordCount: Int!
  "Their keys; null where none is named, or where they were erased."
  records: [[String]!]
  recordsErased: Boolean!
  outcome: Outcome!
  "Code of the first error."
  code: String
  "Leaf hash of the entry."
  leaf: ID!
  entry: Entry!
}

"One request, as the ledger has it."
type Entry {
  leaf: ID!
  "The chain, the batch in it and the place in that, from 0."
  writer: ID!
  batch: Int!
  position: Int!
  endpoint: String!
  requestId: ID!
  receivedAt: DateTime!
  recordedAt: DateTime!
  "Null, with all else that names the person, where that was erased."
  person: String
  personErased: Boolean!
  principal: String
  token: String
  client: String
  session: String
  address: String
  justification: String
  operationName: String
  organisation: String
  signedInAt: DateTime
  authMethods: [String!]!
  "Roles that counted, and what the token said."
  roles: [String!]!
  assertedRoles: [String!]!
  purpose: String
  "Agreements and training records that the answer relied on."
  reliedOn: [String!]!
  outcome: Outcome!
  code: String
  "Why, as the caller was not told."
  reason: String
  "SHA-256 of the schema and of the policy in force; their texts are in the ledger."
  schemaVersion: String!
  policyVersion: String!
  durationMicros: Int!
  rows: Int!
  bytes: Int!
  disclosures: [Disclosure!]!
}

"What an entry says was given, as in the rows of the history."
type Disclosure {
  type: String!
  source: String!
  coordinates: [String!]!
  decision: Decision!
  usage: Usage!
  class: String
  mask: String
  recordCount: Int!
  records: [[String]!]
  recordsErased: Boolean!
}
`;
