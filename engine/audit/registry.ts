/** The rules as the engine uses them: their cards as data, and the vocabulary of calls they ask for. */
import type { Files, Fix, Role, Rule } from '../../rules/kit';
import { RUNNING_CALLS } from '../../rules/kit';
import { APPLICATION_CALLEES, COOKIE_CALLEES, HTML_CALLEES } from '../project/applications';
import { ADDRESS_CALLS } from '../project/flow/entries';
import { WORKER_CALLEES } from '../project/workers';
import { maskTokens } from './mask';
import type { RuleCard, RuleDocument } from './outcome';

export interface Registry {
  readonly rules: readonly Rule[];
  readonly cards: readonly RuleCard[];
  readonly byId: Readonly<Record<string, RuleCard>>;
  readonly interest: Interest;
}

/**
 * Which calls modules keep: those whose qualified name a rule or a fact may ask for. A pattern `requests.get` keeps `requests.get` and every
 * `….get` of something that this project defines (what stands behind it is known later); `*.execute` and a lone `execute` keep all.
 */
export interface Interest {
  /** Roles of source files that some rule looks at. */
  readonly roles: ReadonlySet<Role>;
  readonly last: (name: string) => boolean;
  /** @param own whether a name's first part may be something of this project */
  readonly callee: (qualified: string, own: (root: string) => boolean) => boolean;
}

/** Calls the project's facts are made from, whatever the rules ask. */
const OWN: readonly string[] = [
  ...APPLICATION_CALLEES,
  ...COOKIE_CALLEES,
  ...HTML_CALLEES,
  ...WORKER_CALLEES,
  ...ADDRESS_CALLS,
  'from_object',
  'setdefault',
  'init_app',
  'create_app',
  'make_app',
  'create_application',
  'register_blueprint',
  'include_router',
  'before_request',
  'after_request',
];

export function registryOf(rules: readonly Rule[]): Registry {
  const cards = rules.map(cardOf);
  const asked = rules.flatMap((rule) => rule.scope === 'file' ? rule.file.on.callees : rule.whole.reads ?? []);
  return { rules, cards, byId: Object.fromEntries(cards.map((card) => [card.id, card])), interest: interestIn([...OWN, ...asked], new Set(['production' as const, ...rules.flatMap((rule): readonly Role[] => (rule.scope === 'file' ? rule.file.text ? [] : rule.file.roles : rule.whole.roles) ?? [])])) };
}

function interestIn(patterns: readonly string[], roles: ReadonlySet<Role>): Interest {
  const roots = new Map<string, Set<string>>();
  for (const pattern of [...RUNNING_CALLS, ...patterns]) {
    const last = pattern.slice(pattern.lastIndexOf('.') + 1);
    const root = pattern.includes('.') ? pattern.slice(0, pattern.indexOf('.')) : '*';
    roots.set(last, (roots.get(last) ?? new Set()).add(root));
  }
  const rest = roots.get('*') ?? new Set();
  return {
    roles,
    last: (name) => roots.has(name) || rest.size > 0,
    callee(qualified, own) {
      const asked = roots.get(qualified.slice(qualified.lastIndexOf('.') + 1));
      const root = qualified.slice(0, Math.max(0, qualified.indexOf('.')));
      return (asked !== undefined && (asked.has('*') || asked.has(root) || own(root))) || rest.has(root);
    },
  };
}

function cardOf(rule: Rule): RuleCard {
  const { id, category, title, severity, points, confidence, blocks, effort, since, why, how, links, anchors, ladder, hides, attestable, secret } = rule;
  return {
    id, category, title, severity, points, confidence, blocks: typeof blocks === 'string' ? blocks : blocks.when, effort, since, why, how, links, anchors, hides,
    ...(ladder && { ladder }), ...(attestable && { attestable }), ...(secret && { secret }),
  };
}

/** A rule with its fixes and examples, for its page. */
export function documentOf(rule: Rule): RuleDocument {
  const fix = (rule.scope === 'file' ? rule.file.fix : rule.whole.fix) as Fix<unknown> | readonly Fix<unknown>[] | undefined;
  const shown = (text: string) => rule.secret ? maskTokens(text) : text;
  const files = (given: Files, path = 'app.py') => Object.fromEntries(Object.entries(typeof given === 'string' ? { [path]: given } : given).map(([name, text]) => [name, shown(text)]));
  return {
    card: cardOf(rule),
    fixes: (fix === undefined ? [] : Array.isArray(fix) ? fix as readonly Fix<unknown>[] : [fix as Fix<unknown>]).map(({ title, safety, remains }) => ({ title, safety, ...(remains && { remains }) })),
    examples: Object.entries(rule.examples()).map(([title, { bad, good, path }]) => ({ title, ...(bad !== undefined && { bad: files(bad, path) }), ...(good !== undefined && { good: files(good, path) }) })),
  };
}
