/** `shipworthy env`: templates of environment files from the variables that the code really reads. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Option, type Command } from 'commander';
import { envTemplate, mergedTemplate, unnamedText, unread, type TemplateKind } from '../report/env-template';
import { line } from '../report/escape';
import { count, list } from '../report/words';
import { EXIT, UsageError } from './exit';
import { outputFile, send, writeWhole } from './output';
import { scan } from './scan';
import type { Product, Surroundings } from './surroundings';
import { target } from './target';

interface EnvOptions { readonly for: TemplateKind; readonly write: boolean; readonly force: boolean; readonly quiet: boolean }

const KINDS: readonly TemplateKind[] = ['example', 'production'];
const FILES: Readonly<Record<TemplateKind, string>> = { example: '.env.example', production: '.env.production.example' };
/** Names that are said of a template and read nowhere, at most. */
const NAMED = 8;

/** Adds the command to the program. */
export function envCommand(command: Command, product: Product, around: Surroundings, done: (code: number) => void): void {
  command.description('write a template of the environment: the variables the code reads, without values')
    .argument('[folder]', 'folder of the project', '.')
    .addOption(new Option('--for <what>', 'an example to copy while developing, or a template of production').choices(KINDS).default('example'))
    .option('--write', 'write .env.example (or .env.production.example): what is missing is added, the rest stays as it is')
    .option('--force', 'with --write: write the file anew, whatever is in it')
    .option('-q, --quiet', 'no remarks on standard error')
    .action(async (folder: string, { for: kind, write = false, force = false, quiet = false }: Partial<EnvOptions> & { readonly for: TemplateKind }) =>
      done(await env(folder, { for: kind, write, force, quiet }, product, around)));
}

/** Prints the template or writes it, and resolves with the exit code. Rejects with UsageError or Interrupted. */
async function env(folder: string, options: EnvOptions, product: Product, around: Surroundings): Promise<number> {
  if (options.force && !options.write) throw new UsageError('--force says how to write: use it with --write.');
  const aim = target(folder, around.cwd);
  if (aim.file !== undefined) throw new UsageError(`${line(folder)} is a file. Name the folder of the project.`);
  const session = await product.open(aim.folder);
  try {
    await scan(session, options.quiet, around);
    const audits = session.audits();
    const [audit] = audits;
    if (!audit || audits.length > 1) throw new UsageError(`A template is for one application, and here are ${audits.length}. Name one of them: ${audits.map((one) => line(one.project.root)).join(', ')}.`);
    const { inventory, project } = audit;
    const { variables, unnamed = [] } = inventory;
    // Asked first: a folder or a pipe of this name is refused before anything is read.
    const file = outputFile(path.join(aim.folder, project.root, FILES[options.for]), around.cwd);
    const existing = options.force || !existsSync(file) ? undefined : readFileSync(file, 'utf8');
    const made = existing === undefined ? { text: envTemplate(inventory, options.for), added: variables.map((one) => one.name) } : mergedTemplate(existing, variables);
    if (options.write && made.text !== existing) writeWhole(file, made.text);
    else if (!options.write) await send(around.stdout, made.text);
    const left = existing === undefined ? [] : unread(existing, variables);
    const said = [
      `${FILES[options.for]}: ${existing === undefined ? count(variables.length, 'variable') : `${made.added.length} added to what is there`}${options.write ? made.text === existing ? ', nothing to write' : ', written' : ''}.`,
      ...(left.length > 0 ? [`It also has ${list(left, NAMED)}, which no code here reads. They were left as they are.`] : []),
      ...(unnamed.length > 0 ? [`There may be more: ${list(unnamed.map(unnamedText), NAMED)}.`] : []),
    ];
    if (!options.quiet) await send(around.stderr, said.map((one) => `${line(one)}\n`).join(''));
    return EXIT.ok;
  } finally {
    session.dispose();
  }
}
