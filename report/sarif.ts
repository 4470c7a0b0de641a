/**
 * The card as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), for code scanning and for viewers.
 * Two profiles, because a host makes an alert of every result: `github` has what is open and nothing else, `full` has all that the
 * card says, with the edits of fixes where somebody can make them. Both list every rule that was asked, so that a host can close the alerts of
 * those that now hold.
 */
import type { ReportCard } from './card';
import { line } from './escape';
import { printed } from './json';
import { rationed, type Fixes } from './sarif/fix';
import { comparedFailing, failing, passing, suppressed } from './sarif/result';
import { notificationKinds, notifications } from './sarif/notification';
import { reportingDescriptor } from './sarif/rule';

/** More than these a code scanning upload shows nobody. */
const MOST_RESULTS = 5000;

export type SarifProfile = 'github' | 'full';

/**
 * One log with a run for each card. Columns are UTF-16 units from 1, paths are relative to the root of the repository.
 * @param fixes makes the edits of fixes, for the profile `full`; a card by itself knows only which there are
 */
export function sarif(cards: readonly ReportCard[], profile: SarifProfile, fixes: Fixes = () => []): string {
  return printed({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0',
    runs: cards.map((card) => run(card, profile, fixes)),
  });
}

function run(card: ReportCard, profile: SarifProfile, fixes: Fixes): object {
  const open = failing(card);
  const results = profile === 'github' ? open.slice(0, MOST_RESULTS) : [...comparedFailing(card, rationed(fixes)), ...suppressed(card), ...passing(card)];
  return {
    tool: { driver: driver(card, profile) },
    automationDetails: { id: category(card) },
    columnKind: 'utf16CodeUnits', language: 'en', redactionTokens: ['***'],
    originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the repository, or the checked folder where there is none.' } } },
    invocations: [{ executionSuccessful: true, ...(profile === 'full' && notifications(card)) }],
    results,
    properties: { shipworthy: { ...summary(card), resultsLeftOut: profile === 'github' ? open.length - results.length : 0 } },
  };
}

/** A host compares a run with the one before of the same category, which is what stands before the last slash. */
function category({ project }: ReportCard): string {
  return project.root === '' ? 'shipworthy/' : `shipworthy/${line(project.root)}/`;
}

function driver(card: ReportCard, profile: SarifProfile): object {
  return {
    name: 'Shipworthy', version: card.tool.version, semanticVersion: card.tool.version,
    rules: card.results.map((result) => reportingDescriptor(result.card)),
    ...(profile === 'full' && { notifications: notificationKinds(card) }),
  };
}

function summary({ asOf, ruleset, scoring, verdict, score, counts, categories, project, customised }: ReportCard): object {
  return {
    asOf, ruleset, scoring, customised, project: project.name, ...(project.commit !== undefined && { commit: project.commit }), verdict, score, counts,
    categories: categories.map(({ id, title, status, score: points, grade, weight, effectiveWeight, raw, coverage, ledger }) => ({
      id, title, status, score: points, grade, weight, effectiveWeight, raw, coverage, ledger,
    })),
  };
}

