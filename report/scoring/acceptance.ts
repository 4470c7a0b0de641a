/**
 * Accepted risks end. Which of them still hold depends on the day the card is made for, so it is decided here and not where
 * the comments are read. What is not complete does not count: a typing error in a date must not silence a finding for ever.
 */
import type { Audit, Finding, Notice, Outcome, Silenced } from '../../engine/audit/outcome';
import { dayNumber } from '../../rules/kit';
import type { Severity } from '../../rules/kit';
import { byWeight } from './order';

/** Days an acceptance may last, from the day of the card. */
const LONGEST = { critical: 30, other: 180 };
const WARN_DAYS = 14;

interface Settled { readonly outcomes: readonly Outcome[]; readonly notices: readonly Notice[] }

/** Days from the day of the card for which a risk of this severity may be accepted. */
export function longestAcceptance(severity: Severity): number {
  return severity === 'critical' ? LONGEST.critical : LONGEST.other;
}

/**
 * The audit's outcomes on one day: acceptances that ended or are incomplete are open findings again, each with a notice;
 * those that end within 14 days get a notice too.
 *
 * @param today whole days since 1970
 */
export function settle(audit: Audit, today: number): Settled {
  const notices: Notice[] = [];
  const outcomes = audit.outcomes.map((outcome) => {
    const reopened: Finding[] = [];
    const kept = outcome.silenced.filter((silenced) => {
      const fault = faultOf(silenced, today);
      if (fault) {
        reopened.push(silenced.finding);
        const ended = (daysLeft(silenced, today) ?? 0) < 0;
        notices.push({ ...notice(silenced, `This acceptance of ${silenced.finding.rule} does not count: ${fault}.`), ...(ended && { ended }) });
        return false;
      }
      const left = daysLeft(silenced, today);
      if (left !== undefined && left <= WARN_DAYS) {
        notices.push(notice(silenced, `This acceptance of ${silenced.finding.rule} ends ${ending(left)}. Fix the finding or renew it.`));
      }
      return true;
    });
    return reopened.length === 0 ? outcome : open(outcome, reopened, kept);
  });
  return { outcomes, notices };
}

/** The outcomes as if nobody had silenced anything. */
export function unsilenced(outcomes: readonly Outcome[]): readonly Outcome[] {
  return outcomes.map((outcome) => outcome.silenced.length === 0 ? outcome : open(outcome, outcome.silenced.map((one) => one.finding), []));
}

function open(outcome: Outcome, reopened: readonly Finding[], silenced: readonly Silenced[]): Outcome {
  return { ...outcome, state: 'open', findings: [...outcome.findings, ...reopened].sort(byWeight), silenced };
}

/** Why an acceptance does not count, if so. Other tools' comments have no slot for an end or a name: they are taken as they are. */
function faultOf(silenced: Silenced, today: number): string | undefined {
  if (silenced.lane !== 'accepted-risk' || silenced.tool !== 'shipworthy') return undefined;
  if (silenced.reason.trim() === '') return 'it gives no reason';
  if (!silenced.by?.trim()) return 'it does not say who accepts the risk';
  if (silenced.until === undefined) return 'it has no end';
  const left = daysLeft(silenced, today);
  if (left === undefined) return 'its end is not a day such as 2027-01-31';
  if (left < 0) return `it ended on ${silenced.until}`;
  const longest = longestAcceptance(silenced.finding.severity);
  return left > longest ? `it ends in ${left} days, and ${longest} is the most for this severity` : undefined;
}

/** The last day still counts as 0. */
function daysLeft(silenced: Silenced, today: number): number | undefined {
  if (silenced.lane !== 'accepted-risk' || silenced.until === undefined) return undefined;
  const end = dayNumber(silenced.until);
  return end === undefined ? undefined : end - today;
}

function ending(days: number): string {
  return days === 0 ? 'today' : days === 1 ? 'tomorrow' : `in ${days} days`;
}

function notice({ where }: Silenced, message: string): Notice {
  return { code: 'suppression', path: where.path, range: where.range, message, incomplete: false };
}
