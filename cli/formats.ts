/** Every form of a report, by its name on the command line. */
import { sha256 } from '../engine/records/digest';
import { badge, badgeJson } from '../report/badge';
import type { ReportCard } from '../report/card';
import { csv } from '../report/csv';
import { line } from '../report/escape';
import { githubAnnotations } from '../report/github/annotations';
import { githubComment, githubSummary } from '../report/github/summary';
import { gitlab } from '../report/gitlab';
import { page } from '../report/html';
import { json } from '../report/json';
import { junit } from '../report/junit';
import { lines } from '../report/lines';
import { markdown } from '../report/markdown';
import { sarif } from '../report/sarif';
import { overviewMarkdown, overviewText } from '../report/repository';
import { text } from '../report/text';
import { UsageError } from './exit';
import type { Product } from './surroundings';

export const formats: Product['formats'] = {
  text: (cards, style) => [...cards.map((card) => text(card, style)), overviewText(cards)].filter((one) => one !== '').join('\n'),
  markdown: (cards, style) => [overviewMarkdown(cards), ...cards.map((card) => markdown(card, style.markdown))].filter((one) => one !== '').join('\n---\n\n'),
  json: (cards) => cards.length === 1 ? cards.map(json).join('') : `[\n${cards.map((card) => json(card).trimEnd()).join(',\n')}\n]\n`,
  html: (cards, style) => onePage(cards, style.markdown?.start),
  sarif: (cards) => sarif(cards, 'github'),
  'sarif-full': (cards, { fixes }) => sarif(cards, 'full', fixes),
  csv, lines, junit, gitlab,
  'github-summary': githubSummary,
  'github-comment': githubComment,
  'github-annotations': githubAnnotations,
  badge: (cards, { asOf }) => badge(cards, asOf),
  'badge-json': (cards, { asOf }) => badgeJson(cards, asOf),
};

/** One document, about one application. */
function onePage(cards: readonly ReportCard[], start: string | undefined): string {
  const [card] = cards;
  if (!card || cards.length > 1) {
    throw new UsageError(`A page is about one application, and here are ${cards.length}. Check one of them: ${cards.map((one) => line(one.project.root)).join(', ')}.`);
  }
  return page(card, sha256, start);
}
