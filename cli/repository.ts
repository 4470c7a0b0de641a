/** The repository around a folder, as far as paths of reports need it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { safeFixes } from '../engine/audit/fix-edits';
import type { Session } from '../engine/audit/session';
import type { ReportCard } from '../report/card';
import { moved } from '../report/moved';
import type { Fixes } from '../report/sarif/fix';
import type { Surroundings } from './surroundings';

/**
 * The cards of a checked folder (absolute, links resolved) with all paths seen from the root of the repository that holds it; the
 * cards as they are when none does.
 */
export function underRepository(cards: readonly ReportCard[], folder: string): readonly ReportCard[] {
  const prefix = prefixOf(folder);
  return prefix === '' ? cards : cards.map((card) => moved(card, prefix));
}

/** What makes fixes of a session on that folder for reports whose paths are seen from there. */
export function fixesUnderRepository(session: Session, folder: string): Fixes {
  const prefix = prefixOf(folder);
  return (finding) => safeFixes(session, finding).map(({ title, files }) => ({ title, files: files.map((file) => ({ ...file, path: prefix === '' ? file.path : `${prefix}/${file.path}` })) }));
}

/** From the root of the repository to a folder: `services/api`; empty at the root and outside of repositories. */
function prefixOf(folder: string): string {
  const root = repositoryOf(folder);
  return root === undefined ? '' : path.relative(root, folder).split(path.sep).join('/');
}

/**
 * Where GitHub shows the files of the commit that was checked, as a workflow run tells in its environment; nothing outside of one, and
 * nothing when another commit or another repository was checked out.
 */
export function filesAddress(cards: readonly ReportCard[], env: Surroundings['env']): { readonly address?: string } {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name, GITHUB_SHA: commit } = env;
  if (!server || !name || !commit || cards.some((card) => card.project.commit !== commit)) return {};
  return { address: `${server}/${name}/blob/${commit}` };
}

function repositoryOf(folder: string): string | undefined {
  if (existsSync(path.join(folder, '.git'))) return folder;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : repositoryOf(parent);
}
