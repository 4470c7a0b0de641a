/** Fixes as SARIF writes them: regions that are deleted, and what comes in their place. */
import type { Finding, FixEdits } from '../../engine/audit/outcome';
import { line } from '../escape';
import { artifactLocation, spot } from './place';

/** Gives the fixes of a finding that a tool may make by itself, with paths as the card has them. */
export type Fixes = (finding: Finding) => readonly FixEdits[];

/** Characters that fixes may put into a log altogether: it is a report first. */
const MOST = 1_000_000;

/** Asks for fixes as long as there is room. Findings come worst first, so it is the least that goes without. */
export function rationed(fixes: Fixes): Fixes {
  let left = MOST;
  return (finding) => {
    if (left <= 0) return [];
    const found = fixes(finding);
    left -= found.flatMap(({ files }) => files.flatMap(({ edits }) => edits)).reduce((sum, { text }) => sum + text.length + 200, 0);
    return left < 0 ? [] : found;
  };
}

export function fix({ title, files }: FixEdits): object {
  return {
    description: { text: line(title) },
    artifactChanges: files.map(({ path, edits }) => ({
      artifactLocation: artifactLocation(path),
      replacements: edits.map(({ range, text }) => ({ deletedRegion: spot(range), ...(text !== '' && { insertedContent: { text } }) })),
    })),
  };
}
