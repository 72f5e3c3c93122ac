// The suite with a seeded defect in it: `CORDON_DEFECT=<name> npx jest --config test/defects/jest.config.cjs <files>`.
const base = require('../../jest.config.cjs');

const [[pattern, [, options]]] = Object.entries(base.transform);

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  rootDir: '../..',
  transform: { [pattern]: ['<rootDir>/test/defects/jest-transformer.cjs', options] },
};
