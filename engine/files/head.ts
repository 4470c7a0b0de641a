/** What every unit begins with. */
import type { Plain } from '../../rules/kit';
import { lineOf } from './lines';
import { roleOf } from './role';
import type { Comment } from './suppression';
import { suppressions } from './suppression';

/** The fields that all units have. `comments` are those of the file, in which suppressions are looked for. */
export function head(path: string, text: string, whole: boolean, comments: readonly Comment[]): Pick<Plain, 'path' | 'role' | 'whole' | 'suppressions'> {
  return { path, role: roleOf(path), whole, suppressions: comments.length === 0 ? [] : suppressions(comments, lineOf(text)) };
}
