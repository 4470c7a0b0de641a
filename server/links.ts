/** Names that lead somewhere: those of rules to their page, and in the team's records those of findings and files to their place. */
import type { DocumentLink } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Location } from '../engine/audit/outcome';
import type { Session } from '../engine/audit/session';
import { exactPath, namesIn, type Named } from '../engine/records/recorded';
import { webLink } from '../report/escape';
import { refuseCancelled } from './cancellation';
import type { Placed } from './folders';
import { answer } from './log';
import { mentionsIn } from './mentions';
import { EXPLAIN_COMMAND, type ExplainParams } from './protocol';
import { ruleCard, type Serving } from './serving';

export function serveLinks(serving: Serving): void {
  const { connection, log } = serving;
  connection.onDocumentLinks(({ textDocument: { uri } }, token) => answer(log, `Links of ${uri}`, async (): Promise<DocumentLink[]> => {
    const placed = serving.folders.nearest(uri);
    const session = await placed?.folder.ready();
    refuseCancelled(token);
    const document = serving.documents.get(uri);
    return placed && session && document ? [...rules(serving, session, placed, document), ...places(serving, session, placed, document)] : [];
  }));
}

function rules(serving: Serving, session: Session, { path }: Placed, document: TextDocument): readonly DocumentLink[] {
  return mentionsIn(session, path, document).flatMap(({ rule, range }): DocumentLink[] => {
    const card = ruleCard(rule, serving.host, [session]);
    const target = card && page(serving, rule, card.links);
    return target === undefined ? [] : [link(serving, { range, target, tooltip: card?.title ?? rule })];
  });
}

/** Our own client shows the page; elsewhere there is what its first link says. */
function page({ client }: Serving, rule: string, [first = '']: readonly string[]): string | undefined {
  if (!client.canPrompt) return webLink(first);
  return `command:${EXPLAIN_COMMAND}?${encodeURIComponent(JSON.stringify([{ rule } satisfies ExplainParams]))}`;
}

function places(serving: Serving, session: Session, { folder, path }: Placed, document: TextDocument): readonly DocumentLink[] {
  const names = (namesIn(path, document.getText()) ?? []).filter(({ kind }) => kind !== 'rule');
  if (names.length === 0) return [];
  const findings = findingsOf(session);
  return names.flatMap((name): DocumentLink[] => {
    const place = placeOf(name, session, findings);
    if (!place) return [];
    const at = place.range ? `#L${place.range.start.line + 1},${place.range.start.character + 1}` : '';
    return [link(serving, { range: { start: document.positionAt(name.start), end: document.positionAt(name.end) }, target: `${folder.uriOf(place.path)}${at}`, tooltip: place.path })];
  });
}

function placeOf({ kind, name }: Named, session: Session, findings: ReadonlyMap<string, Location>): Partial<Location> & Pick<Location, 'path'> | undefined {
  if (kind === 'finding') return findings.get(name);
  const path = exactPath(name);
  return path !== undefined && session.text(path) !== undefined ? { path } : undefined;
}

/** Open and silenced ones, by their fingerprints. */
function findingsOf(session: Session): ReadonlyMap<string, Location> {
  const outcomes = session.audits().flatMap((audit) => audit.outcomes);
  const all = outcomes.flatMap(({ findings, silenced }) => [...findings, ...silenced.map(({ finding }) => finding)]);
  return new Map(all.map((finding) => [finding.fingerprint, finding]));
}

function link({ client }: Serving, { tooltip, ...rest }: DocumentLink): DocumentLink {
  return { ...rest, ...(client.linkTooltips && tooltip !== undefined && { tooltip }) };
}
