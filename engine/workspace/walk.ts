/**
 * One walk over the folders of a workspace, level by level, so that a limit cuts off what lies deepest. Folders of
 * installed packages and of build output are never entered; files that git ignores are left out, unless git tracks them.
 */
import type { Notice } from '../audit/outcome';
import { isEnvFile, kindOf } from '../files/kind';
import type { Files, Named } from './files';
import { codeOf, maybe } from './files';
import type { IgnoreRules } from './ignore-rules';
import { NO_RULES } from './ignore-rules';
import { prefixOf, rulesAround } from './ignored';
import type { Repository } from './repository';
import { textOf } from './repository';
import type { Entry } from './workspace';

/** Installed packages, caches and output of tools: whatever they hold is not the project's own. */
const NEVER: ReadonlySet<string> = new Set([
  '.git', '.hg', '.svn', 'node_modules', 'bower_components', 'jspm_packages', 'site-packages', '__pycache__', '__pypackages__', '.venv', '.tox', '.nox',
  '.eggs', '.next', '.nuxt', '.svelte-kit', '.yarn', '.parcel-cache', '.turbo', '.mypy_cache', '.pytest_cache', '.ruff_cache', '.terraform', 'staticfiles',
]);

interface WalkOptions {
  readonly files: Files;
  /** Absolute, with `/`. */
  readonly root: string;
  readonly repository: Repository | undefined;
  readonly tracked: ReadonlySet<string> | undefined;
  /** gitignore patterns of paths that are not looked at, tracked or not. */
  readonly exclude: readonly string[];
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

interface Walked {
  readonly entries: readonly Entry[];
  readonly ignoredEnvFiles: readonly string[];
  /** Workspace-relative; where they lead is for others to find out. */
  readonly links: readonly string[];
  readonly notices: readonly Notice[];
}

/** A folder to enter. `rules` is undefined in an ignored folder, of which only tracked files count. */
interface Folder { readonly path: string; readonly rules: IgnoreRules | undefined }

export async function walk(options: WalkOptions): Promise<Walked> {
  return new Walk(options).run();
}

class Walk {
  private readonly entries: Promise<Entry | undefined>[] = [];
  private readonly ignoredEnvFiles: string[] = [];
  private readonly links: string[] = [];
  private readonly notices: Notice[] = [];
  private readonly exclude: IgnoreRules;
  private readonly trackedFolders: ReadonlySet<string>;
  private readonly prefix: string;

  constructor(private readonly options: WalkOptions) {
    this.exclude = NO_RULES.with('', options.exclude.join('\n'));
    this.trackedFolders = foldersOf(options.tracked ?? new Set());
    this.prefix = prefixOf(options.repository);
  }

  async run(): Promise<Walked> {
    let level: readonly Folder[] = [{ path: '', rules: await rulesAround(this.options.files, this.options.repository) }];
    while (level.length > 0 && this.entries.length <= this.options.limit) {
      const below = await Promise.all(level.map((folder) => this.enter(folder)));
      level = below.flat();
    }
    const { limit } = this.options;
    const found = (await Promise.all(this.entries.slice(0, limit))).filter((entry) => entry !== undefined);
    if (this.entries.length > limit) this.notices.push(tooMany(limit));
    this.options.signal?.throwIfAborted();
    const entries = found.sort((a, b) => (a.path < b.path ? -1 : 1));
    return { entries, ignoredEnvFiles: this.ignoredEnvFiles.sort(), links: this.links.sort(), notices: this.notices };
  }

  private async enter({ path, rules }: Folder): Promise<Folder[]> {
    const { files, root, signal } = this.options;
    signal?.throwIfAborted();
    const absolute = path === '' ? root : `${root}/${path}`;
    let names: readonly Named[];
    try {
      names = await files.names(absolute);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || path === '') this.notices.push(unreadable(path, codeOf(error)));
      return [];
    }
    const own = names.some((one) => one.name === '.gitignore') && rules ? rules.with((this.prefix + path).replace(/\/$/, ''), await textOf(files, `${absolute}/.gitignore`) ?? '') : rules;
    const before = path === '' ? '' : `${path}/`;
    if (path !== '' && names.some((one) => one.name === 'pyvenv.cfg' && one.kind === 'file')) {
      this.file(`${before}pyvenv.cfg`, own);
      return [];
    }
    const folders: Folder[] = [];
    for (const one of [...names].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const inner = before + one.name;
      if (one.kind === 'folder') folders.push(...this.folder(one.name, inner, own));
      else if (one.kind === 'file') this.file(inner, own);
      else if (one.kind === 'link' && !this.exclude.ignores(inner, false) && !this.isIgnored(inner, own, false)) this.links.push(inner);
    }
    return folders;
  }

  private folder(name: string, path: string, rules: IgnoreRules | undefined): Folder[] {
    if (this.exclude.ignores(path, true)) return [];
    const ignored = this.isIgnored(path, rules, true);
    if (ignored && !this.trackedFolders.has(path)) return [];
    if (name === '.venv') this.entries.push(this.present(`${path}/pyvenv.cfg`));
    return NEVER.has(name) ? [] : [{ path, rules: ignored ? undefined : rules }];
  }

  private file(path: string, rules: IgnoreRules | undefined): void {
    if (this.exclude.ignores(path, false)) return;
    if (this.isIgnored(path, rules, false)) {
      if (isEnvFile(path)) this.ignoredEnvFiles.push(path);
      return;
    }
    this.entries.push(this.entry(path));
  }

  /** What git tracks it does not ignore, whatever the patterns say. */
  private isIgnored(path: string, rules: IgnoreRules | undefined, folder: boolean): boolean {
    if (!folder && this.options.tracked?.has(path)) return false;
    return rules ? rules.ignores(this.prefix + path, folder) : !(folder && this.trackedFolders.has(path));
  }

  /** Only of files that somebody reads it is asked how large and how old they are. */
  private async entry(path: string): Promise<Entry | undefined> {
    return kindOf(path) === undefined ? { path, size: 0, stamp: '' } : this.present(path);
  }

  private async present(path: string): Promise<Entry | undefined> {
    const found = await maybe(this.options.files.stat(`${this.options.root}/${path}`));
    return found && { path, size: found.size, stamp: `${found.mtime}-${found.size}` };
  }
}

function foldersOf(paths: ReadonlySet<string>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let end = path.lastIndexOf('/'); end > 0 && !folders.has(path.slice(0, end)); end = path.lastIndexOf('/', end - 1)) folders.add(path.slice(0, end));
  }
  return folders;
}

function unreadable(path: string, code: string): Notice {
  const what = path === '' ? 'The folder of the workspace' : `The folder ${path}`;
  const remedy = code === 'EACCES' || code === 'EPERM' ? 'Give the account that runs this the right to list it, or exclude it in shipworthy.json.' : 'Look whether it is still there and its disk is in order.';
  return { code: 'unreadable', ...(path !== '' && { path }), message: `${what} could not be listed (${code}), so nothing in it was looked at. ${remedy}`, incomplete: true };
}

function tooMany(limit: number): Notice {
  const message = `There are more than ${limit.toLocaleString('en')} files: those that lie deepest were not looked at. Exclude folders that are not source in shipworthy.json.`;
  return { code: 'limit', message, incomplete: true };
}
