/** The rules as the engine uses them: their cards as data, and the vocabulary of calls they ask for. */
import type { Rule } from '../../rules/kit';
import { APPLICATION_CALLEES, COOKIE_CALLEES, HTML_CALLEES } from '../project/applications';
import type { RuleCard } from './outcome';

export interface Registry {
  readonly rules: readonly Rule[];
  readonly cards: readonly RuleCard[];
  readonly byId: Readonly<Record<string, RuleCard>>;
  /** Last names of the calls that modules keep. */
  readonly interest: ReadonlySet<string>;
}

/** Calls the project's facts are made from, whatever the rules ask. */
const OWN: readonly string[] = [...APPLICATION_CALLEES, ...COOKIE_CALLEES, ...HTML_CALLEES, 'from_object', 'setdefault', 'init_app', 'register_blueprint', 'include_router', 'before_request', 'after_request'];

export function registryOf(rules: readonly Rule[]): Registry {
  const cards = rules.map(cardOf);
  const asked = rules.flatMap((rule) => rule.scope === 'file' ? rule.file.on.callees : rule.whole.reads ?? []);
  return { rules, cards, byId: Object.fromEntries(cards.map((card) => [card.id, card])), interest: new Set([...OWN, ...asked]) };
}

function cardOf(rule: Rule): RuleCard {
  const { id, category, title, severity, points, confidence, blocks, effort, since, why, how, links, anchors, ladder, hides, attestable, secret } = rule;
  return {
    id, category, title, severity, points, confidence, blocks: typeof blocks === 'string' ? blocks : blocks.when, effort, since, why, how, links, anchors, hides,
    ...(ladder && { ladder }), ...(attestable && { attestable }), ...(secret && { secret }),
  };
}

/** Whether a rule id is meant by a pattern of ids, where `*` stands for anything: `csrf-*`. */
export function isMeant(id: string, pattern: string): boolean {
  if (!pattern.includes('*')) return id === pattern;
  return new RegExp(`^${pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`).test(id);
}
