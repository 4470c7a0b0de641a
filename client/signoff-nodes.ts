// The branch of the tree for what people sign.
import { codeSpan, markdownProse as text } from '../report/escape';
import { openSignoffs } from '../report/scoring/signoffs';
import type { SignoffCard } from '../report/signoff-card';
import { count } from '../report/words';
import type { PlacedCard } from './cards';
import { inOrder, spokenSignoff, stateWords } from './signoff-words';
import { SIGNOFF_ICONS } from './tree-icons';
import type { TreeNode, TreeView } from './tree-model';

/** The node "Sign-offs" of a card; none when the view leaves nothing under it. */
export function signoffsNode(placed: PlacedCard, { show }: TreeView): readonly TreeNode[] {
  const { card, key } = placed;
  const open = new Set([...openSignoffs(card.signoffs), ...card.signoffs.filter(({ state }) => state === 'failed')]);
  const shown = inOrder(card.signoffs).filter((one) => show === 'everything' || (show === 'open' && open.has(one)));
  if (shown.length === 0) return [];
  const required = card.signoffs.filter((one) => one.required);
  const waiting = required.filter((one) => open.has(one)).length;
  const words = required.length === 0 ? 'none is required' : `${waiting === 0 ? 'none' : waiting} of ${required.length} required open`;
  const id = `${key}/signoffs:`;
  return [{
    id,
    label: 'Sign-offs',
    description: words,
    tooltip: text('What no program can check: people confirm it, for a time. Sign-offs give no points; without the required ones a card is MOSTLY READY at best.'),
    spoken: `Sign-offs: ${words}, ${count(card.signoffs.length, 'control')} in all`,
    icon: { name: 'verified' },
    roles: ['signoffs'],
    subject: { card: key },
    children: shown.map((one) => signoffNode(placed, one, id)),
    unfolded: false,
  }];
}

function signoffNode(placed: PlacedCard, card: SignoffCard, under: string): TreeNode {
  const { control, title, required, state, where } = card;
  return {
    id: `${under}/${control}`,
    label: title,
    description: [required ? 'required' : '', stateWords(card), control].filter(Boolean).join(' · '),
    tooltip: tooltip(card),
    spoken: spokenSignoff(card),
    icon: SIGNOFF_ICONS[state],
    roles: ['signoff'],
    subject: { card: placed.key, control, ...(where && { opens: { folder: placed.folder, path: where.path, range: where.range } }) },
    children: [],
    unfolded: false,
  };
}

function tooltip(card: SignoffCard): string {
  const { title, question, evidenceExpected, maxAgeDays, twoPerson, by, on, reviewedBy, statement, evidence, remark, resolves } = card;
  return [
    `**${text(title)}**`,
    text(stateWords(card)),
    text(question),
    text(`Evidence: ${evidenceExpected}`),
    `Lasts ${count(maxAgeDays, 'day')} at most${twoPerson ? ' · takes two people' : ''}`,
    resolves.length > 0 ? `Stands for ${resolves.map(codeSpan).join(' · ')}` : '',
    by !== undefined && on !== undefined ? text(`Signed by ${by}${reviewedBy === undefined ? '' : `, reviewed by ${reviewedBy},`} on ${on}: ${statement ?? ''}`) : '',
    evidence === undefined ? '' : codeSpan(evidence),
    remark === undefined ? '' : text(remark),
  ].filter(Boolean).join('\n\n');
}
