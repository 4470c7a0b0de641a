/** A product whose audits are made up, and surroundings that remember what was written to them. */
import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import type { Audit, Notice } from '../../engine/audit/outcome';
import type { Session } from '../../engine/audit/session';
import { DEFAULTS } from '../../engine/workspace/config';
import { makeCard } from '../../report/make';
import { scoreText } from '../../report/words';
import { FORMATS, type Format, type Product, type Stream, type Surroundings } from '../../cli/surroundings';
import { audit, cardOf, HOLDING, TODAY, type RuleSpec } from '../report/fixture';

export const RULES: readonly RuleSpec[] = [
  { rule: 'debug-enabled', category: 'configuration', severity: 'critical', title: 'Debug mode is off in production' },
  { rule: 'csrf-missing', category: 'auth', severity: 'high', confidence: 'likely', title: 'Cookie-authenticated writes are protected against CSRF' },
  { rule: 'http-timeout-missing', category: 'integrations', title: 'Outbound HTTP calls have a timeout', links: ['https://requests.readthedocs.io/'] },
  { rule: 'todo-comment', category: 'code', severity: 'info' },
];

const UNUSED = () => { throw new Error('The command line has no use for this.'); };

export interface FakeSession extends Session { disposed: boolean }

/** A session over one finished audit for each of `audits`; `refresh` does what `scan` says. */
export function fakeSession(audits: readonly Audit[], notices: readonly Notice[] = [], scan: Session['refresh'] = async () => undefined): FakeSession {
  return {
    version: 1, config: DEFAULTS, provisional: false, keep: async () => undefined, refresh: scan, audits: () => audits, notices: () => notices,
    disposed: false, dispose() { this.disposed = true; },
    text: UNUSED, edit: UNUSED, close: UNUSED, touch: UNUSED, findings: UNUSED, fix: UNUSED, closeUp: () => undefined, fixAll: UNUSED, ignore: UNUSED, silenced: UNUSED, suppressions: UNUSED, remedies: UNUSED, suppress: UNUSED, switchOff: UNUSED, sign: UNUSED,
  };
}

/** An audit in which exactly these rules are open and enough else holds for a verdict. */
export function auditOf(rules: readonly RuleSpec[], more: Parameters<typeof audit>[1] = {}): Audit {
  return audit([...HOLDING, ...rules], more);
}

/** `formats` print what a test can look for: the format, the projects, the look. */
export function fakeProduct(session: Session, opened: (folder: string) => void = () => undefined): Product {
  const format = (name: string): Product['formats'][keyof Product['formats']] => (cards, style) =>
    `${name} ${cards.map((card) => `${card.project.name} ${card.verdict.value} ${scoreText(card)} ${card.asOf}`).join(', ')} ${JSON.stringify(style)}\n`;
  return {
    version: '0.1.0', ruleset: '7', rules: RULES.map(cardOf), document: () => undefined,
    open: async (folder) => { opened(folder); return session; },
    earlier: UNUSED, identity: async () => 'Ada <ada@example.org>',
    card: (one, config, asOf, more) => makeCard(one, { version: '0.1.0', asOf, profile: config.profile, ...more }),
    formats: { ...everyFormat(format), json: (cards) => `${JSON.stringify(cards)}\n` },
  };
}

function everyFormat<Value>(of: (name: Format) => Value): Readonly<Record<Format, Value>> {
  return Object.fromEntries(FORMATS.map((name) => [name, of(name)])) as Record<Format, Value>;
}

export interface Screen extends Stream { text: string; isTTY?: boolean; columns?: number }

function screen(): Screen {
  const stream = new Writable({ write(chunk, _, done) { screen.text += String(chunk); done(); } });
  const screen: Screen = Object.assign(stream, { text: '' });
  return screen;
}

export interface FakeSurroundings extends Surroundings { readonly stdout: Screen; readonly stderr: Screen; readonly signals: EventEmitter; now: number }

export function surroundings(cwd: string, env: Surroundings['env'] = {}): FakeSurroundings {
  const around: FakeSurroundings = {
    stdout: screen(), stderr: screen(), env, platform: 'linux', cwd, signals: new EventEmitter(), now: 0,
    clock: () => around.now,
    today: () => TODAY,
  };
  return around;
}
