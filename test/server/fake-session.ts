/**
 * A session over texts in memory, for tests of the protocol: what it finds can be read off a line. It keeps the promises
 * of engine/audit/session.ts (an edit is judged at once; the rest after `refresh`) and counts what is asked of it.
 */
import { NO_INVENTORY } from '../../engine/audit/inventory';
import type { Audit, Finding, FixOffer, Notice, Outcome, RuleCard, Silenced } from '../../engine/audit/outcome';
import type { Correction, Progress, Remedy, Session } from '../../engine/audit/session';
import type { Recording } from '../../engine/audit/recording';
import { lineComments } from '../../engine/files/comments';
import { lineOf } from '../../engine/files/lines';
import { suppressions } from '../../engine/files/suppression';
import { DEFAULTS, type Config } from '../../engine/workspace/config';
import { replace, type Edit, type Suppression } from '../../rules/kit';

interface Sign {
  readonly id: string;
  /** What stands in the line. */
  readonly says: string;
  readonly severity: RuleCard['severity'];
  readonly confidence: RuleCard['confidence'];
  readonly links: readonly string[];
}

const SIGNS: readonly Sign[] = [
  { id: 'debug-on', says: 'DEBUG = True', severity: 'high', confidence: 'confirmed', links: ['https://flask.palletsprojects.com/en/stable/config/#DEBUG', 'javascript:alert(1)'] },
  { id: 'password-in-source', says: 'PASSWORD = "', severity: 'critical', confidence: 'likely', links: [] },
  { id: 'print-call', says: 'print(', severity: 'low', confidence: 'confirmed', links: [] },
  { id: 'sleep-call', says: 'sleep(', severity: 'medium', confidence: 'confirmed', links: [] },
  { id: 'note-to-self', says: 'NOTE', severity: 'info', confidence: 'confirmed', links: [] },
  { id: 'perhaps-wrong', says: 'PERHAPS', severity: 'high', confidence: 'possible', links: [] },
];

export const RULES: readonly RuleCard[] = SIGNS.map(({ id, severity, confidence, links }) => ({
  id, category: 'configuration', title: `There is no ${id.replaceAll('-', ' ')}`, severity, points: severity === 'info' ? 0 : 6, confidence,
  blocks: 'never', effort: 'S', since: '1', why: `A reason with \`code\` against ${id}.`, how: 'Take it out.', links, anchors: ['bandit B201'], hides: [],
}));

const FIXES: readonly FixOffer[] = [
  { title: 'Switch debug off', safety: 'safe', index: 0 },
  { title: 'Read it from the environment', safety: 'review', remains: 'Set DEBUG where it is wanted.', index: 1 },
  { title: 'Move it to a file of its own', safety: 'review', index: 2 },
];

export class FakeSession implements Session {
  version = 0;
  readonly config: Config = DEFAULTS;
  provisional = false;
  readonly #editor = new Map<string, string>();
  #read: ReadonlyMap<string, string> = new Map();
  #audit: Audit | undefined;
  refreshes = 0;
  edits = 0;
  touched: (readonly string[] | undefined)[] = [];
  aborted = 0;
  disposed = false;
  /** Whether it was disposed of while a refresh was at work: then trees are gone that it still reads. */
  disposedAtWork = false;
  #atWork = 0;
  /** While set, a refresh waits for it, or for its signal. */
  gate: Promise<void> | undefined;
  /** What the next refresh fails with. */
  failure: Error | undefined;
  /** A rule that fails when it is asked for by `findings`. */
  broken = false;

  constructor(private readonly name: string, readonly disk: Map<string, string>) {}

  async keep(): Promise<undefined> {}

  async refresh(progress?: (at: Progress) => void, signal?: AbortSignal): Promise<void> {
    this.refreshes += 1;
    this.#atWork += 1;
    await this.#refresh(progress, signal).finally(() => { this.#atWork -= 1; });
  }

  async #refresh(progress?: (at: Progress) => void, signal?: AbortSignal): Promise<void> {
    progress?.({ done: 0, total: this.disk.size });
    if (this.gate) await abortable(this.gate, signal).catch((reason: unknown) => { this.aborted += 1; throw reason; });
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
    const before = JSON.stringify([...this.#texts()]);
    this.#read = new Map(this.disk);
    progress?.({ done: this.disk.size, total: this.disk.size, path: 'last.py' });
    if (this.#audit && before === JSON.stringify([...this.#texts()])) return;
    this.#change();
  }

  edit(path: string, text: string): void {
    this.edits += 1;
    if (this.#editor.get(path) === text) return;
    this.#editor.set(path, text);
    this.#change();
  }

  close(path: string): void {
    if (this.#editor.delete(path)) this.#change();
  }

  touch(paths?: readonly string[]): void {
    this.touched.push(paths);
  }

  text(path: string): string | undefined {
    return this.#texts().get(path);
  }

  findings(path: string): readonly Finding[] {
    if (this.broken) throw new Error('a rule failed beside token="abcdef0123456789"');
    return this.#judge(path).open;
  }

  notices(path?: string): readonly Notice[] {
    const text = this.#texts().get('shipworthy.json');
    if (text === undefined || (path !== undefined && path !== 'shipworthy.json') || text.trim().startsWith('{')) return [];
    return [{ code: 'config', path: 'shipworthy.json', range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } }, message: 'This is no JSON.', incomplete: false }];
  }

  audits(): readonly Audit[] {
    return this.#audit ? [this.#audit] : [];
  }

  closeUp(): undefined {
    return undefined;
  }

  fix(fingerprint: string, index: number): Correction | undefined {
    const found = this.#find(fingerprint);
    const offer = found?.fixes.find((fix) => fix.index === index);
    if (!found || !offer) return undefined;
    const at = this.#start(found) + 'DEBUG = '.length;
    const to = (text: string): Edit => replace({ start: at, end: at + 'True'.length }, text);
    const edit = [to('False'), to('os.environ["DEBUG"] == "1"'), to('own.DEBUG')][index] ?? to('False');
    return {
      title: offer.title, edits: { [found.path]: [edit] }, creates: index === 2 ? { 'own file.py': 'DEBUG = False\n' } : {},
      ...(offer.remains && { remains: offer.remains }),
    };
  }

  fixAll(path: string, rule?: string): Correction | undefined {
    const findings = this.#judge(path).open.filter((finding) => finding.fixes.length > 0 && (!rule || finding.rule === rule));
    const edits = findings.flatMap((finding) => this.fix(finding.fingerprint, 0)?.edits[path] ?? []);
    return edits.length > 0 ? { title: 'Fix all', edits: { [path]: edits }, creates: {} } : undefined;
  }

  ignore(fingerprint: string, reach: 'line' | 'file', reason: string): Correction | undefined {
    const found = this.#find(fingerprint);
    if (!found) return undefined;
    const text = this.#texts().get(found.path) ?? '';
    const start = this.#start(found);
    const end = /\r?\n|$/.exec(text.slice(start))?.index ?? 0;
    const comment = `# shipworthy: ignore ${found.rule} -- ${reason}`;
    const edit = reach === 'line' ? { start: start + end, end: start + end, text: `  ${comment}` } : { start: 0, end: 0, text: `${comment}\n` };
    return { title: `Ignore ${found.rule}`, edits: { [found.path]: [edit] }, creates: {} };
  }

  silenced(path: string): readonly Silenced[] {
    return this.audits().flatMap(({ outcomes }) => outcomes.flatMap(({ silenced }) => silenced)).filter(({ finding }) => finding.path === path);
  }

  suppressions(path: string): readonly Suppression[] {
    const text = this.#texts().get(path) ?? '';
    return suppressions(lineComments(text), lineOf(text));
  }

  remedies(): readonly Remedy[] {
    return [];
  }

  suppress(): Recording | undefined {
    return undefined;
  }

  switchOff(rule: string, reason: string): Recording {
    const text = this.#texts().get('shipworthy.json');
    const fresh = `{ "rules": { "${rule}": { "severity": "off", "reason": "${reason}" } } }\n`;
    if (reason === '' || (text !== undefined && !text.startsWith('{'))) return { refused: 'It cannot be written.' };
    return { title: `Switch ${rule} off`, edits: text === undefined ? {} : { 'shipworthy.json': [{ start: 0, end: text.length, text: fresh }] }, creates: text === undefined ? { 'shipworthy.json': fresh } : {} };
  }

  sign(): Recording {
    return { refused: 'Nothing is signed here.' };
  }

  dispose(): void {
    this.disposed = true;
    this.disposedAtWork = this.#atWork > 0;
  }

  #texts(): ReadonlyMap<string, string> {
    return new Map([...this.#read, ...this.#editor]);
  }

  #find(fingerprint: string): Finding | undefined {
    return [...this.#texts().keys()].flatMap((path) => this.#judge(path).open).find((finding) => finding.fingerprint === fingerprint);
  }

  #start({ path, range }: Finding): number {
    const lines = (this.#texts().get(path) ?? '').split('\n').slice(0, range.start.line);
    return lines.reduce((sum, line) => sum + line.length + 1, range.start.character);
  }

  #judge(path: string): { readonly open: readonly Finding[]; readonly silenced: readonly Silenced[] } {
    const text = this.#texts().get(path) ?? '';
    const open: Finding[] = [];
    const silenced: Silenced[] = [];
    for (const [line, content] of text.split('\n').entries()) {
      for (const sign of SIGNS.filter(({ says }) => content.includes(says))) {
        const finding = findingOf(sign, path, line, content, open.length + silenced.length);
        const comment = new RegExp(`# shipworthy: ignore ${sign.id} -- (.*?)\\r?$`).exec(content);
        if (!comment) open.push(finding);
        else silenced.push({ finding, lane: 'false-positive', tool: 'shipworthy', reason: comment[1] ?? '', where: { path, range: span(line, comment.index, content.trimEnd().length) } });
      }
    }
    return { open, silenced };
  }

  #change(): void {
    this.version += 1;
    const judged = [...this.#texts().keys()].sort().map((path) => this.#judge(path));
    const outcomes = RULES.map((card): Outcome => {
      const findings = judged.flatMap(({ open }) => open).filter(({ rule }) => rule === card.id);
      const silenced = judged.flatMap((one) => one.silenced).filter(({ finding }) => finding.rule === card.id);
      return { rule: card.id, category: card.category, state: findings.length > 0 ? 'open' : silenced.length > 0 ? 'accepted' : 'holds', findings, silenced, evidence: [], judged: 1 };
    });
    this.#audit = {
      project: { name: this.name, root: '', frameworks: ['flask'], deployable: true }, outcomes, notices: this.notices(), ruleset: '1',
      files: { seen: judged.length, read: judged.length, parsed: judged.length, lines: 1, routes: 0 }, inventory: NO_INVENTORY, rules: Object.fromEntries(RULES.map((card) => [card.id, card])),
    };
  }
}

function span(line: number, start: number, end: number) {
  return { start: { line, character: start }, end: { line, character: end } };
}

function findingOf({ id, says, severity, confidence }: Sign, path: string, line: number, content: string, ordinal: number): Finding {
  const start = content.indexOf(says);
  return {
    path, range: span(line, start, start + says.length), rule: id, category: 'configuration', message: `There is a ${id} here.`, severity,
    points: severity === 'info' ? 0 : 6, confidence, blocks: severity === 'critical', effort: 'S', fingerprint: `${id} ${path} ${ordinal}`,
    snippet: '', symbol: '', fixes: id === 'debug-on' ? FIXES : [],
    related: id === 'password-in-source' ? [{ path: 'used here.py', range: span(0, 0, 1), text: 'It is used here.' }] : [],
  };
}

function abortable(gate: Promise<void>, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    void gate.then(resolve);
  });
}
