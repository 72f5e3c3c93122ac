import { writeFile } from 'node:fs/promises';
import { getOperationAST, parse } from 'graphql';
import { Command } from 'commander';
import { ProblemsError } from '../base/index.js';
import type { LoadedConfig } from '../config.js';
import type { Break, BuiltDocument, TriedDocument } from '../documents/index.js';
import { configOption, openConfig, type ConfigOption } from './deployment.js';
import { CommandError } from './failure.js';
import { repeated } from './options.js';
import { counted, print, printJson } from './output.js';
import { requireRoles } from './roles.js';

/** @throws ProblemsError for every mistake in the files, CommandError where they hold no operation */
async function buildFrom(places: readonly string[]): Promise<readonly BuiltDocument[]> {
  const { buildDocuments, findDocumentFiles } = await import('../documents/index.js');
  const built = buildDocuments(await findDocumentFiles(places));
  if ('problems' in built) throw new ProblemsError(built.problems);
  if (built.documents.length === 0)
    throw new CommandError(
      `There is no operation in ${places.join(', ')}; name files or folders of .graphql.`,
    );
  return built.documents;
}

function buildCommand(): Command {
  return new Command('build')
    .description('make the manifest of trusted documents: one for each operation, by the hash of its text')
    .argument('<files...>', 'files or folders of .graphql: operations, and the fragments that they share')
    .option('-o, --out <file>', 'the manifest', 'documents.json')
    .action(async (places: readonly string[], { out }: { readonly out: string }) => {
      const { writeManifest } = await import('../documents/index.js');
      const documents = await buildFrom(places);
      await writeFile(out, writeManifest(documents));
      print(`${counted(documents.length, 'document')} in ${out}.`);
    });
}

/** What the configuration names as manifest. */
async function configured(config: LoadedConfig): Promise<readonly TriedDocument[]> {
  const { documents } = config;
  if (documents === undefined)
    throw new CommandError('The configuration has no "documents"; name the files to be checked.');
  const { readDocuments } = await import('../files.js');
  return (await readDocuments(config)).map(({ text, line }) => ({
    text,
    operation: getOperationAST(parse(text))?.name?.value ?? null,
    file: documents.manifest,
    line,
  }));
}

/** A document that is refused where a condition is not met. */
interface Conditional extends Break {
  readonly class: string;
  readonly code: string;
}

interface CheckOptions extends ConfigOption {
  readonly role: readonly string[];
  readonly json?: boolean;
}

async function check(places: readonly string[], options: CheckOptions): Promise<void> {
  const { readModel } = await import('../main.js');
  const { breaksFor } = await import('../documents/index.js');
  const { buildView } = await import('../view/index.js');
  const config = openConfig(options);
  const documents = places.length === 0 ? await configured(config) : await buildFrom(places);
  const { model } = await readModel(config);
  const broken: Break[] = [];
  const conditional: Conditional[] = [];
  const { DocumentTrial } = await import('./try-documents.js');
  const trial = new DocumentTrial(model, config.limits);
  for (const { name } of requireRoles(model.policy, options.role)) {
    const view = buildView(model, [name], ['read:*'], '');
    for (const document of documents) {
      const breaks = breaksFor(name, view.schema, [document]);
      broken.push(...breaks);
      if (breaks.length > 0) continue;
      const { operation, file, line } = document;
      const place = { role: name, file, line, operation };
      const { always, unmet } = trial.try(name, view, document);
      if (always !== null) broken.push({ ...place, message: always.message });
      for (const [secretClass, refusal] of unmet)
        conditional.push({ ...place, class: secretClass, ...refusal });
    }
  }
  if (broken.length > 0) process.exitCode = 1;
  if (options.json === true) {
    printJson({ ok: broken.length === 0, documents: documents.length, broken, conditional });
    return;
  }
  for (const { role, file, line, operation, message } of broken)
    print(`${file}:${line} ${operation ?? '(without a name)'} breaks for ${role}: ${message}`);
  for (const { role, file, line, operation, class: secretClass, code, message } of conditional)
    print(
      `${file}:${line} ${operation ?? '(without a name)'} is refused whole for ${role} where a condition of ${secretClass} is not met: ${code} ${message}`,
    );
  const breaks = new Set(broken.map(({ role, file, line }) => [role, file, line].join(' ')));
  print(`${counted(breaks.size, 'break')} in ${counted(documents.length, 'document')}.`);
}

function checkCommand(): Command {
  return new Command('check')
    .description(
      'try documents on the schema of each role and on the limits; exit code 1 where one breaks. What a condition has refused as a whole, since it filters or sorts by what is secret, is told and breaks nothing',
    )
    .argument('[files...]', 'files or folders of .graphql; the manifest of the configuration unless given')
    .requiredOption('-r, --role <role>', 'a role of the policy; may be repeated', repeated)
    .addOption(configOption())
    .option(
      '--json',
      'print { ok, documents, broken: [{ role, file, line, operation, message }], conditional: [{ …, class, code }] }',
    )
    .action(check);
}

/** `cordon documents`: the documents that a deployment trusts. */
export function documentsCommand(): Command {
  return new Command('documents')
    .description('trusted documents: operations that callers may ask for by hash, or are confined to')
    .addCommand(buildCommand())
    .addCommand(checkCommand());
}
