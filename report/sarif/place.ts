/** Places as SARIF writes them. */
import type { Location, Range } from '../../engine/audit/outcome';
import { pathLink } from '../escape';

/** A physical location in a file of the repository. */
export function physicalLocation(path: string, range?: Range): object {
  return { artifactLocation: artifactLocation(path), ...(range && { region: region(range) }) };
}

export function artifactLocation(path: string): object {
  return { uri: pathLink(path).replace(/^\.\//, ''), uriBaseId: '%SRCROOT%' };
}

export function location(at: Location): object {
  return { physicalLocation: physicalLocation(at.path, at.range) };
}

/** Lines and columns from 1, the end after its last unit. What has no extent is about the line as a whole: what is missing has no place in it. */
function region({ start, end }: Range): object {
  if (start.line === end.line && start.character === end.character) return { startLine: start.line + 1 };
  return spot({ start, end });
}

/** The same for what is replaced, where a place without extent is one between two characters. */
export function spot({ start, end }: Range): object {
  return { startLine: start.line + 1, startColumn: start.character + 1, endLine: end.line + 1, endColumn: end.character + 1 };
}
