// jest gives each test file modules of its own, and compiles them anew for it, though most files load the same few
// hundred. A worker that runs many files keeps what it has compiled; only running it is each file's own.
const { createRequire } = require('node:module');
const { Script } = require('node:vm');

/** The one that this jest runs with, wherever it was installed. */
const requireAsJest = createRequire(createRequire(require.resolve('jest')).resolve('@jest/core'));
const { default: Runtime } = requireAsJest('jest-runtime');

/** File → its source, and the script made of it. */
const scripts = new Map();

function scriptOf(source, filename, parameters) {
  const known = scripts.get(filename);
  if (known?.source === source) return known.script;
  const head = `(function (${parameters.join(', ')}) {`;
  // The end stands in a line of its own: a source may end with a comment.
  const script = new Script(`${head}${source}\n})`, { filename, columnOffset: -head.length });
  scripts.set(filename, { source, script });
  return script;
}

module.exports = class extends Runtime {
  constructor(...given) {
    super(...given);
    const { executor } = this;
    const compile = executor.compile.bind(executor);
    executor.compile = (source, filename) => {
      const context = executor.environment.getVmContext();
      if (context === null || filename === executor.testPath) return compile(source, filename);
      try {
        return scriptOf(source, filename, executor.injectedModuleParameters).runInContext(context);
      } catch {
        // What cannot be compiled is jest's to explain.
        return compile(source, filename);
      }
    };
  }
};
