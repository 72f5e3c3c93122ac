import { join } from 'node:path';
import { loadConfig } from '../../src/config.js';
import { deploymentFolder, problemsOf, type DeploymentFolder } from './deployment-folder.js';

const others = [
  'schema: ./schema',
  'policy: policy.yaml',
  'sources: { crm: { url: "postgres://h/crm" } }',
  'control: { url: "postgres://h/control" }',
  'keys: { folder: keys }',
  'ledger: { folder: ledger }',
];

let deployment: DeploymentFolder;
function make(documents: string): DeploymentFolder {
  deployment = deploymentFolder([...others, documents]);
  deployment.write('documents.json', '{}');
  return deployment;
}
afterEach(() => deployment.remove());

test.each([
  ['file: documents.json', []],
  ['file: documents.json, required: all', 'all'],
  ['file: documents.json, required: [frontend, partner]', ['frontend', 'partner']],
])('{ %s } confines %j', (written, required) => {
  const { file, folder } = make(`documents: { ${written} }`);
  expect(loadConfig(file).documents).toEqual({
    manifest: join(folder, 'documents.json'),
    required,
    written: { file, line: 7 },
  });
});

test('a deployment without trusted documents says nothing of them', () => {
  expect(loadConfig(make('').file).documents).toBeUndefined();
});

test.each([
  ['file: nothing.json', 'cordon.yaml:7 MISSING_FILE There is no nothing.json.'],
  [
    'required: all',
    'cordon.yaml:7 MISSING_KEY "documents.file" is missing: name the manifest that cordon documents build has made.',
  ],
  [
    'file: documents.json, required: some',
    'cordon.yaml:7 INVALID_VALUE "documents.required" is not understood: write all, or a list of roles: [frontend].',
  ],
])('{ %s } is told with its line and its mend', (written, problem) => {
  const { file, folder } = make(`documents: { ${written} }`);
  expect(problemsOf(folder, () => loadConfig(file))).toEqual([problem]);
});
