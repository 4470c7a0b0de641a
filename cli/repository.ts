/** The repository around a folder, as far as paths of reports need it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ReportCard } from '../report/card';
import { moved } from '../report/moved';

/**
 * The cards of a checked folder (absolute, links resolved) with all paths seen from the root of the repository that holds it; the
 * cards as they are when none does.
 */
export function underRepository(cards: readonly ReportCard[], folder: string): readonly ReportCard[] {
  const root = repositoryOf(folder);
  if (root === undefined || root === folder) return cards;
  const prefix = path.relative(root, folder).split(path.sep).join('/');
  return cards.map((card) => moved(card, prefix));
}

function repositoryOf(folder: string): string | undefined {
  if (existsSync(path.join(folder, '.git'))) return folder;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : repositoryOf(parent);
}
