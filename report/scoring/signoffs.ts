/**
 * Sign-offs on one day: what state each control is in, which rules a sign-off stands for, and what one that failed weighs.
 * They give no points and open no blocker; they decide whether what the code says is enough for READY.
 */
import { POINTS, dayNumber, dayText } from '../../rules/kit';
import type { Audit, Notice, Outcome, RuleCard } from '../../engine/audit/outcome';
import type { AskedControl, Signed, Signoff } from '../../engine/audit/signed';
import { ANSWERED, type SignoffCard, type SignoffState } from '../signoff-card';
import { byText } from './order';
import { roundTenths } from './tenths';
import type { Weighed } from './weighed';

const WARN_DAYS = 14;

interface Judged { readonly cards: readonly SignoffCard[]; readonly notices: readonly Notice[] }

/** Every control of an audit on one day, in the order of the catalogue, and what there is to say where they were signed. */
export function judgeSignoffs({ signoffs }: Audit, today: number): Judged {
  const cards = (signoffs?.controls ?? []).map((control) => cardOf(control, signoffs?.signed.find(({ record }) => record.control === control.id), today));
  return { cards, notices: cards.flatMap(noticeOf) };
}

function cardOf(control: AskedControl, signed: Signed | undefined, today: number): SignoffCard {
  const { id, title, category, severity, question, evidence, maxAgeDays, twoPerson, required, resolves, watches } = control;
  const common = { control: id, title, category, severity, question, evidenceExpected: evidence, maxAgeDays, twoPerson, required, resolves, watches };
  if (!signed) return { ...common, state: 'missing' };
  const last = lastDay(control, signed.record);
  const state = stateOf(control, signed, last, today);
  const remark = remarkOf(control, signed, state, last, today);
  return { ...signed.record, ...common, state, expires: dayText(last), daysLeft: last - today, where: signed.where, ...(remark !== undefined && { remark }) };
}

/** The control's own end wins over a later one: otherwise a sign-off could be written to last for ever. */
function lastDay({ maxAgeDays }: AskedControl, { on, expires }: Signoff): number {
  return Math.min((dayNumber(on) ?? 0) + maxAgeDays, (expires === undefined ? undefined : dayNumber(expires)) ?? Infinity);
}

function stateOf(control: AskedControl, { record, changed }: Signed, last: number, today: number): SignoffState {
  if ((dayNumber(record.on) ?? Infinity) > today) return 'missing';
  if (record.status === 'failed') return 'failed';
  if (today > last) return 'expired';
  if (changed === 'yes') return 'stale';
  if (control.twoPerson && record.reviewedBy === undefined) return 'pending';
  if (record.status === 'not-applicable') return 'not-applicable';
  return last - today <= WARN_DAYS ? 'expiring' : 'signed';
}

function remarkOf({ maxAgeDays }: AskedControl, { record, changed }: Signed, state: SignoffState, last: number, today: number): string | undefined {
  if ((dayNumber(record.on) ?? Infinity) > today) return `It is signed for ${record.on}, which is yet to come.`;
  if (state === 'pending') return 'It waits for a second person: add `reviewedBy`.';
  if (state === 'stale') return 'Files it speaks about are others than when it was signed.';
  if (changed === 'unknown' && state !== 'failed' && state !== 'expired') return 'Whether files it speaks about have changed since cannot be told: it has no digest. `shipworthy signoff` writes one.';
  if (record.expires !== undefined && (dayNumber(record.expires) ?? 0) > last) return `It counts until ${dayText(last)}: this control lasts at most ${maxAgeDays} days.`;
  return undefined;
}

function noticeOf(card: SignoffCard): readonly Notice[] {
  const { where, control, state, expires, daysLeft = 0, remark } = card;
  if (!where) return [];
  const ends = state !== 'expired' && state !== 'failed' && daysLeft <= WARN_DAYS && daysLeft >= 0;
  const said: Partial<Record<SignoffState, string>> = {
    expired: `The sign-off of ${control} ended on ${expires ?? ''}. Do it again and sign it again.`,
    stale: `The sign-off of ${control} is stale: files it speaks about are others than when it was signed. Do it again and sign it again.`,
    failed: `${control} is signed as failed. Mend it, then sign it again.`,
    pending: `The sign-off of ${control} waits for a second person: add \`reviewedBy\`.`,
  };
  const message = said[state] ?? (ends ? `The sign-off of ${control} ends ${daysLeft === 0 ? 'today' : daysLeft === 1 ? 'tomorrow' : `in ${daysLeft} days`}. Renew it.` : remark && `The sign-off of ${control}: ${remark}`);
  return message === undefined ? [] : [{ code: 'signoff', path: where.path, range: where.range, message, incomplete: false }];
}

/** Required controls that keep the verdict from being READY because nobody has answered for them, by name; one that failed was answered, and weighs as a finding. */
export function openSignoffs(cards: readonly SignoffCard[]): readonly SignoffCard[] {
  return cards.filter(({ required, state }) => required && !ANSWERED.has(state) && state !== 'failed').sort((a, b) => byText(a.control, b.control));
}

/**
 * Outcomes with those open rules resolved that a sign-off stands for: the control is provided outside the repository. One that
 * could not be checked stays so: counted as checked it could make its category apply, and the card better without the sign-off.
 */
export function attest(outcomes: readonly Outcome[], rules: Readonly<Record<string, RuleCard>>, cards: readonly SignoffCard[]): readonly Outcome[] {
  const standing = new Map(cards.filter(({ status, state }) => status === 'passed' && (state === 'signed' || state === 'expiring')).map((card) => [card.control, card]));
  if (standing.size === 0) return outcomes;
  return outcomes.map((outcome) => {
    const control = rules[outcome.rule]?.attestable;
    const card = control === undefined ? undefined : standing.get(control);
    if (!card?.where || outcome.state !== 'open') return outcome;
    const { by = '', expires: until = '', statement = '', where } = card;
    return { ...outcome, state: 'attested', findings: [], attested: { control: card.control, by, until, statement, where, findings: outcome.findings } };
  });
}

/** What sign-offs that failed weigh: each acts as one confirmed finding of its control's severity, and a required one blocks. */
export function failed(cards: readonly SignoffCard[]): readonly Weighed[] {
  return cards.filter(({ state }) => state === 'failed').map(({ control, category, severity, required }): Weighed => {
    const points = POINTS[severity].usual;
    const cost = roundTenths(points * 10);
    return {
      rule: control, signoff: true, category, ran: true, worth: 0, bound: cost, cost, sure: cost,
      parts: points === 0 ? [] : [{ occurrences: 1, points, confidence: 'confirmed', factor: 1 }], occurrences: 1, accepted: 0, severity,
      caps: severity === 'critical' || severity === 'high' ? severity : 'nothing', blocks: required || severity === 'critical', acceptedCritical: false,
    };
  });
}
