/**
 * How the sections of the card are laid out. A page shows them one below the other, for reading and printing; the panel puts
 * them behind tabs (https://www.w3.org/WAI/ARIA/apg/patterns/tabs/), which its script makes work.
 */
import type { ReportCard } from '../card';
import { inState, silenced, strengths } from '../listing';
import { filters } from './findings';
import type { Mode } from './parts';

interface Tab {
  readonly id: string;
  readonly title: string;
  /** Ids and titles of the sections behind it. */
  readonly sections: readonly (readonly [id: string, title: string])[];
  readonly count?: (card: ReportCard) => number;
}

const TABS: readonly Tab[] = [
  { id: 'findings', title: 'Findings', sections: [['findings', 'Findings'], ['changes', 'New and gone']], count: ({ counts }) => counts.open },
  { id: 'strengths', title: 'Strengths', sections: [['strengths', 'Strengths'], ['controls', 'Controls']], count: (card) => strengths(card).length },
  { id: 'checklist', title: 'Checklist', sections: [['checklist', 'Checklist']] },
  { id: 'plan', title: 'Plan', sections: [['plan', 'Plan']] },
  { id: 'inventory', title: 'Inventory', sections: [['routes', 'Routes'], ['variables', 'Variables'], ['made-of', 'Made of']] },
  { id: 'trend', title: 'Trend', sections: [['trend', 'Trend']] },
  {
    id: 'rest', title: 'Not open', sections: [['not-applicable', 'Not applicable'], ['not-checked', 'Not checked'], ['silenced', 'Silenced']],
    count: (card) => inState(card, 'not-applicable').length + inState(card, 'not-checked').length + silenced(card).length,
  },
  { id: 'about', title: 'About', sections: [['notices', 'Notices'], ['method', 'Method']] },
];

/** Links to the sections of a page. */
export function contents({ comparison }: ReportCard): string {
  const all = [['verdict', 'Verdict'], ['categories', 'Categories'], ...TABS.flatMap((tab) => tab.sections).filter(([id]) => id !== 'changes' || comparison !== undefined)] as const;
  return `<nav aria-label="Sections">${all.map(([id, title]) => `<a href="#${id}">${title}</a>`).join(' ')}</nav>`;
}

/**
 * The sections behind their tabs, or one below the other. The first tab is chosen until the script chooses another.
 * @param sections HTML by the id of its tab
 */
export function tabbed(card: ReportCard, sections: Readonly<Record<string, string>>, mode: Mode): string {
  // The filters stand beside what is replaced when the card changes, so they keep focus and content.
  if (mode === 'page') return [filters(card), ...TABS.map(({ id }) => sections[id] ?? '')].join('\n');
  const tabs = TABS.map(({ id, title, count }, index) => {
    const amount = count === undefined ? '' : ` <span class="count" data-part="count-${id}">${count(card)}</span>`;
    return `<button type="button" role="tab" id="tab-${id}" aria-controls="panel-${id}" aria-selected="${index === 0}" tabindex="${index === 0 ? 0 : -1}">${title}${amount}</button>`;
  });
  const panels = TABS.map(({ id }, index) => `<div role="tabpanel" id="panel-${id}" aria-labelledby="tab-${id}" tabindex="0"${index === 0 ? '' : ' hidden'}>\n${sections[id] ?? ''}\n</div>`);
  return `${filters(card)}\n<div role="tablist" aria-label="Parts of the report">${tabs.join('')}</div>\n${panels.join('\n')}`;
}
