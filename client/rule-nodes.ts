// The lower half of the tree: rules, and the places under them.
import type { Result } from '../report/card';
import { markdownProse } from '../report/escape';
import { count, LANE_WORDS, STATE_WORDS } from '../report/words';
import type { Evidence, Finding, PlacedCard, Range, Silenced } from './cards';
import type { Icon } from './tree-icons';
import { SEVERITY_ICONS, STATE_ICONS } from './tree-icons';
import type { Role, Subject, TreeNode } from './tree-model';
import { findingTooltip, ruleTooltip, silencedTooltip } from './tooltips';
import { capital, placeWords, spokenPlace } from './words';

interface Under {
  /** Id of the node above: the same rule can stand under several. */
  readonly under: string;
  /** The node above is the file: its name need not be repeated. */
  readonly inFile?: boolean;
}

/** Which findings a view shows; undefined where it shows what is silenced and what holds too. */
export type Keep = (finding: Finding) => boolean;

/** A rule with its places: open ones, then silenced ones, then the evidence. */
export function ruleNode(placed: PlacedCard, result: Result, { under, keep }: Under & { readonly keep: Keep | undefined }): TreeNode {
  const id = `${under}/${result.rule}`;
  const findings = keep ? result.findings.filter(keep) : result.findings;
  return {
    id,
    label: result.title,
    description: ruleDescription(result),
    tooltip: ruleTooltip(result),
    spoken: `${STATE_WORDS[result.state]}${result.state === 'open' ? `, ${result.severity}` : ''}: ${sentence(result)}`,
    icon: result.state === 'open' ? SEVERITY_ICONS[result.severity] : STATE_ICONS[result.state],
    roles: result.findings.some(({ fixes }) => fixes.some(({ safety }) => safety === 'safe')) ? ['rule', 'sweepable'] : ['rule'],
    subject: { card: placed.key, rule: result.rule },
    children: [
      ...findings.map((finding) => findingNode(placed, result, finding, { under: id })),
      ...(keep ? [] : result.silenced.map((silenced) => silencedNode(placed, result, silenced, { under: id }))),
      ...(keep ? [] : result.evidence.map((evidence, index) => evidenceNode(placed, result, evidence, { under: id, index }))),
    ],
    unfolded: false,
  };
}

function ruleDescription({ rule, state, severity, findings, silenced, reason, judged, attested }: Result): string {
  const words: Readonly<Record<Result['state'], string>> = {
    open: [severity, findings.length > 1 ? count(findings.length, 'place') : ''].filter(Boolean).join(' · '),
    accepted: `accepted in ${count(silenced.length, 'place')}`,
    attested: `attested${attested ? ` by ${attested.by} until ${attested.until}` : ''}`,
    holds: judged > 0 ? `holds in ${count(judged, 'place')}` : 'holds',
    'not-applicable': `not applicable: ${reason ?? ''}`,
    'not-checked': `not checked: ${reason ?? ''}`,
  };
  return `${rule} · ${words[state]}`;
}

function sentence({ title, state, findings, reason }: Result): string {
  if (state === 'open') return `${title}: does not hold in ${count(findings.length, 'place')}`;
  return reason === undefined ? title : `${title}. ${reason}`;
}

/** A place where a rule does not hold. */
export function findingNode(placed: PlacedCard, result: Result, finding: Finding, { under, inFile = false }: Under): TreeNode {
  const fixable = finding.fixes.length > 0;
  const roles: readonly Role[] = ['rule', 'open', ...(fixable ? ['fixable' as const] : [])];
  return placeNode({
    id: `${under}/${finding.fingerprint}`,
    ...wording(inFile, finding, finding.message, result.rule),
    tooltip: findingTooltip(finding),
    spoken: `Open, ${finding.severity}: ${finding.message} ${spokenPlace(finding)}${fixable ? ', can be fixed' : ''}`,
    icon: SEVERITY_ICONS[finding.severity],
    roles,
    subject: { ...subject(placed, result, finding), fingerprint: finding.fingerprint },
  });
}

/** A place that is silenced, with the reason. */
export function silencedNode(placed: PlacedCard, result: Result, silenced: Silenced, { under, inFile = false }: Under): TreeNode {
  const { finding } = silenced;
  const words = LANE_WORDS[silenced.lane].toLowerCase();
  const reason = silenced.reason || 'no reason is given';
  return placeNode({
    id: `${under}/${finding.fingerprint}`,
    ...wording(inFile, finding, `${words}: ${reason}`, result.rule),
    tooltip: silencedTooltip(silenced),
    spoken: `${capital(words)}: ${finding.message} ${spokenPlace(finding)}. Reason: ${reason}`,
    icon: STATE_ICONS.accepted,
    roles: ['rule'],
    subject: subject(placed, result, finding),
  });
}

/** A place that proves that a rule holds. */
function evidenceNode(placed: PlacedCard, result: Result, evidence: Evidence, { under, index }: Under & { readonly index: number }): TreeNode {
  return placeNode({
    id: `${under}/evidence/${index}`,
    label: placeWords(evidence),
    description: evidence.text,
    tooltip: markdownProse(`${evidence.text} (${evidence.path})`),
    spoken: `Holds: ${evidence.text} ${spokenPlace(evidence)}`,
    icon: STATE_ICONS.holds,
    roles: ['rule'],
    subject: subject(placed, result, evidence),
  });
}

/** Under its rule a place is named, under its file the message is. */
function wording(inFile: boolean, place: Pick<Finding, 'path' | 'range'>, message: string, rule: string): Pick<TreeNode, 'label' | 'description'> {
  return inFile
    ? { label: capital(message), description: `line ${place.range.start.line + 1} · ${rule}` }
    : { label: placeWords(place), description: message };
}

function subject(placed: PlacedCard, result: Result, { path, range }: { readonly path: string; readonly range: Range }): Subject {
  return { card: placed.key, rule: result.rule, opens: { folder: placed.folder, path, range } };
}

type Leaf = Omit<TreeNode, 'children' | 'unfolded' | 'icon'> & { readonly icon: Icon };
const placeNode = (leaf: Leaf): TreeNode => ({ ...leaf, children: [], unfolded: false });
