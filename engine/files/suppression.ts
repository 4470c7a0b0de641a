/**
 * Comments that silence rules: ours, and those other tools left behind.
 *
 *     # shipworthy: ignore csrf-missing, hsts-missing -- token API only
 *     # shipworthy: ignore-file sql-string -- generated, reviewed 2026-03
 *     # shipworthy: accept backup-missing until 2026-12-01 by Ada Lovelace -- moves to a managed database
 *     # nosec B201     # noqa: S201     # nosemgrep: debug-enabled     # hadolint ignore=DL3002
 *
 * Nothing is judged here: a missing reason, an unknown rule or a passed date is the audit's to tell.
 */
import type { Span, Suppression } from '../../rules/kit';
import { dayNumber } from '../../rules/kit';
import { ownComments, unclosed } from './own-comment';

/** A comment of a source file. `text` is as written, with its marks; `alone`: nothing else stands on its lines. */
export interface Comment {
  readonly text: string;
  readonly at: Span;
  readonly alone: boolean;
}

/** What any marker holds: most comments are passed over at once. */
export const MAY_SILENCE = /shipworthy|nosec|noqa|nosem|eslint-|disable|ignore/i;

type Reach = Suppression['reach'];

/** What a comment says, before it is known which line it speaks of. */
interface Saying {
  readonly tool: string;
  readonly ids: readonly string[];
  readonly reach: Reach;
  readonly reason?: string;
  readonly lane?: Suppression['lane'];
  readonly until?: string;
  readonly by?: string;
}

/** How a tool marks: `ids` and `rest` are named groups of the pattern. */
interface Marker {
  readonly tool: string;
  readonly pattern: RegExp;
  /** Default: `next` when the comment stands alone, else `line`. */
  readonly reach?: Reach;
  readonly spell?: (id: string) => string;
}

const IDS = String.raw`(?<ids>[\w./@-]+(?:\s*,\s*[\w./@-]+)*)`;

/** Foreign tools whose markers are honoured. Their names are those of the anchors on rule cards. */
const MARKERS: readonly Marker[] = [
  { tool: 'bandit', reach: 'line', pattern: /(?<![\w-])nosec\b:?[ \t]*(?<ids>(?:B\d{3}|[a-z]+(?:_[a-z]+)+)(?:[\s,]+(?:B\d{3}|[a-z]+(?:_[a-z]+)+))*)?(?<rest>.*)/g },
  { tool: 'ruff', reach: 'file', pattern: /(?:ruff|flake8)[:=]\s*noqa\b(?::\s*(?<ids>[A-Z]+\d+(?:[\s,]+[A-Z]+\d+)*))?(?<rest>.*)/gi },
  { tool: 'ruff', reach: 'line', pattern: /(?<!(?:ruff|flake8)[:=]\s*)(?<![\w-])noqa\b(?::\s*(?<ids>[A-Z]+\d+(?:[\s,]+[A-Z]+\d+)*))?(?<rest>.*)/gi },
  { tool: 'semgrep', pattern: new RegExp(String.raw`(?<![\w-])nosem(?:grep)?\b(?:[:=]\s*${IDS})?(?<rest>.*)`, 'g'), spell: (id) => id.slice(id.lastIndexOf('.') + 1) },
  { tool: 'hadolint', reach: 'file', pattern: new RegExp(String.raw`hadolint\s+global\s+ignore\s*=\s*${IDS}(?<rest>.*)`, 'g') },
  { tool: 'hadolint', reach: 'next', pattern: new RegExp(String.raw`hadolint\s+ignore\s*=\s*${IDS}(?<rest>.*)`, 'g') },
  { tool: 'checkov', reach: 'file', pattern: /checkov:skip=(?<ids>\w+(?:,\s*\w+)*)(?::(?<rest>.*))?/g },
  { tool: 'trivy', pattern: /trivy:ignore:(?<ids>[\w-]+)/g, spell: trivyId },
  { tool: 'eslint', reach: 'next', pattern: new RegExp(String.raw`eslint-disable-next-line(?:\s+${IDS})?(?<rest>.*)`, 'g') },
  { tool: 'eslint', reach: 'line', pattern: new RegExp(String.raw`eslint-disable-line(?:\s+${IDS})?(?<rest>.*)`, 'g') },
  { tool: 'eslint', reach: 'file', pattern: new RegExp(String.raw`eslint-disable(?!-)(?:\s+${IDS})?(?<rest>.*)`, 'g') },
  { tool: 'shellcheck', pattern: new RegExp(String.raw`shellcheck\s+disable=${IDS}(?<rest>.*)`, 'g') },
  { tool: 'zizmor', reach: 'line', pattern: /zizmor:\s*ignore\[(?<ids>[\w-]+(?:\s*,\s*[\w-]+)*)\](?<rest>.*)/g },
  { tool: 'njsscan', pattern: new RegExp(String.raw`njsscan-ignore:\s*${IDS}(?<rest>.*)`, 'g') },
];

/**
 * What the comments of one file silence, in their order. A marker of another tool that names nothing has no `ids`: it
 * means everything that tool says. One of ours without `ids` could not be understood.
 * @param comments every comment of the file (those without a marker give nothing)
 * @param lineOf from an offset to its line, from 0
 */
export function suppressions(comments: readonly Comment[], lineOf: (offset: number) => number): Suppression[] {
  const alone = new Set(comments.filter((one) => one.alone).flatMap((one) => range(lineOf(one.at.start), lineOf(one.at.end))));
  return comments.flatMap((comment) => sayings(comment).map((saying) => {
    const { reach, lane = 'false-positive', ...rest } = saying;
    return { ...rest, reach, lane, line: reach === 'next' ? following(lineOf(comment.at.end), alone) : lineOf(comment.at.start), at: comment.at };
  }));
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Comments may be stacked above the line they all speak of. */
function following(line: number, alone: ReadonlySet<number>): number {
  let next = line + 1;
  while (alone.has(next)) next += 1;
  return next;
}

function sayings(comment: Comment): Saying[] {
  const text = unclosed(comment.text);
  return [...own(text, comment.alone), ...MARKERS.flatMap((marker) => foreign(marker, text, comment.alone))];
}

function own(text: string, alone: boolean): Saying[] {
  return ownComments(text).map(({ verb, ids, until, by, reason }) => {
    const day = until !== undefined && dayNumber(until) !== undefined ? until : undefined;
    return {
      tool: 'shipworthy', ids: ids.map((id) => id.text), reach: verb?.text === 'ignore-file' ? 'file' : alone ? 'next' : 'line',
      ...(verb?.text === 'accept' && { lane: 'accepted-risk' as const }), ...(day !== undefined && { until: day }), ...(by !== undefined && { by }), ...(reason && { reason }),
    };
  });
}

function list(text: string): string[] {
  return text.split(/[\s,]+/).filter((id) => id !== '');
}

function foreign(marker: Marker, text: string, alone: boolean): Saying[] {
  return [...text.matchAll(marker.pattern)].flatMap((each) => {
    const ids = list(each.groups?.ids ?? '').map(marker.spell ?? ((id) => id));
    const reason = (each.groups?.rest ?? '').replace(/^[\s:,(—–#-]+/, '').replace(/[\s)]+$/, '');
    const reach: Reach = marker.reach ?? (alone ? 'next' : 'line');
    return byPlugin(marker.tool, ids).map((group) => ({ ...group, reach, ...(/\w/.test(reason) && { reason }) }));
  });
}

/** `security/detect-eval` is a rule of eslint-plugin-security. Other tools have no plugins. */
function byPlugin(tool: string, ids: readonly string[]): Pick<Saying, 'tool' | 'ids'>[] {
  if (tool !== 'eslint' || ids.length === 0) return [{ tool, ids }];
  const groups = new Map<string, string[]>();
  for (const id of ids) {
    const [, plugin, rule] = /^(?:@[^/]+\/)?([^/]+)\/(.+)$/.exec(id) ?? [undefined, undefined, id];
    const owner = plugin ? `eslint-plugin-${plugin}` : tool;
    groups.set(owner, [...(groups.get(owner) ?? []), rule ?? id]);
  }
  return [...groups].map(([owner, rules]) => ({ tool: owner, ids: rules }));
}

/** One check has had three spellings: `DS002`, `DS-0002`, `AVD-DS-0002`. */
function trivyId(id: string): string {
  const bare = id.toUpperCase().replace(/^AVD-/, '');
  const [, family, number] = /^([A-Z]+)-?(\d+)$/.exec(bare) ?? [];
  return family && number ? `${family}-${number.padStart(4, '0')}` : bare;
}
