/** Findings as diagnostics: what squiggles, how loudly, and how an answer is told from the one before. */
import { DiagnosticSeverity, DiagnosticTag, type Diagnostic } from 'vscode-languageserver';
import type { Finding, Notice } from '../engine/audit/outcome';
import type { Session } from '../engine/audit/session';
import { webLink } from '../report/escape';
import type { Severity } from '../rules/kit';
import { canonical } from './convert';
import { digest } from './digest';
import type { Placed } from './folders';
import { ruleCard, type Serving } from './serving';
import { auditsOn, findingsOn, noticesOn } from './today';

const SOURCE = 'shipworthy';

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  critical: DiagnosticSeverity.Error,
  high: DiagnosticSeverity.Error,
  medium: DiagnosticSeverity.Warning,
  low: DiagnosticSeverity.Information,
  info: DiagnosticSeverity.Hint,
};

/** What a diagnostic carries for whoever acts on it. */
export interface FindingTag {
  readonly rule: string;
  readonly fingerprint: string;
  readonly confidence: Finding['confidence'];
  /** What tools that the settings name would say in its place, as on the rule's card: `ruff S105`. Only a client sees whether they do. */
  readonly twins?: readonly string[];
}

/** Notices that somebody mends where they stand: a mistake in a file of ours, what silences nothing, a sign-off that has expired. */
const MENDABLE: ReadonlySet<Notice['code']> = new Set(['config', 'suppression', 'record', 'signoff']);

/** The findings of a file that its reader sees at their place today. What is merely possible is for the report alone. */
export function visibleFindings(session: Session, path: string, asOf: string): readonly Finding[] {
  return findingsOn(session, path, asOf).filter((finding) => finding.confidence !== 'possible');
}

/** What is to be shown for one file now, and the id of just that. `version` is the open document's. */
interface Shown { readonly items: Diagnostic[]; readonly id: string; readonly version?: number }

export function shownFor(serving: Serving, uri: string): Shown {
  const document = serving.documents.get(uri);
  const placed = serving.folders.nearest(uri);
  const items = placed ? diagnosticsOf(serving, placed, document !== undefined) : [];
  return { items, id: resultId(items, document?.getText()), ...(document && { version: document.version }) };
}

/** The files that show something though they may be closed: canonical URI to the URI as it is spelled to the client. */
export function workspaceFiles({ folders, host }: Serving): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const folder of folders.all) {
    if (!folder.session || folder.settings?.problems === 'openFiles') continue;
    for (const path of diagnosedPaths(folder.session, host.today())) {
      if (!folder.shows(path)) continue;
      const uri = folder.uriOf(path);
      files.set(canonical(uri), uri);
    }
  }
  return files;
}

function diagnosedPaths(session: Session, asOf: string): ReadonlySet<string> {
  const findings = auditsOn(session, asOf).flatMap((day) => day.outcomes.flatMap((outcome) => outcome.findings));
  return new Set([...findings.map(({ path }) => path), ...mendable(session, asOf).flatMap(({ path }) => path ?? [])]);
}

/** Nothing in a folder that is switched off, and of closed files only what the settings ask for. */
function diagnosticsOf(serving: Serving, placed: Placed, open: boolean): Diagnostic[] {
  const { folder, path } = placed;
  const { session } = folder;
  if (!session || !(open || folder.shows(path))) return [];
  const today = serving.host.today();
  const notices = mendable(session, today).filter((notice) => notice.path === path);
  return [
    ...visibleFindings(session, path, today).map((finding) => diagnostic(serving, placed, session, finding)),
    ...notices.flatMap((notice) => noticed(notice, serving.client.tags)),
  ];
}

/** A finding as a diagnostic, with as much as the client can show. */
export function diagnostic({ client, host }: Serving, { folder }: Placed, session: Session, finding: Finding): Diagnostic {
  const card = ruleCard(finding.rule, host, [session]);
  const href = webLink(card?.links[0] ?? '');
  const twins = twinsOf(card?.anchors ?? [], folder.settings?.defer ?? []);
  const tag: FindingTag = { rule: finding.rule, fingerprint: finding.fingerprint, confidence: finding.confidence, ...(twins.length > 0 && { twins }) };
  return {
    range: finding.range, severity: loudness(finding), source: SOURCE, code: finding.rule, message: finding.message, data: tag,
    ...(client.codeDescription && href && { codeDescription: { href } }),
    ...(client.related && finding.related.length > 0 && {
      relatedInformation: finding.related.map(({ path, range, text }) => ({ location: { uri: folder.uriOf(path), range }, message: text })),
    }),
  };
}

/** Plugins of a tool speak in its name: `eslint-plugin-security` in that of `eslint`. */
function twinsOf(anchors: readonly string[], tools: readonly string[]): readonly string[] {
  return anchors.filter((anchor) => tools.some((tool) => anchor.toLowerCase().startsWith(`${tool} `) || anchor.toLowerCase().startsWith(`${tool}-`)));
}

/** What is likely but not confirmed never shows as more than information. */
function loudness({ severity, confidence }: Finding): DiagnosticSeverity {
  const usual = SEVERITIES[severity];
  return confidence === 'confirmed' ? usual : Math.max(usual, DiagnosticSeverity.Information) as DiagnosticSeverity;
}

/** As the last audits have them: asking the session itself would gather those of every file. Applications may share some. */
function mendable(session: Session, asOf: string): readonly Notice[] {
  return noticesOn(session, asOf).filter(({ code }) => MENDABLE.has(code));
}

/** What does nothing, or nothing any more, is drawn as needless. */
function noticed({ code, range, message, unnecessary, ended }: Notice, tags: boolean): readonly Diagnostic[] {
  const needless = tags && (unnecessary ?? ended) ? { tags: [DiagnosticTag.Unnecessary] } : {};
  return range ? [{ range, severity: DiagnosticSeverity.Warning, source: SOURCE, code, message, ...needless }] : [];
}

/**
 * Names an answer, so that the next can say "unchanged". Of an open document its text is part: VS Code moves squiggles
 * along with the text, and an equal list for another text has to put them back.
 */
function resultId(items: readonly Diagnostic[], text?: string): string {
  const list = digest(JSON.stringify(items));
  return text === undefined ? list : `${list}-${digest(text)}`;
}

/** Whether two ids name the same list, whatever the text. */
export function sameList(id: string | undefined, other: string): boolean {
  return id?.split('-')[0] === other.split('-')[0];
}
