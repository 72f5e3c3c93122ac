// Lets `node --import ./test/support/typescript.mjs program.ts` run the sources as they are, as ES modules: for tests
// that need a process of their own, to kill or to run as another user. Types are stripped, not checked.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
