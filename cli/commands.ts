/** The command line: its words, their checks, and which command runs. */
import { Command, CommanderError, Option } from 'commander';
import { line } from '../report/escape';
import { baselineCommand } from './baseline-command';
import { check, type CheckOptions } from './check';
import { comparing, type ComparingFlags } from './comparing';
import { day } from './day';
import { diffCommand } from './diff-command';
import { laidOut, type DocumentFlags } from './document';
import { envCommand } from './env-command';
import { EXIT, Interrupted, UsageError } from './exit';
import { explain, unknownRule } from './explain';
import { THRESHOLDS, type Threshold } from './gate';
import { historyCommand, rescoreCommand } from './history-command';
import { list } from './list';
import { send } from './output';
import { renderCommand } from './render-command';
import { signoffCommand } from './signoff-command';
import { suppressCommand } from './suppress-command';
import { FORMATS, type Format, type Product, type Surroundings } from './surroundings';

interface CheckFlags extends ComparingFlags, DocumentFlags {
  readonly history?: boolean;
  readonly cache?: string;
  readonly app?: string;
  readonly format?: Format;
  readonly output?: readonly string[];
  readonly failOn: Threshold;
  readonly asOf?: string;
  readonly verbose?: boolean;
  readonly all?: boolean;
  readonly quiet?: boolean;
  readonly color?: boolean;
  readonly rule?: readonly string[];
}

const EXIT_CODES = `
Exit codes:
  0  nothing is past --fail-on
  1  something is
  2  the command line, shipworthy.json, a baseline or a file in .shipworthy/ is wrong
  3  nothing is past --fail-on, but something could not be checked`;

/**
 * Runs the command that `words` (without the program's name) ask for and resolves with the exit code. Never rejects: what goes
 * wrong is said on standard error.
 */
export async function run(words: readonly string[], product: Product, around: Surroundings): Promise<number> {
  let code: number = EXIT.ok;
  const program = commandLine(product, around, (result) => { code = result; });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    return failed(error, around);
  }
}

async function failed(error: unknown, around: Surroundings): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof Interrupted) return error.code;
  if (error instanceof UsageError) {
    await send(around.stderr, `shipworthy: ${error.message}\n`);
    return EXIT.usage;
  }
  const trace = error instanceof Error ? error.stack ?? error.message : String(error);
  await send(around.stderr, `shipworthy: the check failed. This is a fault of shipworthy; please report it with these lines.\n${trace}\n`);
  return EXIT.incomplete;
}

function commandLine(product: Product, around: Surroundings, done: (code: number) => void): Command {
  const program = new Command('shipworthy')
    .description('Is this code worthy of being shipped? Checks web applications for production readiness.')
    .version(`shipworthy ${product.version} (rule set ${product.ruleset})`, '-V, --version', 'print the versions of tool and rule set')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void around.stdout.write(text),
      writeErr: (text) => void around.stderr.write(printableLines(text)),
    });
  // Subcommands copy exit override and output from the program when they are made by it.
  checkCommand(program.command('check'), product, around, done);
  baselineCommand(program.command('baseline'), product, around, done);
  diffCommand(program.command('diff'), around, done);
  historyCommand(program.command('history'), product, around, done);
  rescoreCommand(program.command('rescore'), product, around, done);
  renderCommand(program.command('render'), product, around, done);
  envCommand(program.command('env'), product, around, done);
  signoffCommand(program.command('signoff'), product, around, done);
  suppressCommand(program.command('suppress'), product, around, done);
  explainCommand(program.command('explain'), product, around, done);
  listCommand(program.command('list'), product, around, done);
  return program;
}

function checkCommand(command: Command, product: Product, around: Surroundings, done: (code: number) => void): void {
  colours(laidOut(comparing(command.description('check a folder and print its report card')
    .argument('[path]', 'folder of the project, or one file of it to list the findings of', '.')
    .addOption(new Option('-f, --format <format>', 'form of the report; by the ending of --output when not given, else text').choices(FORMATS))
    .option('-o, --output <[form:]file>', 'write the report to a file instead of standard output (-); may be repeated', (file: string, files: readonly string[] = []) => [...files, file])
    .addOption(new Option('--fail-on <what>', 'exit with 1 on the verdict NOT READY (blocker) or on findings of this severity or worse').choices(THRESHOLDS).default('blocker'))
    .option('--as-of <day>', 'the day the report is made for, YYYY-MM-DD (default: today, UTC)', day)
    .option('--rule <id>', 'list only findings of this rule; may be repeated', (id: string, ids: readonly string[] = []) => [...ids, id])
    .option('--app <folder>', 'report only on the application in this folder, where there are several')
    .option('--history', 'add the scores of this run to .shipworthy/history.jsonl')
    .option('--cache <folder>', 'keep what is found in this folder: a run over files that did not change is answered from there')
    .option('--all', 'list every finding in the text report, also of a rule that has many')
    .option('-v, --verbose', 'list what holds and what does not apply as well')
    .option('-q, --quiet', 'no progress and no remarks on standard error, errors only'))))
    .addHelpText('after', EXIT_CODES)
    .action(async (path: string, flags: CheckFlags) => {
      const unknown = flags.rule?.find((id) => !product.rules.some((card) => card.id === id));
      if (unknown !== undefined) throw unknownRule(unknown, product.rules);
      done(await check(path, checkOptions(flags), product, around));
    });
}

function checkOptions({ color, rule = [], output = [], verbose = false, all = false, quiet = false, history = false, ...rest }: CheckFlags): CheckOptions {
  return { ...rest, verbose, all, quiet, history, rules: rule, outputs: output, ...(color !== undefined && { colour: color }) };
}

function explainCommand(command: Command, product: Product, around: Surroundings, done: (code: number) => void): void {
  colours(command.description('print the page of a rule').argument('<id>', 'id of the rule, as reports show it'))
    .action(async (id: string, flags: { readonly color?: boolean }) => done(await explain(id, flags.color, product, around)));
}

function listCommand(command: Command, product: Product, around: Surroundings, done: (code: number) => void): void {
  colours(command.description('list all rules')
    .addOption(new Option('-f, --format <format>', 'form of the list').choices(['text', 'json']).default('text'))
    .option('-c, --category <category>', 'only the rules of this category'))
    .action(async (flags: { readonly format: 'text' | 'json'; readonly category?: string; readonly color?: boolean }) => {
      const { color, ...rest } = flags;
      done(await list({ ...rest, ...(color !== undefined && { colour: color }) }, product, around));
    });
}

function colours(command: Command): Command {
  return command.option('--color', 'colours, even when the output is no terminal').option('--no-color', 'no colours');
}

/** Messages may repeat what was typed; the line breaks between them are kept. */
function printableLines(text: string): string {
  return text.split('\n').map(line).join('\n');
}
