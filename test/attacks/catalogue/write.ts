// `npm run attacks`: writes docs/attacks.md.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { attacksDocument } from './document.js';
import { findAttackTests } from './find-tests.js';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const tests = findAttackTests(repository);
writeFileSync(join(repository, 'docs/attacks.md'), attacksDocument(tests));
process.stdout.write(`docs/attacks.md: ${tests.length} tests\n`);
