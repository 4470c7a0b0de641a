/** Findings as a table for spreadsheets: RFC 4180, one line for each finding, open ones and silenced ones. */
import type { Finding, Silenced } from '../engine/audit/outcome';
import type { ReportCard, Result } from './card';
import { mark } from './comparison/words';
import { line } from './escape';
import { byPlace } from './scoring/order';

interface Row { readonly card: ReportCard; readonly result: Result; readonly finding: Finding; readonly silenced?: Silenced }

const COLUMNS: Readonly<Record<string, (row: Row) => string | number | boolean>> = {
  fingerprint: ({ finding }) => finding.fingerprint,
  project: ({ card }) => card.project.name,
  state: ({ silenced }) => silenced?.lane ?? 'open',
  baseline: ({ card, finding, silenced }) => (card.comparison && !silenced ? mark(card, finding) ?? 'known' : ''),
  severity: ({ finding }) => finding.severity,
  confidence: ({ finding }) => finding.confidence,
  blocks: ({ finding }) => finding.blocks,
  category: ({ finding }) => finding.category,
  rule: ({ finding }) => finding.rule,
  path: ({ finding }) => finding.path,
  line: ({ finding }) => finding.range.start.line + 1,
  column: ({ finding }) => finding.range.start.character + 1,
  end_line: ({ finding }) => finding.range.end.line + 1,
  end_column: ({ finding }) => finding.range.end.character + 1,
  message: ({ finding }) => finding.message,
  title: ({ result }) => result.title,
  effort: ({ finding }) => finding.effort,
  points: ({ finding }) => finding.points,
  reason: ({ silenced }) => silenced?.reason ?? '',
  by: ({ silenced }) => silenced?.by ?? '',
  until: ({ silenced }) => silenced?.until ?? '',
};

/** The findings of all cards under one header line. Lines end with CRLF, places count from 1, columns in UTF-16 units. */
export function csv(cards: readonly ReportCard[]): string {
  const lines = [Object.keys(COLUMNS), ...cards.flatMap(rowsOf).map((row) => Object.values(COLUMNS).map((column) => column(row)))];
  return lines.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

function rowsOf(card: ReportCard): readonly Row[] {
  const rows = card.results.flatMap((result): readonly Row[] => [
    ...result.findings.map((finding) => ({ card, result, finding })),
    ...result.silenced.map((silenced) => ({ card, result, finding: silenced.finding, silenced })),
  ]);
  return rows.sort((a, b) => byPlace(a.finding, b.finding));
}

/**
 * A spreadsheet runs a cell that begins like a formula, and what stands in a finding was written by whoever wrote the code: an
 * apostrophe in front makes it text, as OWASP advises. Numbers of our own never begin like one.
 */
function cell(value: string | number | boolean): string {
  const text = line(String(value));
  const harmless = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
  return /[",]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
