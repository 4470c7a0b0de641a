/** Symbolic links: followed to what is listed anyway, so that nothing outside the workspace and nothing ignored comes in. */
import type { Notice } from '../audit/outcome';
import type { Files } from './files';
import { codeOf, maybe } from './files';
import type { Entry } from './workspace';

interface Followed { readonly entries: readonly Entry[]; readonly notices: readonly Notice[] }

/**
 * Entries under the paths of links. A link to a folder gives what is listed under that folder; one that leads out of the
 * workspace, to nothing or to what is not listed gives nothing; one that leads back to a folder around it is said.
 * @param entries sorted by path
 */
export async function followLinks(files: Files, root: string, links: readonly string[], entries: readonly Entry[], limit: number): Promise<Followed> {
  if (links.length === 0) return { entries: [], notices: [] };
  const top = await maybe(files.realpath(root));
  if (top === undefined) return { entries: [], notices: [] };
  const found: Entry[] = [];
  const loops: string[] = [];
  for (const link of links) {
    const real = await target(files, root, link, top);
    if (real === undefined) continue;
    if (real === 'loop' || real === '' || `${link}/`.startsWith(`${real}/`)) loops.push(link);
    else found.push(...linked(link, real, entries));
    if (found.length + entries.length > limit) break;
  }
  return { entries: found.slice(0, Math.max(limit - entries.length, 0)), notices: loops.length === 0 ? [] : [loopNotice(loops)] };
}

/** Where a link leads, relative to the workspace. */
async function target(files: Files, root: string, link: string, top: string): Promise<string | undefined> {
  try {
    const real = await files.realpath(`${root}/${link}`);
    return real === top ? '' : real.startsWith(`${top}/`) ? real.slice(top.length + 1) : undefined;
  } catch (error) {
    if (codeOf(error) === '') throw error;
    return codeOf(error) === 'ELOOP' ? 'loop' : undefined;
  }
}

function linked(link: string, real: string, entries: readonly Entry[]): readonly Entry[] {
  const file = entries.find((entry) => entry.path === real);
  if (file) return [{ ...file, path: link, real }];
  return entries.filter((entry) => entry.path.startsWith(`${real}/`)).map((entry) => ({ ...entry, path: link + entry.path.slice(real.length), real: entry.path }));
}

function loopNotice(loops: readonly string[]): Notice {
  const named = loops.slice(0, 5).join(', ') + (loops.length > 5 ? ` and ${loops.length - 5} more` : '');
  const one = loops.length === 1;
  const message = `The symbolic link${one ? '' : 's'} ${named} lead${one ? 's' : ''} back to ${one ? 'itself or a folder around it' : 'themselves or folders around them'}, and ${one ? 'was' : 'were'} not followed.`;
  return { code: 'link-loop', ...(loops[0] && { path: loops[0] }), message, incomplete: false };
}
