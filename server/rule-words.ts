/** A rule in a few lines, where its name stands: what holds, what it weighs, why, and how. */
import type { RuleCard } from '../engine/audit/outcome';
import { webLink } from '../report/escape';
import { CATEGORY_TITLES, CONFIDENCE_WORDS, count, EFFORT_WORDS, SEVERITY_WORDS } from '../report/words';
import type { Ink } from './ink';

/** Paragraphs about a rule. @param titled whether its title comes first */
export function aboutRule(card: RuleCard, ink: Ink, titled: boolean): string {
  return [...(titled ? [ink.strong(card.title)] : []), ink.plain(weight(card)), ink.prose(card.why), ink.prose(card.how), signature(card.id, card, ink)].join('\n\n');
}

/** The id of a rule, and where to read on. */
export function signature(rule: string, card: RuleCard | undefined, ink: Ink): string {
  return [ink.code(rule), ...(card?.links ?? []).flatMap((href) => webLink(href) ?? []).map(ink.link)].join(' · ');
}

/** `High, confirmed · 15 points of Security · about half an hour to mend`. */
function weight({ severity, confidence, points, category, effort }: RuleCard): string {
  return [`${SEVERITY_WORDS[severity]}, ${CONFIDENCE_WORDS[confidence].toLowerCase()}`, `${count(points, 'point')} of ${CATEGORY_TITLES[category]}`, `${EFFORT_WORDS[effort]} to mend`].join(' · ');
}
