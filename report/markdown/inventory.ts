/** The tables of the Markdown report: what the application is made of. */
import type { Inventory, RouteEntry, StackEntry, VariableEntry } from '../../engine/audit/inventory';
import { STACK_PARTS } from '../../engine/audit/inventory';
import { filesText } from '../arithmetic';
import type { ReportCard } from '../card';
import { codeBlock, codeSpan, markdownText } from '../escape';
import { count, list, present } from '../words';
import { bullets, longTable, paragraphs, spotLink, spotLinks, table } from './parts';

/** What was looked at: stack, entries, credentials, services, and the files that were left out. */
export function scope(card: ReportCard): string {
  const { scope: { entries, auth, services, fronts }, scale } = card.inventory;
  const named = (all: readonly { readonly path: string; readonly line: number; readonly text: string }[], most: number) => [...all.slice(0, most).map((one) => `${markdownText(one.text)} (${spotLink(one)})`), ...(all.length > most ? [`${all.length - most} more`] : [])].join(', ');
  const facts = present(
    entries.length > 0 && `**Entry points:** ${named(entries, 4)}`, ...STACK_PARTS.map((part) => stackLine(part, card.inventory.stack)), scale.server && `**Started as:** ${markdownText(scale.server.text)} (${spotLink(scale.server)})`,
    fronts.length > 0 && `**In front of it:** ${named(fronts, 4)}`, auth.length > 0 && `**Visitors sign in with:** ${named(auth, 6)}`, services.length > 0 && `**External services:** ${named(services, 10)}`,
    `**Files:** ${filesText(card)}${leftOut(card)}`,
  );
  return bullets(facts);
}

function stackLine(part: StackEntry['part'], stack: readonly StackEntry[]): string | undefined {
  const mine = stack.filter((entry) => entry.part === part);
  const name = `${part.charAt(0).toUpperCase()}${part.slice(1)}`;
  return mine.length === 0 ? undefined : `**${name}:** ${mine.map((entry) => markdownText(`${entry.name}${entry.version === undefined ? '' : ` ${entry.version}`}`)).join(', ')}`;
}

function leftOut({ notices }: ReportCard): string {
  const files = notices.filter((notice) => ['too-large', 'binary', 'unreadable', 'not-parsed', 'partly-parsed', 'encoding', 'limit', 'link-loop'].includes(notice.code));
  return files.length === 0 ? '' : `. ${count(files.length, 'notice')} about files that were left out or read in part: see Notices`;
}

const AUTH: Readonly<Record<RouteEntry['auth'], string>> = { guarded: 'guarded', inside: 'asks in its body', public: 'public by its name', open: '**open to all**' };
const LIMIT: Readonly<Record<RouteEntry['limit'], string>> = { own: 'its own', all: 'for all', none: '–' };
const CSRF: Readonly<Record<RouteEntry['csrf'], string>> = { checked: 'checked', exempt: '**exempt**', unchecked: '**unchecked**', 'not-needed': '–' };

export function inventory(card: ReportCard): string {
  const tables = present(
    block('Routes', routes(card.inventory.routes)), block('Variables of the environment', variables(card.inventory.variables)), block('Jobs', jobs(card.inventory)), block('Models', models(card.inventory)), block('Files', files(card)),
    card.inventory.failed.length > 0 && `These tables could not be made, which is a fault of shipworthy: ${card.inventory.failed.join(', ')}.`,
  );
  return tables.join('\n\n');
}

function block(title: string, content: string): string {
  return content === '' ? '' : `### ${title}\n\n${content}`;
}

function are(amount: number): string {
  return amount === 1 ? 'is' : 'are';
}

function routes(all: readonly RouteEntry[]): string {
  if (all.length === 0) return '';
  const amount = (of: (route: RouteEntry) => boolean) => all.filter(of).length;
  const [unchecked, exempt] = [amount((one) => one.csrf === 'unchecked'), amount((one) => one.csrf === 'exempt')];
  const [inside, named, open, limited] = [amount((one) => one.auth === 'inside'), amount((one) => one.auth === 'public' && one.by === undefined), amount((one) => one.auth === 'open'), amount((one) => one.limit !== 'none')];
  const declared = amount((one) => one.auth === 'public' && one.by !== undefined);
  const asked = list(present(
    `${amount((one) => one.auth === 'guarded')} of ${count(all.length, 'route')} ${amount((one) => one.auth === 'guarded') === 1 ? 'asks' : 'ask'} who is there before ${amount((one) => one.auth === 'guarded') === 1 ? 'it runs' : 'they run'}`, inside > 0 && `${inside} may ask in the body`,
    named > 0 && `${named} ${are(named)} open as the name says (login, health and the like)`, declared > 0 && `${declared} ${are(declared)} open because the code says so`, open > 0 && `${open} ${are(open)} open`,
  ));
  const sum = present(
    `${asked}.`, limited === 0 ? 'None has a rate limit.' : limited === all.length ? 'All have a rate limit.' : `${limited} ${limited === 1 ? 'has' : 'have'} a rate limit.`,
    unchecked > 0 && `${unchecked} that ${unchecked === 1 ? 'trusts' : 'trust'} a cookie ${are(unchecked)} not checked for where a request comes from.`, exempt > 0 && `${exempt} ${are(exempt)} exempt from that check.`,
  ).join(' ');
  return paragraphs(sum, longTable('All routes', ['Method', 'Path', 'Handler', 'Guard', 'Rate limit', 'CSRF'], all.map((one) => [
    one.methods.join(', ') || 'any', codeSpan(one.path), spotLink(one.at), one.by === undefined ? AUTH[one.auth] : codeSpan(one.by), LIMIT[one.limit], CSRF[one.csrf],
  ])));
}

const NEEDS: Readonly<Record<VariableEntry['need'], string>> = { required: '**required**', expected: 'no default', optional: 'has a default' };

/** Names and places, never a value. */
export function variables(all: readonly VariableEntry[]): string {
  if (all.length === 0) return '';
  const needs = ['required', 'expected', 'optional'] as const;
  const sorted = all.toSorted((a, b) => needs.indexOf(a.need) - needs.indexOf(b.need));
  const nowhere = all.filter((one) => one.declared.length === 0).length;
  const required = all.filter((one) => one.need === 'required').length;
  const sum = `${count(all.length, 'variable')}, ${required === 0 ? 'none' : required} of them required. ${nowhere === 0 ? 'Each is declared somewhere.' : `${nowhere} ${nowhere === 1 ? 'is' : 'are'} declared nowhere; \`shipworthy env\` writes a template.`}`;
  return paragraphs(sum, longTable('All variables', ['Name', 'Need', 'Secret', 'Read in', 'Declared in'], sorted.map((one) => [
    codeSpan(one.name), NEEDS[one.need], one.secret ? 'yes' : '–', spotLinks(one.reads, 2), one.declared.slice(0, 3).map((each) => `${each.kind}: ${spotLink(each)}`).join(', ') || '**nowhere**',
  ])));
}

function jobs({ jobs: all }: Inventory): string {
  return all.length === 0 ? '' : longTable('All jobs', ['Job', 'When', 'By', 'Place'], all.map((job) => [codeSpan(job.name), markdownText(job.when), markdownText(job.by), spotLink(job.at)]));
}

function models({ models: all }: Inventory): string {
  if (all.length === 0) return '';
  const indexed = longTable('All models', ['Model', 'Columns', 'Indexes', 'Leads to', 'Place'], all.map((model) => [
    codeSpan(model.name), String(model.columns), indexes(model.indexes), model.relations.map(codeSpan).join(', ') || '–', spotLink(model.at),
  ]));
  return paragraphs(`${count(all.length, 'model')}. A star marks what is unique.`, indexed, diagram({ models: all }));
}

/** At most so many indexes, and models in the diagram. */
const INDEXES = 5;
const DRAWN = 40;

function indexes(all: Inventory['models'][number]['indexes']): string {
  const texts = [...new Set(all.map((one) => codeSpan(`${one.columns.join(' + ')}${one.unique ? ' *' : ''}`)))];
  return [...texts.slice(0, INDEXES), ...(texts.length > INDEXES ? [`${texts.length - INDEXES} more`] : [])].join(', ') || '–';
}

/** Which models lead to which, in Mermaid; names that are no plain words are left out, for they would be markup. */
function diagram({ models: all }: Pick<Inventory, 'models'>): string {
  const plain = (name: string) => /^[A-Za-z_]\w*$/.test(name);
  const lines = all.slice(0, DRAWN).filter((model) => plain(model.name)).flatMap((model) => model.relations.filter(plain).map((target) => `  ${model.name} --> ${target}`));
  return lines.length === 0 ? '' : `<details>\n<summary>Diagram of the models</summary>\n\n${codeBlock(['graph LR', ...lines].join('\n'), '', 'mermaid')}\n</details>`;
}

function files(card: ReportCard): string {
  const { inventory: { files: kinds, markers, tests } } = card;
  if (kinds.length === 0) return '';
  const kept = present(markers.todo > 0 && `${markers.todo} TODO`, markers.fixme > 0 && `${markers.fixme} FIXME`, markers.other > 0 && `${markers.other} other`);
  const amount = markers.todo + markers.fixme + markers.other;
  const marked = kept.length === 0 ? 'No comment says that something is unfinished.' : `${list(kept)} ${amount === 1 ? 'comment says' : 'comments say'} that something is unfinished, in ${count(markers.files, 'file')}.`;
  const tested = tests.cases === 0 ? 'There are no tests that could be counted.' : `${count(tests.cases, 'test')} in ${count(tests.files, 'file')}${tests.tools.length > 0 ? ` (${tests.tools.map(markdownText).join(', ')})` : ''}.`;
  return `${marked} ${tested} By kind: ${list(kinds.map((one) => `${markdownText(one.kind.replace(/, (.*)/, ' ($1)'))} ${one.count}`), 12)}.`;
}

/** The routes that matter most, with the tests that speak of them. */
export function flows({ inventory: { flows: all } }: ReportCard): string {
  if (all.length === 0) return 'No route is named for a login, a payment, an upload or another such flow.';
  return paragraphs('Routes that are named for what they guard, and the tests that visit or name them.', table(['Route', 'Handler', 'Tests'], all.map((flow) => [
    codeSpan(flow.route), spotLink(flow.at), flow.tests.slice(0, 2).map(codeSpan).join(', ') || '**none**',
  ])));
}
