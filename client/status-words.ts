import { markdownProse } from '../report/escape';
import { count, percent, scoreText } from '../report/words';
import type { PlacedCard } from './cards';
import type { ServerState } from './language-server';
import { headline, spokenGrade } from './words';

export interface Status {
  /** With product icons: `$(shield) B+ 87.9`. */
  readonly text: string;
  /** One line under it. */
  readonly detail: string;
  /** Markdown: why it is so. */
  readonly tooltip: string;
  readonly spoken: string;
  readonly severity: 'none' | 'warning' | 'error';
  readonly busy: boolean;
  readonly command: { readonly title: string; readonly id: string };
}

const OPEN_REPORT = { title: 'Open Report', id: 'shipworthy.openReport' };

/**
 * What the status items say.
 * @param worst the card that speaks for all
 * @param cards how many there are
 * @returns undefined when there is nothing to say: a workspace in which nothing is known
 */
export function statusOf(server: ServerState, { worst, cards, scanning }: {
  readonly worst: PlacedCard | undefined; readonly cards: readonly PlacedCard[]; readonly scanning: boolean;
}): Status | undefined {
  if (server.kind === 'stopped') return stopped(server.reason);
  if (worst) return graded(worst, cards.length, scanning);
  return scanning ? reading() : undefined;
}

function graded({ card }: PlacedCard, cards: number, scanning: boolean): Status {
  const { verdict, score, counts, project } = card;
  const blockers = counts.blockers > 0 ? count(counts.blockers, 'blocker') : '';
  const reasons = verdict.reasons.map(({ text }) => `- ${markdownProse(text)}`).join('\n');
  const others = cards > 1 ? `The worst of ${count(cards, 'application')}: ${markdownProse(project.name)}.` : '';
  const trust = `Coverage ${percent(score.coverage)}, confidence ${score.confidence}.`;
  return {
    text: `${scanning ? '$(sync~spin)' : '$(shield)'} ${scoreText(card)}`,
    detail: [verdict.value, blockers].filter(Boolean).join(' · '),
    tooltip: [`**Shipworthy: ${markdownProse(headline(card))}**`, reasons, others, trust].filter(Boolean).join('\n\n'),
    spoken: [`Shipworthy: ${verdict.value.toLowerCase()}`, spokenGrade(score.grade, score.value), blockers, scanning ? 'reading files' : ''].filter(Boolean).join(', '),
    severity: verdict.value === 'NOT READY' ? 'warning' : 'none',
    busy: scanning,
    command: OPEN_REPORT,
  };
}

function reading(): Status {
  return {
    text: '$(sync~spin) Shipworthy', detail: 'Reading the files of this workspace.', tooltip: 'Shipworthy is reading the files of this workspace.',
    spoken: 'Shipworthy: reading files', severity: 'none', busy: true, command: OPEN_REPORT,
  };
}

/** An error for the language status, which is where VS Code lists what does not work. */
function stopped(reason: string): Status {
  return {
    text: '$(debug-disconnect) Shipworthy stopped', detail: reason,
    tooltip: `**Shipworthy has stopped.** ${markdownProse(reason)}\n\n[Restart](command:shipworthy.restart) · [Show Log](command:shipworthy.showLog)`,
    spoken: `Shipworthy has stopped. ${reason}`, severity: 'error', busy: false, command: { title: 'Restart', id: 'shipworthy.restart' },
  };
}
