import type { AttackTest } from './find-tests.js';
import { catalogue, type CatalogueRow } from './rows.js';

const head = `# Attacks

<!-- Made by \`npm run attacks\` from the tests; what is changed here is lost. -->

What has been tried on systems like this one, what the gateway does about it, and the tests that show it. A test does not
merely see an error: it looks at what the caller learned. How the tests themselves are tried: \`npm run defects\` takes one
protection after the other out of the sources and says which test noticed (test/defects/defects.yaml).

Gaps in the numbers are attacks that are one with another.
`;

/** Characters that Markdown would take for its own. */
const escaped = (name: string) => name.replaceAll(/[\\*_<>[\]]/g, (character) => `\\${character}`);

function section({ row, attack, required, cannotArise }: CatalogueRow, tests: readonly AttackTest[]): string {
  const shown = tests
    .filter(({ rows }) => rows.includes(row))
    .map(
      ({ name, file }) =>
        `- ${escaped(name)} ([${file.replace('test/', '').replace('.test.ts', '')}](../${file}))`,
    );
  const paragraphs = [
    `### ${row}. ${attack}`,
    required,
    ...(cannotArise === undefined ? [] : [`It cannot arise yet: ${cannotArise}`]),
    shown.length === 0 ? 'No test yet.' : shown.join('\n'),
  ];
  return paragraphs.join('\n\n');
}

/** docs/attacks.md, from the catalogue and the tests that name its rows. */
export function attacksDocument(tests: readonly AttackTest[]): string {
  const themes = catalogue.map(({ title, rows }) =>
    [`## ${title}`, ...rows.map((row) => section(row, tests))].join('\n\n'),
  );
  return `${[head.trimEnd(), ...themes].join('\n\n')}\n`;
}
