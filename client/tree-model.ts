/**
 * The tree of the report card as plain data: which nodes there are, in which order, and what each says. What VS Code makes
 * of it is in report-tree.ts; nothing here knows an editor, so that all of it can be tested without one.
 */
import type { CategoryCard, Reason, ReportCard, Result } from '../report/card';
import { codeSpan, markdownProse } from '../report/escape';
import { count, severities, SEVERITY_WORDS } from '../report/words';
import type { PlacedCard, Range, Severity, State } from './cards';
import type { Icon } from './tree-icons';
import { CATEGORY_ICONS, gradeColor, SEVERITY_ICONS, VERDICT_ICONS } from './tree-icons';
import { findingNode, ruleNode, silencedNode } from './rule-nodes';
import type { Keep } from './rule-nodes';
import { signoffsNode } from './signoff-nodes';
import { cardTooltip, categoryTooltip } from './tooltips';
import { baseName, gradeWords, headline, SEVERITIES, spokenGrade } from './words';

/** How the tree is drawn: what a person chose. */
export interface TreeView {
  readonly group: 'category' | 'severity' | 'file' | 'rule';
  readonly show: 'everything' | 'open' | 'fixable' | 'new' | 'front';
}
/** Whether a path of a workspace folder is that of the file in front. */
export type InFront = (folder: string, path: string) => boolean;
/** A view with what it is about at the moment. */
interface Drawn extends TreeView { readonly inFront?: InFront }
export const DEFAULT_VIEW: TreeView = { group: 'category', show: 'everything' };

export interface TreeNode {
  /** Unique in the tree, and the same as long as it stands for the same thing: what is unfolded stays unfolded. */
  readonly id: string;
  readonly label: string;
  /** Grey, after the label. Empty for none. */
  readonly description: string;
  /** Markdown. */
  readonly tooltip: string;
  /** The whole sentence for a screen reader. */
  readonly spoken: string;
  readonly icon: Icon;
  /** Words that menus ask for: `rule`, `open`, `fixable`, … */
  readonly roles: readonly Role[];
  readonly subject: Subject;
  readonly children: readonly TreeNode[];
  readonly unfolded: boolean;
}
/** `sweepable`: a rule with fixes that are safe to make everywhere at once. */
export type Role = 'card' | 'category' | 'rule' | 'open' | 'fixable' | 'sweepable' | 'signoffs' | 'signoff';

/** What a node stands for: the argument of the commands in its menus. */
export interface Subject {
  readonly card: string;
  readonly rule?: string;
  readonly fingerprint?: string;
  readonly control?: string;
  /** Where a click leads: `path` is relative to `folder`, a URI. */
  readonly opens?: { readonly folder: string; readonly path: string; readonly range: Range };
}

const STATE_RANKS: Readonly<Record<State, number>> = { open: 0, accepted: 1, attested: 2, holds: 3, 'not-applicable': 4, 'not-checked': 5 };

/**
 * Makes the tree. One card is shown directly, several get a root each.
 * @param cards worst first
 * @param view with `front`, of no file where nothing says which is
 * @returns the roots; none when the view leaves nothing over
 */
export function treeOf(cards: readonly PlacedCard[], view: Drawn): readonly TreeNode[] {
  const shown = cards.map((placed) => ({ placed, groups: [...groupsOf(placed, view), ...signoffsNode(placed, view)] }))
    .filter(({ groups }) => groups.length > 0);
  const [only] = shown;
  if (only && cards.length === 1) return [verdictNode(only.placed), ...only.groups];
  return shown.map(({ placed, groups }, index) => cardNode(placed, groups, index === 0));
}

/** Results that a view shows. */
function visible(placed: PlacedCard, view: Drawn): readonly Result[] {
  const { results } = placed.card;
  if (view.show === 'everything') return results;
  const keep = keptBy(placed, view);
  return results.filter(({ state, findings }) => state === 'open' && (!keep || findings.some(keep)));
}

function keptBy({ fresh, folder }: PlacedCard, { show, inFront }: Drawn): Keep | undefined {
  if (show === 'front') return ({ path }) => inFront?.(folder, path) === true;
  if (show === 'fixable') return ({ fixes }) => fixes.length > 0;
  return show === 'new' ? ({ fingerprint }) => fresh?.has(fingerprint) === true : undefined;
}

function groupsOf(placed: PlacedCard, view: Drawn): readonly TreeNode[] {
  const results = visible(placed, view);
  if (results.length === 0) return [];
  if (view.group === 'severity') return severityNodes(placed, results, view);
  if (view.group === 'file') return fileNodes(placed, results, view);
  if (view.group === 'rule') return ruleNodes(placed, results, view, placed.key);
  return placed.card.categories.flatMap((category) => {
    const own = results.filter((result) => result.category === category.id);
    return own.length > 0 ? [categoryNode(placed, category, own, view)] : [];
  });
}

/** Open ones first, worst first; then accepted, holds, not applicable, not checked; else as the registry has them. */
function inOrder(results: readonly Result[]): readonly Result[] {
  return [...results].sort((a, b) => STATE_RANKS[a.state] - STATE_RANKS[b.state]
    || (a.state === 'open' ? SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) : 0));
}

function ruleNodes(placed: PlacedCard, results: readonly Result[], view: Drawn, under: string): readonly TreeNode[] {
  return inOrder(results).map((result) => ruleNode(placed, result, { under, keep: keptBy(placed, view) }));
}

function cardNode(placed: PlacedCard, groups: readonly TreeNode[], unfolded: boolean): TreeNode {
  const { card } = placed;
  const { name, root } = card.project;
  return {
    ...verdictNode(placed),
    id: placed.key,
    label: name,
    description: [headline(card), root].filter(Boolean).join(' · '),
    spoken: `${name}${root ? ` in ${root}` : ''}: ${spokenVerdict(card)}`,
    children: [verdictNode(placed), ...groups],
    unfolded,
  };
}

function verdictNode(placed: PlacedCard): TreeNode {
  const { card, key } = placed;
  const { verdict, score } = card;
  return {
    id: `${key}/verdict:`,
    label: verdict.value,
    description: gradeWords(score.grade, score.value),
    tooltip: cardTooltip(card),
    spoken: spokenVerdict(card),
    icon: { name: VERDICT_ICONS[verdict.value], color: gradeColor(score.grade) },
    roles: ['card'],
    subject: { card: key },
    children: verdict.reasons.map((reason, index) => reasonNode(placed, reason, index)),
    unfolded: false,
  };
}

function reasonNode(placed: PlacedCard, reason: Reason, index: number): TreeNode {
  const [rule] = reason.rules;
  const single = reason.rules.length === 1 && rule !== undefined;
  return {
    id: `${placed.key}/reason:${index}`,
    label: reason.text,
    description: '',
    tooltip: [markdownProse(reason.text), reason.rules.map(codeSpan).join(' · ')].filter(Boolean).join('\n\n'),
    spoken: reason.text,
    icon: { name: 'dash' },
    roles: single ? ['rule'] : [],
    subject: { card: placed.key, ...(single && { rule }) },
    children: [],
    unfolded: false,
  };
}

function spokenVerdict({ verdict, score, counts }: ReportCard): string {
  const blockers = counts.blockers > 0 ? `, ${count(counts.blockers, 'blocker')}` : '';
  return `${verdict.value.toLowerCase()}, ${spokenGrade(score.grade, score.value)}${blockers}`;
}

function categoryNode(placed: PlacedCard, category: CategoryCard, results: readonly Result[], view: Drawn): TreeNode {
  const id = `${placed.key}/category:${category.id}`;
  const { title, grade, score } = category;
  const fraction = `${category.holds} of ${category.applicable}`;
  const open = severities(category.findings);
  const applies = category.status !== 'not-applicable';
  return {
    id,
    label: title,
    description: applies ? [gradeWords(grade, score), `${fraction} hold`, open].filter(Boolean).join(' · ') : 'not applicable',
    tooltip: categoryTooltip(category),
    spoken: `${title}: ${applies ? `${spokenGrade(grade, score)}, ${fraction} rules hold, ${open || 'nothing'} open` : 'not applicable'}`,
    icon: { name: CATEGORY_ICONS[category.id], color: gradeColor(grade) },
    roles: ['category'],
    subject: { card: placed.key },
    children: ruleNodes(placed, results, view, id),
    unfolded: false,
  };
}

function severityNodes(placed: PlacedCard, results: readonly Result[], view: Drawn): readonly TreeNode[] {
  return SEVERITIES.flatMap((severity) => {
    const own = results.filter((result) => result.severity === severity);
    if (own.length === 0) return [];
    const open = own.filter(({ state }) => state === 'open').length;
    const id = `${placed.key}/severity:${severity}`;
    const description = `${open} of ${own.length} open`;
    return {
      id,
      label: SEVERITY_WORDS[severity],
      description,
      tooltip: markdownProse(`${SEVERITY_WORDS[severity]}: ${description}`),
      spoken: `${SEVERITY_WORDS[severity]}: ${open} of ${count(own.length, 'rule')} open`,
      icon: SEVERITY_ICONS[severity],
      roles: [],
      subject: { card: placed.key },
      children: ruleNodes(placed, own, view, id),
      unfolded: false,
    };
  });
}

interface InFile { readonly path: string; readonly severity?: Severity; readonly node: (under: string) => TreeNode }

/** Files with open places, worst first; with everything shown, what is accepted in them too. */
function fileNodes(placed: PlacedCard, results: readonly Result[], view: Drawn): readonly TreeNode[] {
  const open = results.flatMap((result) => result.findings
    .filter(keptBy(placed, view) ?? (() => true))
    .map((finding): InFile & { readonly severity: Severity } => (
      { path: finding.path, severity: finding.severity, node: (under) => findingNode(placed, result, finding, { under, inFile: true }) })));
  const silenced = view.show !== 'everything' ? [] : results.flatMap((result) => result.silenced
    .map((one): InFile => ({ path: one.finding.path, node: (under) => silencedNode(placed, result, one, { under, inFile: true }) })));
  const byFile = new Map<string, InFile[]>();
  for (const place of [...open.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)), ...silenced]) {
    const known = byFile.get(place.path);
    if (known) known.push(place);
    else byFile.set(place.path, [place]);
  }
  return [...byFile].map(([path, places]) => fileNode(placed, path, places));
}

function fileNode(placed: PlacedCard, path: string, places: readonly InFile[]): TreeNode {
  const counts: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity } of places) if (severity) counts[severity] += 1;
  const words = severities(counts) || 'nothing open';
  const id = `${placed.key}/file:${path}`;
  return {
    id,
    label: baseName(path),
    description: [words, path.slice(0, -baseName(path).length - 1)].filter(Boolean).join(' · '),
    tooltip: markdownProse(`${path}: ${words}`),
    spoken: `${path}: ${words}`,
    icon: { name: 'file' },
    roles: [],
    subject: { card: placed.key },
    children: places.map(({ node }) => node(id)),
    unfolded: false,
  };
}
