/** Who works here, as git would write it into a commit: read from its settings, no process is started. */
import { textOf } from './repository';
import { repositoryOf } from './repository';
import type { Files } from './files';

type Environment = Readonly<Record<string, string | undefined>>;
interface User { readonly name?: string; readonly email?: string }

/**
 * `NAME <MAIL>`, or as much of it as is known; undefined when git knows nobody. What is set for the repository wins over
 * what is set for the person, as in git.
 * @param root absolute folder, with `/`
 * @param home absolute folder of the person's own settings
 */
export async function gitIdentity(files: Files, root: string, home: string, env: Environment = {}): Promise<string | undefined> {
  const repository = await repositoryOf(files, root);
  const places = [
    `${env.XDG_CONFIG_HOME || `${home}/.config`}/git/config`, `${home}/.gitconfig`,
    ...(repository ? [`${repository.common}/config`, `${repository.folder}/config.worktree`] : []),
  ];
  const texts = await Promise.all(places.map((path) => textOf(files, path)));
  const user = texts.reduce<User>((sum, text) => ({ ...sum, ...(text === undefined ? {} : userOf(text)) }), {});
  const name = env.GIT_AUTHOR_NAME || user.name;
  const email = env.GIT_AUTHOR_EMAIL || user.email;
  if (!name) return email ? `<${email}>` : undefined;
  return email ? `${name} <${email}>` : name;
}

/** `name` and `email` of the section `[user]`. The last one counts. */
function userOf(text: string): User {
  const user: { name?: string; email?: string } = {};
  let section = '';
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    const [, heading, rest = ''] = /^\s*\[([^\]]*)\](.*)$/.exec(line) ?? [undefined, undefined, line];
    if (heading !== undefined) section = heading.trim().toLowerCase();
    const [, key = '', written = ''] = /^\s*(name|email)\s*=(.*)$/i.exec(rest) ?? [];
    if (section !== 'user' || key === '') continue;
    const value = valueOf(written);
    if (value !== '') user[key.toLowerCase() === 'name' ? 'name' : 'email'] = value;
  }
  return user;
}

/** A value without its quotes, escapes and comment. */
function valueOf(written: string): string {
  let value = '';
  let quoted = false;
  const text = written.trim();
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (letter === '\\') value += { n: '\n', t: '\t' }[text.charAt(at += 1)] ?? text.charAt(at);
    else if (letter === '"') quoted = !quoted;
    else if (!quoted && (letter === '#' || letter === ';')) break;
    else value += letter;
  }
  return value.replace(/\s+/g, ' ').trim();
}
