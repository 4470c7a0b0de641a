/** The files of a commit as a disk would have them: read from the repository's objects when they are asked for. */
import type { FileKind, Files, Named } from '../../workspace/files';
import { fault } from '../../workspace/files';
import { GitFault } from './fault';
import type { CommitFiles } from './history';
import type { Objects } from './objects';
import type { TreeEntry } from './trees';
import { treeEntries } from './trees';

interface Wanted {
  /** Folder of the repository that becomes the root: empty, or `packages/api`. */
  readonly prefix: string;
  readonly hashLength: 20 | 32;
  /** For messages. */
  readonly commit: string;
}

const ROOT = '/commit';
/** Links that lead to links. */
const FOLLOWED = 40;
/** Bytes that are kept between being asked for their number and being read. */
const KEPT = 1_000_000;

/** Throws GitFault when trees are not there, as in clones without them. The root is empty when the commit has no such folder. */
export async function commitFiles(objects: Objects, tree: string, { prefix, hashLength, commit }: Wanted): Promise<CommitFiles> {
  const entriesOf = async (id: string): Promise<readonly TreeEntry[]> => {
    const object = await objects.read(id);
    const entries = object?.kind === 'tree' ? treeEntries(object.bytes, hashLength) : undefined;
    if (!entries) throw new GitFault(`A folder of the commit ${commit.slice(0, 10)} is ${object ? 'damaged' : 'not in this clone'}. Fetch it with "git fetch", and look with "git fsck" whether the repository is whole.`);
    return entries;
  };
  let top: string | undefined = tree;
  for (const part of prefix.split('/').filter((one) => one !== '')) top = top && (await entriesOf(top)).find((entry) => entry.name === part && kindOf(entry) === 'folder')?.id;
  const all = new Map<string, TreeEntry>();
  const enter = async (id: string, before: string): Promise<void> => {
    for (const entry of await entriesOf(id)) {
      all.set(before + entry.name, entry);
      if (kindOf(entry) === 'folder') await enter(entry.id, `${before}${entry.name}/`);
    }
  };
  if (top !== undefined) await enter(top, '');
  return { files: new Tree(objects, all), root: ROOT, ids: new Map([...all].flatMap(([path, entry]) => ['file', 'link'].includes(kindOf(entry)) ? [[path, entry.id] as const] : [])) };
}

function kindOf({ mode }: TreeEntry): FileKind {
  const type = mode & 0o170000;
  return type === 0o040000 ? 'folder' : type === 0o100000 ? 'file' : type === 0o120000 ? 'link' : 'other';
}

class Tree implements Files {
  private readonly folders = new Map<string, Named[]>([['', []]]);
  private readonly kept = new Map<string, Uint8Array>();

  constructor(private readonly objects: Objects, private readonly all: ReadonlyMap<string, TreeEntry>) {
    for (const [path, entry] of all) {
      const slash = path.lastIndexOf('/');
      this.folders.get(path.slice(0, Math.max(slash, 0)))?.push({ name: entry.name, kind: kindOf(entry) });
      if (kindOf(entry) === 'folder') this.folders.set(path, []);
    }
  }

  async names(folder: string): Promise<readonly Named[]> {
    const names = this.folders.get(await this.followed(folder));
    if (!names) throw fault('ENOTDIR', folder);
    return names;
  }

  async stat(path: string): ReturnType<Files['stat']> {
    const real = await this.followed(path);
    const entry = this.all.get(real);
    if (!entry) return { kind: 'folder', size: 0, mtime: 0 };
    const kind = kindOf(entry);
    // Stands for a time of modification: another content, another number.
    return { kind, size: kind === 'file' ? await this.size(entry.id) : 0, mtime: Number.parseInt(entry.id.slice(0, 12), 16) };
  }

  async realpath(path: string): Promise<string> {
    const real = await this.followed(path);
    return real === '' ? ROOT : `${ROOT}/${real}`;
  }

  async read(path: string, limit: number): Promise<Uint8Array> {
    const entry = this.all.get(await this.followed(path));
    if (!entry || kindOf(entry) !== 'file') throw fault('NOT_A_FILE', path);
    if (await this.size(entry.id) > limit) throw fault('TOO_LARGE', path);
    const bytes = this.kept.get(entry.id) ?? await this.bytes(entry.id);
    this.kept.delete(entry.id);
    return bytes;
  }

  /** Loose objects have to be read to know their size: that is done once. */
  private async size(id: string): Promise<number> {
    const known = this.kept.get(id)?.length;
    if (known !== undefined) return known;
    const size = await this.objects.size(id);
    if (size === undefined) throw missing(id);
    if (size <= KEPT) this.kept.set(id, await this.bytes(id));
    return size;
  }

  private async bytes(id: string): Promise<Uint8Array> {
    const object = await this.objects.read(id);
    if (!object) throw missing(id);
    return object.bytes;
  }

  /** The path in the tree, links followed. Rejects with ENOENT where nothing is, and where a link leads out of the tree. */
  private async followed(path: string): Promise<string> {
    let rest = inside(path).split('/').filter((part) => part !== '');
    let done: string[] = [];
    for (let links = 0; rest.length > 0;) {
      const [part = '', ...more] = rest;
      rest = more;
      if (part === '.' || part === '..') {
        if (part === '..' && done.pop() === undefined) throw fault('ENOENT', path);
        continue;
      }
      const entry = this.all.get([...done, part].join('/'));
      if (!entry) throw fault('ENOENT', path);
      if (kindOf(entry) !== 'link') { done = [...done, part]; continue; }
      links += 1;
      if (links > FOLLOWED) throw fault('ELOOP', path);
      const target = new TextDecoder().decode(await this.bytes(entry.id));
      if (target.startsWith('/')) throw fault('ENOENT', path);
      rest = [...target.split('/'), ...rest];
    }
    return done.join('/');
  }
}

function inside(path: string): string {
  if (path !== ROOT && !path.startsWith(`${ROOT}/`)) throw fault('ENOENT', path);
  return path.slice(ROOT.length + 1);
}

function missing(id: string): GitFault {
  return new GitFault(`The contents ${id.slice(0, 10)} of a file are not in this clone. Fetch them, or check out the earlier commit once.`);
}
