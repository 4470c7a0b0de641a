import { DEFAULT_VIEW } from './tree-model';
import type { TreeView } from './tree-model';

/** One line of the choice: picking it changes one side of the view. */
export interface Choice { readonly label: string; readonly detail: string; readonly change: Partial<TreeView>; readonly current: boolean }

const GROUPS: Readonly<Record<TreeView['group'], { readonly label: string; readonly detail: string }>> = {
  category: { label: 'By category', detail: 'Security, configuration, … each with its grade.' },
  severity: { label: 'By severity', detail: 'The worst first.' },
  file: { label: 'By file', detail: 'Files with open places.' },
  rule: { label: 'By rule', detail: 'The rules alone, the worst first.' },
};

const SHOWN: Readonly<Record<TreeView['show'], { readonly label: string; readonly detail: string }>> = {
  everything: { label: 'Everything', detail: 'What holds, what is open, what is accepted, what does not apply.' },
  open: { label: 'Only open', detail: 'Rules that do not hold.' },
  fixable: { label: 'Only fixable', detail: 'Open places for which there is a fix.' },
  front: { label: 'Only this file', detail: 'Open places of the file that is in front.' },
  new: { label: 'Only new', detail: 'Open places that .shipworthy/baseline.json does not have.' },
};

/** A view as it was kept, perhaps by another version: what is not known any more is as usual. */
export function readView(kept: unknown): TreeView {
  const { group, show } = (typeof kept === 'object' && kept !== null ? kept : {}) as Partial<Record<keyof TreeView, string>>;
  return {
    group: group !== undefined && Object.hasOwn(GROUPS, group) ? group as TreeView['group'] : DEFAULT_VIEW.group,
    show: show !== undefined && Object.hasOwn(SHOWN, show) ? show as TreeView['show'] : DEFAULT_VIEW.show,
  };
}

/** Everything that can be chosen, in two groups. */
export function choices(view: TreeView): { readonly groups: readonly Choice[]; readonly shown: readonly Choice[] } {
  const groups = Object.keys(GROUPS) as TreeView['group'][];
  const shown = Object.keys(SHOWN) as TreeView['show'][];
  return {
    groups: groups.map((group) => ({ ...GROUPS[group], change: { group }, current: view.group === group })),
    shown: shown.map((show) => ({ ...SHOWN[show], change: { show }, current: view.show === show })),
  };
}

/** What differs from the usual view, for the head of the tree; empty when nothing does. */
export function viewWords({ group, show }: TreeView): string {
  return [
    show === 'everything' ? '' : SHOWN[show].label.toLowerCase(),
    group === 'category' ? '' : GROUPS[group].label.toLowerCase(),
  ].filter(Boolean).join(' · ');
}
