/** Options about how a document is laid out. */
import { Option, type Command } from 'commander';
import { MARKDOWN_STYLES, type MarkdownOptions, type MarkdownStyle } from '../report/markdown';
import { day } from './day';

export interface DocumentFlags { readonly style?: MarkdownStyle; readonly start?: string }

/** Adds `--style` and `--start`. */
export function laidOut(command: Command): Command {
  return command
    .addOption(new Option('--style <style>', 'what a Markdown report holds (default: audit, which is all of it)').choices(MARKDOWN_STYLES))
    .option('--start <day>', 'the day the work begins, YYYY-MM-DD: the plan of a Markdown report has dates then', day);
}

/** What those options ask of a Markdown report. */
export function markdownOptions({ style, start }: DocumentFlags): { readonly markdown?: MarkdownOptions } {
  return style === undefined && start === undefined ? {} : { markdown: { ...(style !== undefined && { style }), ...(start !== undefined && { start }) } };
}
