import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import {
  getOperationAST,
  getVariableValues,
  GraphQLError,
  parse,
  validate,
  type DocumentNode,
  type OperationDefinitionNode,
} from 'graphql';
import { CordonError, systemClock } from '../base/index.js';
import type { LoadedConfig } from '../config.js';
import type { Model } from '../model/index.js';
import type { FieldDecision, Plan, Planner, PlanSlot, Statement } from '../plan/index.js';
import type { View } from '../view/index.js';
import { addCallerOptions, assumedCaller, type AssumedCaller, type CallerOptions } from './caller.js';
import { configOption, openConfig, type ConfigOption } from './deployment.js';
import { CommandError } from './failure.js';
import { createLog } from './log.js';
import { print, printJson, terminalWidth } from './output.js';
import { requireRoles } from './roles.js';
import { valueWords } from '../review/index.js';
import { sizeRefusal } from './try-documents.js';
import { decisionJson, decisionTable } from './why-words.js';

interface WhyOptions extends ConfigOption, CallerOptions {
  readonly operation?: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly json?: boolean;
}

/** What becomes of an operation; nothing of it is run. */
interface Explained {
  /** Null where it would be answered. */
  readonly refused: { readonly code: string; readonly message: string } | null;
  /** Names that the model has and the caller's schema lacks. */
  readonly hidden: readonly string[];
  readonly fields: readonly FieldDecision[];
  readonly statements: readonly { readonly root: string; readonly statement: Statement }[];
}

function variables(value: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // Said below.
  }
  throw new InvalidArgumentError('Write a JSON object: {"first": 3}.');
}

function readDocument(
  text: string,
  file: string,
  name: string | undefined,
): [DocumentNode, OperationDefinitionNode] {
  let document: DocumentNode;
  try {
    document = parse(text);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw new CommandError(`${file}:${error.locations?.[0]?.line ?? 0} ${error.message}`);
  }
  const operation = getOperationAST(document, name);
  if (operation == null)
    throw new CommandError(`${file} does not say which operation is meant; name one with --operation.`);
  return [document, operation];
}

/** `q.graphql:3 `, for what can be found there. */
function placeOf({ locations }: GraphQLError, file: string): string {
  const [at] = locations ?? [];
  return at === undefined ? '' : `${file}:${at.line} `;
}

/** The statements of a plan, those of batches behind those that ask for them. */
function statementsOf({ roots }: Plan): Explained['statements'] {
  const within = (root: string, statement: Statement): Explained['statements'] => [
    { root, statement },
    ...statement.holes.flatMap((hole) => (hole.kind === 'relation' ? within(root, hole.batch) : [])),
  ];
  return roots.flatMap((root) =>
    root.kind === 'statement' ? within(root.responseName, root.statement) : [],
  );
}

/** What holds for the caller now, by the agreements and training on record. */
async function clear(caller: AssumedCaller, view: View, model: Model, config: LoadedConfig) {
  const { ClearanceRules } = await import('../clearance/index.js');
  const { createFacts, createRecordsCopy } = await import('../governance/index.js');
  const { migrate } = await import('../ledger/index.js');
  await migrate(config.control, config.migrationsFolder);
  const log = createLog('error');
  const records = createRecordsCopy({ control: config.control, clock: systemClock, log });
  await records.start();
  try {
    const { personId, organisation, roles, purpose, mfaAt } = caller;
    return await new ClearanceRules(model.policy).evaluate(view, {
      policy: model.policy,
      facts: createFacts(records),
      now: systemClock.now(),
      personId,
      organisation,
      roles,
      purpose,
      authTime: mfaAt,
      authMethods: mfaAt === null ? [] : ['mfa'],
      log,
      reliedOn: new Set(),
    });
  } finally {
    await records.stop();
  }
}

async function explainOperation(file: string, options: WhyOptions): Promise<Explained> {
  const { readModel } = await import('../main.js');
  const { buildView, HiddenNames } = await import('../view/index.js');
  const { CursorCodec, explainFields, Planner } = await import('../plan/index.js');
  const { DocumentSizes } = await import('../gateway/index.js');
  const { LimitsByRole } = await import('../policy/index.js');
  const source = await readFile(file, 'utf8');
  const [document, definition] = readDocument(source, file, options.operation);
  const config = openConfig(options);
  const { model } = await readModel(config);
  const caller = assumedCaller(options, config);
  requireRoles(model.policy, caller.roles);
  const view = buildView(model, caller.roles, ['read:*'], '');
  const hidden = new HiddenNames(model).find(document, view);
  const refused = (code: string, message: string): Explained => ({
    refused: { code, message },
    hidden,
    fields: [],
    statements: [],
  });
  if (view.schema === null) return refused('FORBIDDEN', 'This caller sees no customer data.');
  const limits = new LimitsByRole(config.limits, model.policy.roles).of(caller.roles);
  const oversized = sizeRefusal(source, limits, new DocumentSizes());
  if (oversized !== null) return refused(oversized.code, oversized.message);
  const [invalid] = validate(view.schema, document);
  if (invalid !== undefined)
    return refused('GRAPHQL_VALIDATION_FAILED', `${placeOf(invalid, file)}${invalid.message}`);
  const { coerced, errors } = getVariableValues(
    view.schema,
    definition.variableDefinitions ?? [],
    options.variables,
  );
  if (coerced === undefined)
    return refused('BAD_USER_INPUT', `${errors[0]?.message ?? ''} Give variables with --variables.`);
  const { vector, key } = await clear(caller, view, model, config);
  const fields = explainFields({
    view,
    policy: model.policy,
    document,
    definition,
    variables: coerced,
    vector,
    limits,
  });
  // Cursors are bound to their caller; a key of the moment opens none, and nothing is run that would make one.
  const planner = new Planner(model, config.limits, new CursorCodec(Buffer.alloc(32)));
  const request = { view, document, source, definition, variables: coerced, vector, vectorKey: key, limits };
  return { hidden, fields, ...planned(planner, { ...request, audience: Buffer.alloc(0) }) };
}

function planned(
  planner: Planner,
  request: Parameters<Planner['plan']>[0],
): Pick<Explained, 'refused' | 'statements'> {
  try {
    return { refused: null, statements: statementsOf(planner.plan(request).plan) };
  } catch (error) {
    if (!(error instanceof CordonError)) throw error;
    return { refused: { code: error.code, message: error.message }, statements: [] };
  }
}

function slotWords(slot: PlanSlot): string {
  switch (slot.kind) {
    case 'literal':
      return `literal ${slot.index + 1} of the operation`;
    case 'rows':
      return `${valueWords(slot.value)} of the caller, as far as it fits ${slot.type.display}`;
    case 'mask':
      return `the caller's key for the mask of ${slot.coordinate}`;
    case 'nonce':
      return 'fresh random bits, which mark what the gateway fills in';
    case 'join':
      return `join keys, column ${slot.index + 1}`;
  }
}

function show({ refused, hidden, fields, statements }: Explained): void {
  if (refused !== null) print(`Refused: ${refused.code} ${refused.message}`);
  if (hidden.length > 0) print(`Not in this caller's schema: ${hidden.join(', ')}.`);
  if (fields.length > 0) print(decisionTable(fields, terminalWidth()));
  for (const { root, statement } of statements) {
    print(`\n-- ${root}, on ${statement.source}`);
    statement.slots.forEach((slot, i) => print(`-- $${i + 1}: ${slotWords(slot)}`));
    print(statement.text);
  }
}

/** `cordon why`: what becomes of an operation for a caller, and why. */
export function whyCommand(): Command {
  const command = new Command('why')
    .description(
      'print what becomes of an operation for a caller, field by field, with its SQL; runs nothing',
    )
    .argument('<file>', 'the operation, as GraphQL');
  return addCallerOptions(command)
    .option('--operation <name>', 'where the file has several')
    .option('--variables <json>', 'their values, as a JSON object', variables, {})
    .addOption(configOption())
    .option('--json', 'print { refused, hidden, fields, statements }')
    .action(async (file: string, options: WhyOptions) => {
      const explained = await explainOperation(file, options);
      if (explained.refused !== null) process.exitCode = 1;
      if (options.json !== true) {
        show(explained);
        return;
      }
      const { refused, hidden, fields, statements } = explained;
      printJson({
        refused,
        hidden,
        fields: fields.map(decisionJson),
        statements: statements.map(({ root, statement: { source, text } }) => ({ root, source, sql: text })),
      });
    });
}
