/** What is said of a workspace beside findings: its audits, its notices, and what silences nothing. Made when it is asked for, and kept until something is judged anew. */
import { RECORD_FILES, SUPPRESSIONS_FILE } from '../records/paths';
import type { Config } from '../workspace/config';
import type { Application } from './application';
import { severityOf } from './decided';
import type { HeldFile, HeldFiles } from './held';
import { gathered } from './notices';
import type { Audit, Notice } from './outcome';
import type { Records } from './records';
import type { Registry } from './registry';
import type { SignedAudit } from './signed';
import { signedAudit } from './signoffs';
import { suppressionNotices } from './silence';
import type { Stale } from './stale';
import { staleComments, staleRecords } from './stale';

/** What a session stands on: its rules, its files, the team's records, and the applications as they are judged now. */
export interface Ground {
  readonly registry: Registry;
  readonly ruleset: string;
  readonly held: HeldFiles;
  readonly records: Records;
  /** Of a file, or of a record. */
  readonly text: (path: string) => string | undefined;
  readonly applications: () => readonly Application[];
  /** Folders of packages beside them. */
  readonly libraries: () => readonly string[];
}

export class Told {
  private made: readonly Audit[] | undefined;
  private unneeded: readonly Stale[] | undefined;

  constructor(private readonly ground: Ground) {}

  /** Something was judged: all is made anew when it is asked for. */
  forget(): void {
    this.made = undefined;
    this.unneeded = undefined;
  }

  /** Whether anything was judged yet. */
  get heard(): boolean {
    return this.applications.some((each) => each.heard);
  }

  private get applications(): readonly Application[] {
    return this.ground.applications();
  }

  private get config(): Config {
    return this.ground.held.config;
  }

  /** One for each application; none before everything was judged once. */
  audits(): readonly Audit[] {
    if (!this.heard) return [];
    return this.made ??= this.applications.map((each) => this.auditOf(each));
  }

  private auditOf(application: Application): Audit {
    const { project } = application;
    const modules = project.of('module').filter((each) => each.role === 'production');
    const { ground: { libraries, held: { revision, files }, registry, ruleset } } = this;
    return {
      project: { name: project.name, root: project.root, frameworks: [...project.frameworks], deployable: project.deployable !== undefined, ...(libraries().length > 0 && { libraries: libraries() }), ...revision },
      outcomes: application.outcomes(), signoffs: this.signed(application), rules: registry.byId, ruleset,
      notices: this.notices().filter((each) => each.path === undefined || this.applications.length === 1 || RECORD_FILES.includes(each.path) || project.paths.includes(each.path)),
      files: {
        seen: project.paths.length, read: project.paths.filter((path) => files.get(path)?.text !== undefined).length, parsed: modules.filter((each) => each.whole).length,
        lines: modules.reduce((sum, each) => sum + each.lines, 0), routes: project.routes.length,
      },
      inventory: application.inventory(),
    };
  }

  private signed({ project: { root } }: Application): SignedAudit {
    const { records, held: { revision }, registry: { cards } } = this.ground;
    return signedAudit({ records: records.signoffs, root, watch: records.watch, commit: revision?.commit, required: this.config.signoffs.required, cards });
  }

  /** What silences nothing. Nothing can be told before everything was judged once. */
  stale(): readonly Stale[] {
    return this.unneeded ??= this.heard ? this.findStale() : [];
  }

  private findStale(): readonly Stale[] {
    const used = new Set(this.applications.flatMap((each) => [...each.used()]));
    const rules = new Map(this.ground.registry.rules.map((rule) => [rule.id, rule]));
    const asked = (id: string) => { const rule = rules.get(id); return rule !== undefined && severityOf(rule, this.config) !== 'off'; };
    const usage = { used, asked };
    const units = [...this.ground.held.files.values()].flatMap(({ unit }) => unit && unit.suppressions.length > 0 && this.applications.some((each) => each.project.unit(unit.path)) ? [unit] : []);
    const comments = units.flatMap((unit) => { const source = this.ground.held.source(unit.path); return source ? staleComments(unit, source, usage) : []; });
    const { text } = this.ground.records.file(SUPPRESSIONS_FILE);
    return text === undefined ? comments : [...comments, ...staleRecords(this.ground.records.suppressions, text, usage)];
  }

  /** @param path of one file; without it, all there are */
  notices(path?: string): readonly Notice[] {
    if (path === undefined) {
      const files = [...this.ground.held.files.values()].sort((a, b) => a.path < b.path ? -1 : 1);
      const whole = this.applications.flatMap((each) => each.failures());
      const ours = [...this.ground.records.notices, ...this.stale().map(({ notice }) => notice)];
      return gathered([...this.ground.held.generalNotices(), ...whole, ...ours, ...files.flatMap((file) => this.noticesOf(file))]);
    }
    const file = this.ground.held.files.get(path);
    const ours = [...this.ground.records.notices, ...this.stale().map(({ notice }) => notice)];
    return [...[...this.ground.held.generalNotices(), ...ours].filter((each) => each.path === path), ...(file ? this.noticesOf(file) : [])];
  }

  private noticesOf({ path, unit, notice }: HeldFile): Notice[] {
    const failed = this.applications.flatMap((each) => each.failures(path));
    const partly: Notice[] = unit?.kind === 'module' && unit.role === 'production' && !unit.whole
      ? [{ code: 'partly-parsed', path, incomplete: false, message: `${path} has syntax that could not be read; what stands around it was judged. Findings that rest on something being absent may be wrong there.` }] : [];
    return [...(notice ? [notice] : []), ...partly, ...failed, ...(unit ? suppressionNotices(unit, this.ground.held.source(path), this.ground.registry.byId) : [])];
  }
}
