/**
 * What may be written where findings are silenced: after `shipworthy:` the words there are, then the rules (first those that speak
 * there), then what is still to be said, as a placeholder. In the team's records, rules. Nowhere else: whoever writes code
 * is left alone.
 *
 * Which text is a comment, and what it says, is for the engine to tell: so completion and silencing never disagree, in whatever
 * language the editor takes a file for.
 */
import { CompletionItemKind, InsertTextFormat, type Command, type CompletionItem, type CompletionList, type CompletionOptions, type CompletionParams } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { RuleCard } from '../engine/audit/outcome';
import type { Session } from '../engine/audit/session';
import { reaches } from '../engine/audit/silence';
import { VERBS, type Verb } from '../engine/files/own-comment';
import { recordedRuleAt } from '../engine/records/recorded';
import { longestAcceptance } from '../report/scoring/acceptance';
import { SEVERITY_WORDS } from '../report/words';
import { dayNumber, dayText } from '../rules/kit';
import { refuseCancelled } from './cancellation';
import type { Folder } from './folder';
import { inkFor } from './ink';
import { answer } from './log';
import { commentsIn, type PlacedComment } from './mentions';
import { aboutRule } from './rule-words';
import { ruleCard, type Serving } from './serving';

/** What the server says of its completion. Editors do not complete in comments by themselves, so what is typed there has to ask. */
export const COMPLETION: CompletionOptions = { triggerCharacters: [':', ' ', ',', '"'], resolveProvider: true };

/** Once a word is written, the rules are asked for: the editor's own command, where it is VS Code. */
const GO_ON: Command = { title: 'Name the rule', command: 'editor.action.triggerSuggest' };
/** A quarter, in days: what is offered for an acceptance unless it has to end sooner. */
const QUARTER = 90;

export function serveCompletion(serving: Serving): void {
  const { connection, log } = serving;
  connection.onCompletion((params, token) => answer(log, `Completing in ${params.textDocument.uri}`, async () => {
    const placed = serving.folders.nearest(params.textDocument.uri);
    const session = await placed?.folder.ready();
    refuseCancelled(token);
    const document = serving.documents.get(params.textDocument.uri);
    return placed && session && document ? completed({ serving, folder: placed.folder, session, document, path: placed.path }, params) : null;
  }));
  connection.onCompletionResolve((item) => answer(log, `Describing ${item.label}`, () => described(serving, item)));
}

interface Asked {
  readonly serving: Serving;
  readonly folder: Folder;
  readonly session: Session;
  readonly document: TextDocument;
  readonly path: string;
}

/** What is to be replaced, by offsets in the document. */
interface Gap { readonly start: number; readonly end: number }

async function completed(asked: Asked, { position }: CompletionParams): Promise<CompletionList | null> {
  const { session, document, path } = asked;
  const offset = document.offsetAt(position);
  // Our own extension brings the schemas of the records, by which VS Code completes them.
  const recorded = asked.serving.client.canPrompt ? undefined : recordedRuleAt(path, document.getText(), offset);
  if (recorded) return listed(rulesFor(asked, recorded, { near: () => false, without: [], quote: recorded.bare }));
  const comment = commentsIn(session, path, document).find((one) => isIn(one, offset));
  if (!comment) return null;
  const { own, at } = comment;
  const { verb } = own;
  if (!verb || offset <= at + verb.end) return listed(words(asked, verb ? { start: at + verb.start, end: at + verb.end } : { start: offset, end: offset }, offset === at + own.marked));
  return (own.reasoned && offset > at + own.head) || !Object.hasOwn(VERBS, verb.text) ? null : listed(await rest(asked, comment, offset));
}

function listed(items: readonly CompletionItem[]): CompletionList {
  return { isIncomplete: false, items: [...items] };
}

/** Between the marker and the end of what it says; blanks before the sign that ends the comment are part of it. */
function isIn({ own, at, text }: PlacedComment, offset: number): boolean {
  const inside = offset - at;
  return inside >= own.marked && inside <= text.length && (inside <= own.end || text.slice(own.end, inside).trim() === '' && !/[\r\n]/.test(text.slice(own.end, inside)));
}

/** @param apart whether a blank is missing after the marker */
function words({ serving: { client }, document }: Asked, gap: Gap, apart: boolean): CompletionItem[] {
  return Object.entries(VERBS).map(([verb, about], index) => ({
    label: verb, kind: CompletionItemKind.Keyword, detail: about, sortText: String(index), filterText: `${apart ? ' ' : ''}${verb}`,
    textEdit: { range: rangeOf(document, gap), newText: `${apart ? ' ' : ''}${verb} ` }, ...(client.canPrompt && { command: GO_ON }),
  }));
}

/** Rules at the cursor, and what is said after the last of them. */
async function rest(asked: Asked, { own, at, text, suppression }: PlacedComment, offset: number): Promise<CompletionItem[]> {
  const under = own.ids.find(({ start, end }) => at + start <= offset && offset <= at + end);
  const last = own.ids.at(-1);
  const verb = own.verb?.text as Verb;
  if (!under && last && offset > at + last.end && /\b(?:until|by)\b/.test(text.slice(last.end, offset - at))) return [];
  const without = own.ids.filter((id) => id !== under).map(({ text }) => text);
  const isLast = !under || under === last;
  const open = isLast && !own.reasoned && own.until === undefined;
  const by = open && verb === 'accept' ? await asked.serving.host.identity?.(asked.folder.uri) : undefined;
  const end = (severity: RuleCard['severity']) => (open ? ending(asked, verb, severity, by) : undefined);
  const gap: Gap = under ? { start: at + under.start, end: at + under.end } : { start: offset, end: offset };
  const rules = rulesFor(asked, gap, { near: (rule) => asked.session.findings(asked.path).some((finding) => finding.rule === rule && reaches(suppression, finding)), without, end });
  const named = last && !under ? ruleCard(last.text, asked.serving.host, [asked.session]) : undefined;
  const ends = named && end(named.severity);
  return [...(ends ? [terms(asked, gap, ends)] : []), ...rules];
}

interface Offered {
  /** Whether there is a finding of a rule where the comment speaks. */
  readonly near: (rule: string) => boolean;
  /** Rules that are named already. */
  readonly without: readonly string[];
  readonly end?: (severity: RuleCard['severity']) => Ending | undefined;
  readonly quote?: boolean;
}

function rulesFor({ serving, session, document, path }: Asked, gap: Gap, { near, without, end, quote = false }: Offered): CompletionItem[] {
  const { client, host } = serving;
  const cards = Object.values(session.audits()[0]?.rules ?? host.rules);
  const here = new Set(session.findings(path).map(({ rule }) => rule));
  const nearest = cards.find(({ id }) => here.has(id) && near(id))?.id;
  return cards.filter(({ id }) => !without.includes(id)).map((card): CompletionItem => {
    const { id, severity, title } = card;
    const rank = here.has(id) ? (near(id) ? 0 : 1) : 2;
    const tail = end?.(severity);
    return {
      label: id, kind: CompletionItemKind.EnumMember, detail: `${SEVERITY_WORDS[severity]}: ${title}`, sortText: `${rank} ${id}`, filterText: quote ? `"${id}"` : id, data: { rule: id },
      ...(client.labelDetails && { labelDetails: { description: SEVERITY_WORDS[severity] } }), ...(id === nearest && { preselect: true }),
      ...written(document, gap, quote ? `"${id}"` : id, tail),
    };
  });
}

function terms({ document }: Asked, gap: Gap, { plain, snippet, about }: Ending): CompletionItem {
  const ends = { about, plain: plain.trimStart(), snippet: snippet?.trimStart() };
  return { label: plain.trim(), kind: CompletionItemKind.Text, detail: about, sortText: '!', preselect: true, ...written(document, gap, '', ends) };
}

/** What is still to be said after the rules. `snippet` has places to type over; without, there are none. */
interface Ending { readonly plain: string; readonly snippet: string | undefined; readonly about: string }

function ending({ serving: { client, host } }: Asked, verb: Verb, severity: RuleCard['severity'], by: string | undefined): Ending {
  if (verb !== 'accept') return { plain: ' -- ', snippet: client.snippets ? ' -- ${1:the reason}' : undefined, about: 'The reason: without one, nothing is silenced.' };
  const until = dayText((dayNumber(host.today()) ?? 0) + Math.min(QUARTER, longestAcceptance(severity)));
  const name = by ?? 'NAME';
  return {
    plain: ` until ${until} by ${name} -- `, about: 'The last day, who answers for it, and the reason.',
    snippet: client.snippets ? ` until \${1:${until}} by \${2:${literal(name)}} -- \${3:the reason}` : undefined,
  };
}

function literal(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}

function written(document: TextDocument, gap: Gap, text: string, ending?: Ending): Pick<CompletionItem, 'textEdit' | 'insertTextFormat'> {
  const range = rangeOf(document, gap);
  if (ending?.snippet === undefined) return { textEdit: { range, newText: text + (ending?.plain ?? '') } };
  return { textEdit: { range, newText: text + ending.snippet }, insertTextFormat: InsertTextFormat.Snippet };
}

function rangeOf(document: TextDocument, { start, end }: Gap) {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

function described({ client, folders, host }: Serving, item: CompletionItem): CompletionItem {
  const { rule } = (item.data ?? {}) as { readonly rule?: string };
  const card = rule === undefined ? undefined : ruleCard(rule, host, folders.all.map(({ session }) => session));
  if (!card) return item;
  const ink = inkFor(client.markdownItems);
  return { ...item, documentation: ink.content(aboutRule(card, ink, false)) };
}
