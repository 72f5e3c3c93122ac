// The layers of ARCHITECTURE.md as rules: imports run downwards only, and each rule says what would break otherwise.
const layers = [
  ['base'],
  ['observe'],
  ['directives'],
  ['catalog', 'masks', 'policy', 'documents'],
  ['model'],
  ['identity', 'clearance', 'view', 'plan', 'sources', 'ledger', 'init'],
  ['governance', 'audit', 'review'],
  ['gateway', 'control'],
  ['http'],
];
const dir = (name) => (name === 'directives' ? '^directives/' : `^src/${name}/`);
const any = (names) => names.map(dir).join('|');

const layerRules = layers.slice(0, -1).map((layer, i) => ({
  name: `layer-${layer.join('-')}`,
  severity: 'error',
  comment: `${layer.join(', ')} may not import a later layer: what decides must not depend on what asks, or one stage could be talked into more by another.`,
  from: { path: any(layer) },
  to: { path: `${any(layers.slice(i + 1).flat())}|^src/(cli|demo|prove|embedded)/|^src/main\\.ts$` },
}));

const stages = ['identity', 'view', 'clearance', 'plan', 'sources', 'ledger'];
const stageRules = stages.map((stage) => ({
  name: `stage-${stage}`,
  severity: 'error',
  comment: `${stage} takes only the type of what the stage before hands over: stages are wired in gateway/answer.ts, on one screen.`,
  from: { path: dir(stage) },
  to: { path: any(stages.filter((s) => s !== stage)), dependencyTypesNot: ['type-only'] },
}));

// The stages of a run of the prover, each in a folder of its own.
const proveStages = ['data', 'sight', 'twins', 'operations', 'gateways', 'oracles', 'run'];
const proveRules = proveStages.slice(0, -1).map((stage, i) => ({
  name: `prove-${stage}`,
  severity: 'error',
  comment: `prove/${stage} may not import what comes after it: data is made without regard to what will be asked, and what judges does not know who asks.`,
  from: { path: `^src/prove/${stage}/` },
  to: { path: `^src/prove/(${proveStages.slice(i + 1).join('|')}|index\\.ts$)` },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    ...stageRules,
    ...proveRules,
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle means two files are one idea, or one idea is in the wrong file.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'index-only',
      severity: 'error',
      comment: "A folder's index.ts is its interface; reaching past it makes every file public.",
      from: { path: '^src/([^/]+)/' },
      to: {
        path: '^(src/[^/]+|directives)/.+',
        pathNot: ['^(src/[^/]+|directives)/index\\.ts$', '^src/$1/'],
      },
    },
    {
      name: 'index-only-from-outside',
      severity: 'error',
      comment:
        'The same for what stands beside the folders: main.ts wires parts, it does not reach into them.',
      from: { path: '^src/[^/]+\\.ts$|^directives/' },
      to: { path: '^src/[^/]+/.+', pathNot: '^src/[^/]+/index\\.ts$' },
    },
    {
      name: 'observe-is-only-told',
      severity: 'error',
      comment:
        'Who observes is told of stages, codes and counts by those who know what may be told; what could reach into a request could take a value from it. The stages know its type alone.',
      from: { path: '^src/(?!observe/|http/|observing\\.ts$)|^directives/' },
      to: { path: '^src/observe/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'gateway-knows-no-governance',
      severity: 'error',
      comment:
        'What policy needs to know of agreements and training comes through policy/facts; main.ts passes it in.',
      from: { path: '^src/gateway/' },
      to: { path: '^src/(governance|audit|control)/' },
    },
    {
      name: 'pure-stages',
      severity: 'error',
      comment:
        'policy, model, view, plan and masks decide, and review compares decisions; they see no clock, network, database or file, so that a decision can be repeated.',
      from: { path: '^src/(policy|model|view|plan|masks|review)/|^directives/' },
      to: {
        path: '^(node:)?(fs|fs/promises|net|http|https|child_process|os|timers|timers/promises)$|^pg$|^src/(catalog/read|sources/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'pg-only-where-data-lives',
      severity: 'error',
      comment: 'Only these places talk to a database, so that every statement can be found.',
      from: {
        path: '^src/',
        pathNot:
          '^src/(catalog|sources|ledger|governance|audit|embedded|demo|cli|prove|base/database)|^src/main\\.ts$',
      },
      to: { path: '(^|/)node_modules/(@types/)?pg/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'init-beside-the-path',
      severity: 'error',
      comment:
        'init writes what people then review and every start checks: it may use what the model is made from, and no stage of a request.',
      from: { path: '^src/init/' },
      to: { path: any(stages), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'init-for-the-command-only',
      severity: 'error',
      comment:
        'A suggestion is for people to take or leave; nothing that answers or decides may rest on one.',
      from: { path: '^src/(?!init/|cli/)|^directives/' },
      to: { path: '^src/init/' },
    },
    {
      name: 'prove-decides-for-itself',
      severity: 'error',
      comment:
        'What a run holds the gateway to must not come from what the gateway decides with, or both would be wrong alike.',
      from: {
        path: '^src/prove/(data|sight|twins)/',
      },
      to: { path: '^src/(?!base/|catalog/|masks/|policy/|model/|prove/)' },
    },
    {
      name: 'base-knows-nobody',
      severity: 'error',
      comment: 'base is what everything stands on.',
      from: { path: '^src/base/' },
      to: { path: '^src/(?!base/)|^directives/' },
    },
    {
      name: 'shield-on-two-places-only',
      severity: 'error',
      comment:
        'Rules are evaluated in clearance and wrap fields on the control plane; nothing on the data path depends on a wrapped resolver.',
      from: { path: '^src/', pathNot: '^src/(policy|clearance|control)/' },
      to: { path: 'node_modules/graphql-shield/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
