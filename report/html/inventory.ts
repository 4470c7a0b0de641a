/** What the application is made of, as tables to look things up in. */
import type { Inventory, Spot } from '../../engine/audit/inventory';
import type { ReportCard } from '../card';
import { htmlText } from '../escape';
import { count } from '../words';
import { bullets, part, place, table } from './parts';
import type { Mode } from './parts';

/** So many rows stand in the open; the others are folded away. */
const ROWS = 60;

export function inventory(card: ReportCard, mode: Mode): string {
  const { inventory: all } = card;
  return [routes(all, mode), variables(all, mode), madeOf(all, mode)].join('\n');
}

function spot(at: Spot, mode: Mode): string {
  const start = { line: at.line, character: 0 };
  return place({ path: at.path, range: { start, end: start } }, mode, true);
}

/** A table whose later rows unfold. */
function long(id: string, caption: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  if (rows.length <= ROWS + 5) return table(caption, heads, rows);
  const rest = rows.slice(ROWS);
  return `${table(caption, heads, rows.slice(0, ROWS))}<details data-key="more-${id}"><summary>${count(rest.length, 'more row')}</summary>${table(`${caption}, continued`, heads, rest)}</details>`;
}

const AUTH_WORDS = { guarded: 'Guarded', inside: 'Inside', public: 'Public', open: 'Open' } as const;
const LIMIT_WORDS = { own: 'Its own', all: 'For all', none: 'None' } as const;
const CSRF_WORDS = { checked: 'Checked', exempt: 'Exempt', unchecked: 'Unchecked', 'not-needed': '–' } as const;

function routes({ routes: all }: Inventory, mode: Mode): string {
  const rows = all.map((one) => [
    `<code>${htmlText(`${one.methods.join(' ') || 'ANY'} ${one.path}`)}</code>`, spot(one.at, mode), `${AUTH_WORDS[one.auth]}${one.by === undefined ? '' : ` <span class="about">${htmlText(one.by)}</span>`}`, LIMIT_WORDS[one.limit], CSRF_WORDS[one.csrf],
  ]);
  return part('routes', 'Routes', long('routes', 'Routes, with who may use them, their rate limit and their CSRF check', ['Route', 'Handler', 'Access', 'Limit', 'CSRF'], rows), all.length);
}

const NEED_WORDS = { required: 'Required', expected: 'Expected', optional: 'Has a default' } as const;

function variables({ variables: all }: Inventory, mode: Mode): string {
  const rows = all.map((one) => {
    const declared = [...new Map(one.declared.map((each) => [each.kind, each])).values()];
    return [
      `<code>${htmlText(one.name)}</code>${one.secret ? ' <span class="about">secret</span>' : ''}`, NEED_WORDS[one.need], one.reads.slice(0, 2).map((each) => spot(each, mode)).join(' ') + (one.reads.length > 2 ? ` and ${one.reads.length - 2} more` : ''),
      declared.length === 0 ? 'nowhere' : declared.slice(0, 3).map((each) => `${spot(each, mode)} <span class="about">${each.kind}</span>`).join('<br>'),
    ];
  });
  return part('variables', 'Variables', long('variables', 'Variables of the environment that the code reads; never their values', ['Name', 'Need', 'Read in', 'Declared in'], rows), all.length);
}

function madeOf(all: Inventory, mode: Mode): string {
  const { jobs, models, flows, markers, tests, scope } = all;
  const named = (title: string, list: readonly (Spot & { readonly text: string })[]) => (list.length === 0 ? '' : `<h3>${title}</h3>${bullets(list.slice(0, 20).map((one) => `${htmlText(one.text)} ${spot(one, mode)}`))}`);
  const section = (title: string, content: string) => (content === '' ? '' : `<h3>${title}</h3>${content}`);
  return part('made-of', 'Made of', [
    section('Stack', all.stack.length === 0 ? '' : table('Languages, frameworks and services found', ['Name', 'What', 'Version', 'Found in'], all.stack.map((one) => [htmlText(one.name), one.part, htmlText(one.version ?? '–'), spot(one.at, mode)]))),
    named('Starts in', scope.entries), named('Visitors prove who they are by', scope.auth), named('Talks to', scope.services), named('Stands behind', scope.fronts),
    section('Critical flows', long('flows', 'Routes where a mistake costs money, data or an account, and the tests that name them', ['Route', 'Handler', 'Test'], flows.map((one) => [`<code>${htmlText(one.route)}</code>`, spot(one.at, mode), one.tests.length === 0 ? 'none' : one.tests.map((test) => `<code>${htmlText(test)}</code>`).join(' ')]))),
    section('Jobs', long('jobs', 'What runs by itself', ['Job', 'When', 'By', 'Where'], jobs.map((one) => [htmlText(one.name), htmlText(one.when), htmlText(one.by), spot(one.at, mode)]))),
    section('Models', long('models', 'Tables and collections', ['Model', 'Table', 'Columns', 'Indexes', 'Leads to', 'Where'], models.map((one) => [
      htmlText(one.name), htmlText(one.table ?? '–'), String(one.columns), htmlText(one.indexes.map((index) => `${index.columns.join(', ')}${index.unique ? ' (unique)' : ''}`).join('; ') || '–'), htmlText(one.relations.join(', ') || '–'), spot(one.at, mode),
    ]))),
    `<h3>Amounts</h3><p>${htmlText([`${count(tests.cases, 'test')} in ${count(tests.files, 'file')}${tests.tools.length > 0 ? ` (${tests.tools.join(', ')})` : ''}`, `${markers.todo} TODO, ${markers.fixme} FIXME and ${markers.other} other markers in ${count(markers.files, 'file')}`, ...all.files.slice(0, 12).map((one) => `${one.count} ${one.kind}`)].join('; '))}.</p>`,
    all.failed.length > 0 ? `<p>Could not be made, which is a fault of Shipworthy: ${htmlText(all.failed.join(', '))}.</p>` : '',
  ].join('\n'));
}
