/**
 * The card as one HTML document, for the editor's panel and as a page to keep, send and print. There is one renderer: the panel
 * adds buttons that open places, apply fixes and explain rules. Nothing is loaded from anywhere; style and script carry a
 * nonce and nothing else may run. All text of the repository is escaped.
 */
import { categories } from './html/categories';
import { findings } from './html/findings';
import { checklist, controls } from './html/checklist';
import { inventory } from './html/inventory';
import { about, outcomes, strengthList } from './html/outcomes';
import { overview } from './html/overview';
import type { Mode } from './html/parts';
import { plan } from './html/plan';
import { STYLE } from './html/style';
import { contents, tabbed } from './html/tabs';
import { titleBlock } from './html/title';
import { changes, trend } from './html/trend';
import type { ReportCard } from './card';
import { htmlText } from './escape';
import { json } from './json';
import { PANEL_SCRIPT } from './panel-script';

interface HtmlOptions {
  readonly mode: Mode;
  /** Made anew for every document of the panel: letters, digits, `+`, `/` and `=`. */
  readonly nonce: string;
  /** The panel's source of resources. A page has none. */
  readonly cspSource?: string;
  /** Of a page: ISO day on which the work begins. */
  readonly start?: string;
}

/**
 * The whole document.
 *
 * @throws RangeError when the nonce or the source could break out of the policy
 */
export function html(card: ReportCard, options: HtmlOptions): string {
  const { mode, nonce } = options;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(options)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="shipworthy ${htmlText(card.tool.version)}">
<title>${htmlText(card.project.name)}: ${card.verdict.value}</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body class="${mode}">
<a class="skip" href="#findings-title">Skip to the findings</a>
<header class="top">
<div><h1>${htmlText(card.project.name)} <span class="kind">report card</span></h1>${mode === 'page' ? `\n${contents(card)}` : ''}</div>
${mode === 'panel' ? TOOLS : ''}
</header>
<main id="card">
${body(card, mode, options.start)}
</main>
<p id="said" class="unseen" role="status" aria-live="polite"></p>
<script nonce="${nonce}">${PANEL_SCRIPT}</script>
</body>
</html>
`;
}

/**
 * The page to keep, send and print. Its nonce follows from what is in it, so that the same card gives the same bytes and nobody can know it
 * while writing the code.
 *
 * @param digest of a text, in hex: SHA-256
 * @param start ISO day on which the work begins: phases of the plan have dates then
 */
export function page(card: ReportCard, digest: (text: string) => string, start?: string): string {
  return html(card, { mode: 'page', nonce: digest(json(card)).slice(0, 32), ...(start !== undefined && { start }) });
}

/** What is inside `<main>`: the panel takes it as the message `{ type: 'card', body }` when the card changes. */
export function body(card: ReportCard, mode: Mode, start?: string): string {
  const sections = {
    findings: findings(card, mode) + changes(card, mode), strengths: strengthList(card, mode) + controls(card, mode), checklist: checklist(card, mode), plan: plan(card, mode, start), inventory: inventory(card, mode),
    trend: trend(card), rest: outcomes(card, mode), about: about(card, mode),
  };
  return [titleBlock(card), overview(card, mode), categories(card, mode), tabbed(card, sections, mode)].join('\n');
}

/** What the panel can do with the card as a whole. Forms are those the server writes. */
const EXPORTS = [['html', 'HTML, to read and print'], ['markdown', 'Markdown'], ['json', 'JSON'], ['sarif', 'SARIF'], ['csv', 'CSV, one line a finding']] as const;
const TOOLS = `<div class="tools"><details class="menu"><summary>Export</summary><div>${EXPORTS.map(([form, title]) => `<button type="button" data-export="${form}">${title}</button>`).join('')}</div></details><button type="button" class="primary" data-rescan>Rescan</button></div>`;

function policy({ mode, nonce, cspSource = '' }: HtmlOptions): string {
  if (!/^[A-Za-z0-9+/=_-]+$/.test(nonce)) throw new RangeError('The nonce of a report must be letters, digits, +, /, -, _ and =.');
  if (!/^[^;,<>"]*$/.test(cspSource)) throw new RangeError('The source of a panel must be one or more origins without ; , < > and double quotes.');
  const source = mode === 'panel' && cspSource ? ` ${cspSource}` : '';
  return `default-src 'none'; style-src 'nonce-${nonce}'${source}; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`;
}
