import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatProblem, sha256 } from '../../src/base/index.js';
import { buildDocuments, findDocumentFiles, writeManifest } from '../../src/documents/index.js';
import { testFolder } from '../support/test-folders.js';

const customers = {
  file: 'customers.graphql',
  text: `
# A comment.
query Customers($first: Int) {
  customers(first: $first) { nodes { ...Row } }
}

query Names { customers { nodes { name } } }
`,
};
const fragments = {
  file: 'fragments.graphql',
  text: `
fragment Row on Customer { name  ...Address }
fragment Address on Customer { email }
fragment Unused on Customer { credit }
`,
};

function built(...files: Parameters<typeof buildDocuments>[0]) {
  const result = buildDocuments(files);
  if ('problems' in result) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.documents;
}

const problems = (...texts: string[]): string[] => {
  const result = buildDocuments(texts.map((text, i) => ({ file: `${i}.graphql`, text })));
  return 'problems' in result ? result.problems.map(formatProblem) : [];
};

test('makes one document for each operation, with the fragments that it spreads from any file', () => {
  const [first, second, ...others] = built(customers, fragments);
  expect(others).toEqual([]);
  expect(first).toMatchObject({ operation: 'Customers', file: 'customers.graphql', line: 3 });
  expect(first!.text).toBe(`query Customers($first: Int) {
  customers(first: $first) {
    nodes {
      ...Row
    }
  }
}

fragment Address on Customer {
  email
}

fragment Row on Customer {
  name
  ...Address
}`);
  expect(first!.hash).toBe(sha256(first!.text).toString('hex'));
  expect(second).toMatchObject({
    operation: 'Names',
    line: 7,
    text: 'query Names {\n  customers {\n    nodes {\n      name\n    }\n  }\n}',
  });
});

test('makes the same manifest whatever the order of the files and their layout', () => {
  const one = writeManifest(built(customers, fragments));
  const other = writeManifest(
    built(fragments, {
      ...customers,
      text: customers.text.replaceAll(/\s+/g, ' ').replace('# A comment.', ''),
    }),
  );
  expect(other).toBe(one);
  expect(Object.keys(JSON.parse(one) as object)).toHaveLength(2);
});

test.each([
  [
    'a fragment that is nowhere',
    ['{ customers { ...Row } }'],
    ['0.graphql:1 UNKNOWN_FRAGMENT No file has a fragment "Row"; add the one that has it.'],
  ],
  [
    'two fragments of one name',
    ['fragment Row on Customer { name }', 'fragment Row on Customer { email }'],
    [
      '1.graphql:1 DUPLICATE_FRAGMENT There is another fragment "Row" in 0.graphql:1; give one of them another name.',
    ],
  ],
  ['the same fragment twice', ['fragment Row on Customer { name }', 'fragment Row on Customer { name }'], []],
  ['a mutation', ['\nmutation { drop }'], ['0.graphql:2 OPERATION_NOT_SUPPORTED Only queries are served.']],
  [
    'a type',
    ['type Customer { name: String }'],
    [
      '0.graphql:1 NOT_EXECUTABLE Documents hold operations and fragments; types are written in the schema folder.',
    ],
  ],
  [
    'mistakes in several files',
    ['{\n  customers {', '{ orders { ...No } }'],
    [
      '0.graphql:2 GRAPHQL_SYNTAX Syntax Error: Expected Name, found <EOF>.',
      '1.graphql:1 UNKNOWN_FRAGMENT No file has a fragment "No"; add the one that has it.',
    ],
  ],
])('says what is wrong with %s', (_, texts, expected) => {
  expect(problems(...texts)).toEqual(expected);
});

test('ends on fragments that spread each other', () => {
  const [document] = built({
    file: 'a.graphql',
    text: '{ a { ...A } } fragment A on T { ...B } fragment B on T { ...A }',
  });
  expect(document!.text.match(/^fragment/gm)).toHaveLength(2);
});

test('finds the files of folders, however deep, each once and sorted', async () => {
  const folder = testFolder('documents');
  await mkdir(join(folder, 'deep/er'), { recursive: true });
  try {
    const names = ['b.graphql', 'deep/er/a.gql', 'readme.md'].map((name) => join(folder, name));
    for (const name of names) await writeFile(name, name);
    const found = await findDocumentFiles([names[0]!, folder]);
    expect(found.map(({ file }) => file)).toEqual(names.slice(0, 2));
    await expect(findDocumentFiles([join(folder, 'none')])).rejects.toMatchObject({
      problems: [{ code: 'MISSING_FILE' }],
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
