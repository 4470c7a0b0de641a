/** Real repositories, made by the git program in folders of their own. Only tests start it: the product reads repositories from their files. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface TestRepository {
  readonly root: string;
  /** Runs git in the repository (or in `cwd`) and gives what it prints, without the last line break. Throws when git fails. */
  git(...words: readonly string[]): string;
  /** Writes files of the working tree. */
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
  /** Writes files and commits all that is there; gives the commit. Each commit is a minute after the one before. */
  commit(files?: Readonly<Record<string, string | Uint8Array>>, message?: string): string;
  remove(): void;
}

const PERSON = { NAME: 'A. Person', EMAIL: 'person@example.org' };

export function makeRepository(...initial: readonly string[]): TestRepository {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'shipworthy-git-')));
  const root = join(base, 'work');
  mkdirSync(root);
  let minute = 0;
  const env = () => ({
    PATH: process.env.PATH ?? '', HOME: base, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C',
    ...Object.fromEntries(['AUTHOR', 'COMMITTER'].flatMap((who) => [[`GIT_${who}_NAME`, PERSON.NAME], [`GIT_${who}_EMAIL`, PERSON.EMAIL], [`GIT_${who}_DATE`, `${1_790_000_000 + minute * 60} +0000`]])),
  });
  const git = (...words: readonly string[]) => execFileSync('git', words, { cwd: root, env: env(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 }).replace(/\n$/, '');
  const write: TestRepository['write'] = (files) => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
  };
  git('init', '--quiet', '--initial-branch=main', ...initial);
  return {
    root, git, write,
    commit(files = {}, message = 'A change') {
      minute += 1;
      write(files);
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--message', message);
      return git('rev-parse', 'HEAD');
    },
    remove: () => rmSync(base, { recursive: true, force: true }),
  };
}

/** A repository for each test of the suite this is called in. */
export function repository(): TestRepository {
  let made: TestRepository | undefined;
  beforeEach(() => { made = makeRepository(); });
  afterEach(() => made?.remove());
  const here = (): TestRepository => {
    if (!made) throw new Error('only inside of tests');
    return made;
  };
  return {
    get root() { return here().root; },
    git: (...words) => here().git(...words), write: (files) => here().write(files), commit: (files, message) => here().commit(files, message), remove: () => here().remove(),
  };
}
