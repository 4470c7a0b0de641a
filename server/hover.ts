/** What is said under the pointer: of a finding why, how and at what cost; of a comment that silences one, what it silences; of a rule's name, which rule that is. */
import type { Hover, HoverParams, Position } from 'vscode-languageserver';
import type { Finding, RuleCard, Silenced } from '../engine/audit/outcome';
import type { Session } from '../engine/audit/session';
import { CATEGORY_TITLES, CONFIDENCE_WORDS, EFFORT_WORDS, LANE_WORDS, list, SAFETY_WORDS, SEVERITY_WORDS } from '../report/words';
import { refuseCancelled } from './cancellation';
import { touches } from './convert';
import { visibleFindings } from './diagnostics';
import { inkFor, type Ink } from './ink';
import { answer } from './log';
import { mentionsIn } from './mentions';
import { aboutRule, signature } from './rule-words';
import { ruleCard, type Serving } from './serving';
import { auditsOn } from './today';

export function serveHover(serving: Serving): void {
  serving.connection.onHover((params, token) =>
    answer(serving.log, `The hover in ${params.textDocument.uri}`, async () => {
      const placed = serving.folders.nearest(params.textDocument.uri);
      const session = await placed?.folder.ready();
      refuseCancelled(token);
      return placed && session ? hover(serving, session, placed.path, params) : null;
    }));
}

function hover(serving: Serving, session: Session, path: string, { textDocument: { uri }, position }: HoverParams): Hover | null {
  const ink = inkFor(serving.client.markdown);
  const cardOf = (rule: string) => ruleCard(rule, serving.host, [session]);
  const findings = visibleFindings(session, path, serving.host.today()).filter(({ range }) => touches(range, at(position)));
  const silenced = silencedAt(session, path, position, serving.host.today());
  const document = serving.documents.get(uri);
  const mentions = document ? mentionsIn(session, path, document).filter(({ range }) => touches(range, at(position))) : [];
  const named = mentions.flatMap(({ rule, range }) => { const card = cardOf(rule); return card ? [{ card, range }] : []; });
  const parts = [
    ...findings.map((finding) => aboutFinding(finding, cardOf(finding.rule), ink, !serving.client.canPrompt)),
    ...silenced.map((one) => aboutSilenced(one, cardOf(one.finding.rule), ink)),
    ...named.map(({ card }) => aboutRule(card, ink, true)),
  ];
  const range = findings[0]?.range ?? named[0]?.range ?? silenced[0]?.where.range;
  return range ? { contents: ink.content(parts.join(ink.rule)), range } : null;
}

const at = (position: Position) => ({ start: position, end: position });

function silencedAt(session: Session, path: string, position: Position, asOf: string): readonly Silenced[] {
  const all = auditsOn(session, asOf).flatMap((day) => day.outcomes.flatMap((outcome) => outcome.silenced));
  return all.filter(({ where }) => where.path === path && touches(where.range, at(position)));
}

/** @param headline whether the message is said: VS Code shows the diagnostic above every hover, other editors do not */
function aboutFinding(finding: Finding, card: RuleCard | undefined, ink: Ink, headline: boolean): string {
  return [
    ...(headline ? [ink.strong(finding.message)] : []),
    ...(card ? [ink.prose(card.why), ink.prose(card.how)] : []),
    ink.plain(cost(finding)),
    ...fixes(finding, ink),
    signature(finding.rule, card, ink),
  ].join('\n\n');
}

/** `Critical, confirmed · 40 points of Security · blocks shipping · about half an hour to mend`. */
function cost({ severity, confidence, points, category, blocks, effort, because }: Finding): string {
  return [
    `${SEVERITY_WORDS[severity]}, ${CONFIDENCE_WORDS[confidence].toLowerCase()}${because ? `, because ${because}` : ''}`,
    `${points} ${points === 1 ? 'point' : 'points'} of ${CATEGORY_TITLES[category]}`,
    ...(blocks ? ['blocks shipping'] : []),
    `${EFFORT_WORDS[effort]} to mend`,
  ].join(' · ');
}

function fixes({ fixes: offers }: Finding, ink: Ink): readonly string[] {
  if (offers.length === 0) return [ink.plain('There is no fix to apply: it takes a person.')];
  const named = offers.map(({ title, safety }) => `${title} (${SAFETY_WORDS[safety]})`);
  const remaining = offers.flatMap(({ remains }) => (remains ? [ink.prose(`Still to do afterwards: ${remains}`)] : []));
  return [ink.prose(`${offers.length === 1 ? 'Fix' : 'Fixes'}: ${list(named)}.`), ...new Set(remaining)];
}

function aboutSilenced({ finding, lane, tool, reason, until, by }: Silenced, card: RuleCard | undefined, ink: Ink): string {
  const terms = [...(until ? [`until ${until}`] : []), ...(by ? [`by ${by}`] : []), ...(tool === 'shipworthy' ? [] : [`by a comment for ${tool}`])];
  return [
    ink.strong(`${LANE_WORDS[lane]}: ${finding.message}`),
    ink.plain([reason || 'No reason is given.', ...terms].join(' · ')),
    [ink.code(finding.rule), ...(card ? [ink.prose(card.title)] : [])].join(' · '),
  ].join('\n\n');
}
