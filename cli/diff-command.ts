/** `shipworthy diff`: what became of the findings and the score between two reports. */
import { Option, type Command } from 'commander';
import { diff } from '../report/comparison/diff';
import { diffMarkdown, diffText } from '../report/comparison/diff-text';
import { printed } from '../report/json';
import { EXIT } from './exit';
import { outputFile, send, writeWhole } from './output';
import { reportFile } from './report-file';
import type { Surroundings } from './surroundings';

interface Flags { readonly format: 'text' | 'markdown' | 'json'; readonly output?: string; readonly verbose?: boolean }

export function diffCommand(command: Command, around: Surroundings, done: (code: number) => void): void {
  command.description('say what changed between two JSON reports, and what the change of the score is made of')
    .argument('<before>', 'report of `shipworthy check --format json`').argument('<after>', 'a later one')
    .addOption(new Option('-f, --format <format>', 'form of the answer').choices(['text', 'markdown', 'json']).default('text'))
    .option('-o, --output <file>', 'write it to a file instead of standard output')
    .option('-v, --verbose', 'list what only moved and what did not change as well')
    .action(async (before: string, after: string, { format, output, verbose = false }: Flags) => {
      const file = output === undefined ? undefined : outputFile(output, around.cwd);
      const found = diff(reportFile(before, around.cwd), reportFile(after, around.cwd));
      const text = format === 'json' ? printed(found) : format === 'markdown' ? diffMarkdown(found, verbose) : diffText(found, verbose);
      if (file === undefined) await send(around.stdout, text);
      else writeWhole(file, text);
      done(EXIT.ok);
    });
}
