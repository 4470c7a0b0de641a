/** `shipworthy render`: a report that was written earlier, in another form. */
import { Option, type Command } from 'commander';
import { day } from './day';
import { destinations } from './destinations';
import { EXIT } from './exit';
import { deliver } from './output';
import { reportFile } from './report-file';
import { FORMATS, type Format, type Product, type Surroundings } from './surroundings';
import { look } from './terminal';

interface Flags { readonly format?: Format; readonly output?: readonly string[]; readonly asOf?: string; readonly verbose?: boolean; readonly all?: boolean; readonly color?: boolean }

export function renderCommand(command: Command, product: Product, around: Surroundings, done: (code: number) => void): void {
  command.description('write a JSON report in other forms, without checking anything again')
    .argument('<report>', 'report of `shipworthy check --format json`')
    .addOption(new Option('-f, --format <format>', 'form of the report; by the ending of --output when not given, else text').choices(FORMATS))
    .option('-o, --output <[form:]file>', 'write it to a file instead of standard output (-); may be repeated', (file: string, files: readonly string[] = []) => [...files, file])
    .option('--as-of <day>', 'the day it is shown on, YYYY-MM-DD: a badge is grey after 30 days (default: today, UTC)', day)
    .option('--all', 'list every finding in the text report, also of a rule that has many')
    .option('-v, --verbose', 'list what holds and what does not apply as well')
    .option('--color', 'colours, even when the output is no terminal').option('--no-color', 'no colours')
    .action(async (report: string, flags: Flags) => {
      const wishes = destinations(flags.output ?? [], flags.format, around.cwd);
      const cards = reportFile(report, around.cwd);
      const asOf = flags.asOf ?? around.today();
      await deliver(wishes.map(({ form, file }) => {
        const colour = file === undefined ? flags.color : flags.color ?? false;
        const style = { ...look(around.stdout, around.env, around.platform, colour), verbose: flags.verbose ?? false, all: flags.all ?? false, asOf };
        return { file, text: product.formats[form](cards, style) };
      }), around.stdout);
      done(EXIT.ok);
    });
}
