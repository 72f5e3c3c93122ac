// swc's own transformer, over sources that have the seeded defect in them.
const { createTransformer } = require('@swc/jest');
const { defectInForce, seeded } = require('./seed.cjs');

module.exports = {
  createTransformer(options) {
    const swc = createTransformer(options);
    return {
      ...swc,
      process: (source, filename, ...rest) => swc.process(seeded(filename, source), filename, ...rest),
      // What is seeded is never taken for what is not.
      getCacheKey: (source, filename, ...rest) =>
        swc.getCacheKey(`${JSON.stringify(defectInForce())}\n${source}`, filename, ...rest),
    };
  },
};
