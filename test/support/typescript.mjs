// Lets `node --import ./test/support/typescript.mjs program.ts` run the sources as they are, as ES modules: for programs
// of the tests. Types are stripped, not checked.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
