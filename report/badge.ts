/** A badge for a README: the verdict and the score, as a picture or as the data that shields.io draws one from. Its colour is the verdict's. */
import { dayNumber } from '../rules/kit';
import type { ReportCard, Verdict } from './card';
import { htmlText } from './escape';
import { printed } from './json';
import { scoreText } from './words';

/** A verdict older than this says nothing of today's code. */
const FRESH_DAYS = 30;
const LABEL = 'shipworthy';

type Tone = 'ready' | 'mostly' | 'not' | 'unknown';
interface Badge { readonly message: string; readonly tone: Tone }

/** Fills of the picture: white letters on each have a contrast of at least 4.5. */
export const FILLS: Readonly<Record<Tone | 'label', string>> = { ready: '#1a7f37', mostly: '#8a5a00', not: '#b42318', unknown: '#57606a', label: '#30363d' };
/** Names that shields.io knows. */
const NAMES: Readonly<Record<Tone, string>> = { ready: 'brightgreen', mostly: 'yellow', not: 'red', unknown: 'lightgrey' };
const TONES: Readonly<Record<Verdict, Tone>> = { READY: 'ready', 'MOSTLY READY': 'mostly', 'NOT READY': 'not', INCONCLUSIVE: 'unknown' };
/** Worst first: one badge for several applications shows the one that is furthest from shipping. */
const ORDER: readonly Verdict[] = ['NOT READY', 'INCONCLUSIVE', 'MOSTLY READY', 'READY'];

/** The badge as an SVG picture that needs nothing from elsewhere. `asOf` is the ISO day it is shown on. */
export function badge(cards: readonly ReportCard[], asOf: string): string {
  const { message, tone } = badgeOf(cards, asOf);
  const [left, right] = [width(LABEL) + 12, width(message) + 12];
  const title = htmlText(`${LABEL}: ${message}`);
  const text = (words: string, x: number, room: number) => `<text x="${x}" y="14" textLength="${room - 12}" lengthAdjust="spacingAndGlyphs">${htmlText(words)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" viewBox="0 0 ${left + right} 20" role="img" aria-label="${title}">`,
    `  <title>${title}</title>`,
    `  <path fill="${FILLS.label}" d="M3 0h${left - 3}v20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z"/>`,
    `  <path fill="${FILLS[tone]}" d="M${left} 0h${right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-${right - 3}z"/>`,
    '  <g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">',
    `    ${text(LABEL, 6, left)}`, `    ${text(message, left + 6, right)}`,
    '  </g>', '</svg>', '',
  ].join('\n');
}

/** The badge as the JSON of a shields.io endpoint: https://shields.io/badges/endpoint-badge */
export function badgeJson(cards: readonly ReportCard[], asOf: string): string {
  const { message, tone } = badgeOf(cards, asOf);
  return printed({ schemaVersion: 1, label: LABEL, message, color: NAMES[tone], ...(tone === 'unknown' && { isError: true }) });
}

function badgeOf(cards: readonly ReportCard[], asOf: string): Badge {
  const worst = cards.toSorted((a, b) => ORDER.indexOf(a.verdict.value) - ORDER.indexOf(b.verdict.value) || (a.score.value ?? -1) - (b.score.value ?? -1))[0];
  if (!worst) return { message: 'nothing to check', tone: 'unknown' };
  const verdict = worst.verdict.value.toLowerCase();
  const age = (dayNumber(asOf) ?? 0) - (dayNumber(worst.asOf) ?? 0);
  if (age > FRESH_DAYS) return { message: `${verdict} ${age} days ago`, tone: 'unknown' };
  return { message: worst.score.value === null ? verdict : `${scoreText(worst)} · ${verdict}`, tone: TONES[worst.verdict.value] };
}

/** Pixels that a text takes in Verdana at 11 px, nearly: `textLength` makes it exact where the font is another. */
function width(text: string): number {
  let all = 0;
  for (const letter of text) all += /[ijl.,:'|]/.test(letter) ? 3.6 : /[mwMW]/.test(letter) ? 10.2 : /[ ftrI·]/.test(letter) ? 4.4 : /[A-Z+−–]/.test(letter) ? 8.2 : 6.9;
  return Math.round(all);
}
