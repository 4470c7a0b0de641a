/** What can be done about findings, and about what was recorded of them: edits for the workspace, which nobody makes here. */
import { SIGNOFFS_FILE, SUPPRESSIONS_FILE } from '../records/paths';
import { CONFIG_FILE } from '../workspace/config';
import type { CloseUp } from './close-up';
import { closeUpOf, previewOf } from './close-up';
import { allSafe, correctionOf, ignoreComment } from './correction';
import type { Judged } from './judge';
import type { Finding } from './outcome';
import type { Recording, Suppressing } from './recording';
import { signature, suppression, switchingOff } from './recording';
import type { Correction, Remedy, Session } from './session';
import type { Signoff } from './signed';
import { digestFor } from './signoffs';
import { endedComments, endedRecords } from './stale';
import type { Ground, Told } from './told';

/** The part of a session that mends; its methods are described there. */
export class Mending implements Pick<Session, 'remedies' | 'fix' | 'closeUp' | 'fixAll' | 'ignore' | 'suppress' | 'switchOff' | 'sign'> {
  /** @param findings those of a file that are open */
  constructor(private readonly ground: Ground, private readonly told: Told, private readonly findings: (path: string) => readonly Finding[]) {}

  remedies(path: string, asOf?: string): readonly Remedy[] {
    const stale = this.told.stale().filter(({ notice }) => notice.path === path).map(({ notice, correction }): Remedy => ({ range: notice.range, correction }));
    const places = new Set(stale.map(({ range }) => JSON.stringify(range)));
    return asOf === undefined ? stale : [...stale, ...this.ended(path, asOf).filter(({ range }) => !places.has(JSON.stringify(range)))];
  }

  private ended(path: string, asOf: string): readonly Remedy[] {
    const unit = this.ground.held.files.get(path)?.unit;
    const source = unit && this.ground.held.source(path);
    const text = path === SUPPRESSIONS_FILE ? this.ground.records.file(path).text : undefined;
    return [...(source ? endedComments(unit, source, asOf) : []), ...(text === undefined ? [] : endedRecords(this.ground.records.suppressions, text, asOf))];
  }

  fix(fingerprint: string, index: number): Correction | undefined {
    const judged = this.judged(fingerprint);
    return judged && correctionOf(judged, index, (path) => this.ground.held.source(path), (path) => this.exists(path));
  }

  closeUp(fingerprint: string, fixed: boolean): CloseUp | undefined {
    const finding = this.judged(fingerprint)?.finding;
    const text = finding && this.ground.text(finding.path);
    if (!finding || text === undefined) return undefined;
    const secret = this.ground.registry.byId[finding.rule]?.secret === true;
    const [offer] = finding.fixes;
    const correction = fixed && offer ? this.fix(fingerprint, offer.index) : undefined;
    return { ...closeUpOf(finding, secret, text), ...(correction && { fix: previewOf(correction, secret, this.ground.text) }) };
  }

  fixAll(path: string, rule?: string): Correction | undefined {
    const list = this.findings(path).filter((each) => rule === undefined || each.rule === rule).map((each) => this.judged(each.fingerprint)).filter((each): each is Judged => each !== undefined);
    return allSafe(list, (at) => this.ground.held.source(at), (at) => this.exists(at));
  }

  ignore(fingerprint: string, reach: 'line' | 'file', reason: string): Correction | undefined {
    const finding = this.judged(fingerprint)?.finding;
    const source = finding && this.ground.held.source(finding.path);
    return finding && source && ignoreComment(finding, reach, reason, source);
  }

  suppress(fingerprint: string, how: Suppressing): Recording | undefined {
    const finding = this.judged(fingerprint)?.finding;
    const source = finding && this.ground.held.source(finding.path);
    return finding && source && suppression(finding, how, source, this.ground.records.file(SUPPRESSIONS_FILE));
  }

  switchOff(rule: string, reason: string): Recording {
    if (!this.ground.registry.byId[rule]) return { refused: `There is no rule called \`${rule}\`.` };
    return switchingOff(rule, reason, this.ground.records.file(CONFIG_FILE));
  }

  sign(record: Signoff): Recording {
    const commit = this.ground.held.revision?.commit;
    const digest = digestFor(record, this.ground.records.watch);
    return signature({ ...(commit && { commit }), ...(digest !== undefined && { digest }), ...record }, this.ground.records.file(SIGNOFFS_FILE));
  }

  private judged(fingerprint: string): Judged | undefined {
    for (const each of this.ground.applications()) { const found = each.judged(fingerprint); if (found) return found; }
    return undefined;
  }

  private exists(path: string): boolean {
    return this.ground.held.files.has(path) || this.ground.held.entries.some((entry) => entry.path === path);
  }
}
