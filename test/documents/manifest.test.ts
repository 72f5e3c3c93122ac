import { formatProblem } from '../../src/base/index.js';
import { documentHash, readManifest, writeManifest } from '../../src/documents/index.js';

const texts = ['{ customers { totalCount } }', 'query Two { orders { totalCount } }'];
const documents = texts.map((text) => ({ text, hash: documentHash(text) }));
const manifest = writeManifest(documents);

const problems = (text: string, maxTokens = 100): string[] => {
  const read = readManifest(text, 'documents.json', maxTokens);
  return 'problems' in read ? read.problems.map(formatProblem) : [];
};

test('is read as it was written', () => {
  const read = readManifest(manifest, 'documents.json', 100);
  if ('problems' in read) throw new Error(read.problems.map(formatProblem).join('\n'));
  const sorted = documents.toSorted((a, b) => (a.hash < b.hash ? -1 : 1));
  expect(read.documents).toEqual(sorted.map((each, i) => ({ ...each, line: i + 2 })));
});

test('a text behind the hash of another is found, on its line', () => {
  const { hash } = documents.toSorted((a, b) => (a.hash < b.hash ? -1 : 1))[1]!;
  const poisoned = JSON.stringify(
    { ...(JSON.parse(manifest) as object), [hash]: '{ customers { nodes { name } } }' },
    null,
    2,
  );
  expect(problems(poisoned)).toEqual([expect.stringMatching(/^documents\.json:3 DOCUMENT_HASH_MISMATCH /)]);
});

test.each([
  ['no JSON', '{'],
  ['a list', '[]'],
  ['texts that are none', `{"${documentHash('1')}": 1}`],
])('%s is no manifest', (_, text) => {
  expect(problems(text)).toEqual([expect.stringMatching(/^documents\.json INVALID_MANIFEST /)]);
});

test('what no request could ask for is found: no GraphQL, or more tokens than are taken', () => {
  const broken = '{ customers {';
  expect(problems(writeManifest([{ text: broken, hash: documentHash(broken) }]))).toEqual([
    expect.stringMatching(/^documents\.json:2 INVALID_DOCUMENT .*Syntax Error/),
  ]);
  expect(problems(manifest, 5)).toHaveLength(2);
});
