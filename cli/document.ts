/** Options about how a document is laid out. */
import { Option, type Command } from 'commander';
import { MARKDOWN_STYLES, type MarkdownOptions, type MarkdownStyle } from '../report/markdown';
import { PLAN_ORDERS, type PlanOrder } from '../report/plan';
import { day } from './day';

export interface DocumentFlags { readonly style?: MarkdownStyle; readonly start?: string; readonly planOrder?: PlanOrder }

/** Adds `--style`, `--plan-order` and `--start`. */
export function laidOut(command: Command): Command {
  return command
    .addOption(new Option('--style <style>', 'what a Markdown report holds (default: audit, which is all of it)').choices(MARKDOWN_STYLES))
    .addOption(new Option('--plan-order <order>', 'what comes first within a phase of the plan: what lifts the verdict, takes least time, or regains most points an hour (default: unlocks)').choices(PLAN_ORDERS))
    .option('--start <day>', 'the day the work begins, YYYY-MM-DD: the plan of a Markdown or HTML report has dates then', day);
}

/** What those options ask of a document. */
export function markdownOptions({ style, start }: Omit<DocumentFlags, 'planOrder'>): { readonly markdown?: MarkdownOptions } {
  return style === undefined && start === undefined ? {} : { markdown: { ...(style !== undefined && { style }), ...(start !== undefined && { start }) } };
}
