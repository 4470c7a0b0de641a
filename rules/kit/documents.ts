/** Documents for people: Markdown, reStructuredText, AsciiDoc and plain text, cut into sections. */
import type { Markdown, Plain } from './files';
import type { Place } from './place';
import type { Evidence, Project } from './project';
import type { Variation } from './rule';

export interface Section extends Place {
  readonly title: string;
  /** 1 is the outermost. */
  readonly level: number;
  /** What stands below the heading, sections below it included. */
  readonly body: string;
}
export interface Document {
  readonly path: string;
  /** Without its folder and ending, lower case: `deployment`. */
  readonly name: string;
  readonly text: string;
  readonly sections: readonly Section[];
}

/** Papers that are no guide: licences, lists of changes, forms, notes of packages. */
const ASIDE = /(^|\/)(licen[cs]e|copying|notice|authors|contributors|code[_-]of[_-]conduct|pull_request_template|issue_template)[^/]*$|(^|\/)(issue_template|node_modules|vendor|fixtures|testdata|tests?|__tests__|spec|cypress)\//i;
const WRITTEN = /\.(rst|adoc|asciidoc|txt|text)$|(^|\/)(readme|install|deploy(ment)?|runbook|operations|security|contributing|changelog|history|news)$/i;
const LISTS = /(^|\/)(requirements|constraints)[^/]*\.txt$|(^|\/)(requirements|static|templates|data|locale|public)\/[^?]*\.txt$|robots\.txt$/i;
/** Longer ones are data. */
const LONGEST = 400_000;

/** Every document of the project, those near the top first. */
export function documents(project: Project): readonly Document[] {
  return project.once('documents', () => [...project.of('markdown'), ...project.of('plain').filter((unit) => unit.format === 'text' && WRITTEN.test(unit.path) && !LISTS.test(unit.path))]
    .filter((unit) => !ASIDE.test(unit.path) && unit.role !== 'vendored' && unit.role !== 'test')
    .map((unit) => documentOf(unit, project.text(unit.path) ?? '')).filter((each) => each.text.length < LONGEST)
    .sort((a, b) => a.path.split('/').length - b.path.split('/').length || (a.path < b.path ? -1 : 1)));
}

function documentOf(unit: Markdown | Plain, text: string): Document {
  const headings = unit.kind === 'markdown' ? unit.headings.map((each) => ({ level: each.level, text: each.text, start: each.at.start, end: each.at.end })) : headingsOf(text);
  const sections = headings.map((each, index): Section => {
    const next = headings.slice(index + 1).find((other) => other.level <= each.level);
    return { path: unit.path, start: each.start, end: each.end, title: each.text, level: each.level, body: text.slice(each.end, next?.start ?? text.length) };
  });
  return { path: unit.path, name: unit.path.slice(unit.path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '').toLowerCase(), text, sections };
}

interface Heading { readonly level: number; readonly text: string; readonly start: number; readonly end: number }

/** A line with a line of signs under it, or one that begins with equals signs. Each new sign is a level further in. */
function headingsOf(text: string): readonly Heading[] {
  const signs: string[] = [];
  return [...text.matchAll(/^(?:(?<marks>=+) (?<plain>\S.*)|(?<line>\S.*)\r?\n(?<under>([=\-~^"'*+#])\5{2,}))[ \t]*\r?$/gm)].map((found) => {
    const { marks, plain, line, under } = found.groups ?? {};
    const sign = under?.[0] ?? '';
    if (sign !== '' && !signs.includes(sign)) signs.push(sign);
    return { level: marks?.length ?? signs.indexOf(sign) + 1, text: (plain ?? line ?? '').trim(), start: found.index, end: found.index + found[0].length };
  });
}

/** The first section whose title is about something and whose body says enough of it. */
export function sectionAbout(project: Project, title: RegExp, enough: (section: Section) => boolean = () => true): Section | undefined {
  for (const document of documents(project)) {
    const found = document.sections.find((each) => title.test(each.title) && enough(each));
    if (found) return found;
  }
  return undefined;
}

/** The first document of such a name, and not of such another, with a word or two in it. */
export function documentNamed(project: Project, name: RegExp, but?: RegExp): Document | undefined {
  return documents(project).find((each) => name.test(each.path) && but?.test(each.path) !== true && each.text.trim().length > 40);
}

/** A command, a link or the name of a file: more than a word about it. */
export function isConcrete(text: string): boolean {
  return /`[^`\n]+`|```|~~~|\]\(|https?:\/\/|::\s*$|^[ \t]*\$ \S|\b[\w-]+\.(sh|py|ya?ml|toml|md|conf|json)\b|^(?: {4}|\t)\S/m.test(text);
}

/** The README of the application or, without one, of the repository. */
export function readme(project: Project): Document | undefined {
  const own = documents(project).filter((each) => each.name === 'readme' && !/(^|\/)\.github\//.test(each.path));
  const root = project.root === '' ? '' : `${project.root}/`;
  return own.find((each) => each.path.slice(0, each.path.lastIndexOf('/') + 1) === root) ?? own.find((each) => !each.path.includes('/')) ?? documents(project).find((each) => each.name === 'readme' && each.path.startsWith('.github/'));
}

/** Where documentation begins: one page deep inside of it speaks of something else. */
const ELSEWHERE = /^(?:www\.)?(?:docs?|documentation|wiki|help|manual|handbook)\.[^/]+(?=(?:\/[^/]*){0,2}\/?$)|^[^/]*\.(?:readthedocs|gitbook)\.\w+|^.*?\/(?:docs?|documentation|wiki|manual|handbook)(?=(?:\/[^/]*)?\/?$)/i;

/** Files and pages of a repository, this machine, names to fill in. */
const NO_SITE = /\/(blob|tree|raw|actions|issues|pull|discussions)\/|^raw\.|\.(png|jpe?g|gif|svg)\b|localhost|^127\.|\byour[-_]?(user(name)?|org(anization)?|name|company|repo|domain)\b|<|\{/i;

/** A lower grade for documents that are missing where few would look for them: nothing shows that the application is run, or its documentation is a site of its own. */
export function documentsElsewhere(project: Project): Variation | undefined {
  if (showsNoDeployment(project)) return { severity: 'info', because: 'nothing here shows that it is deployed' };
  if (isModel(project)) return { severity: 'info', because: 'it says of itself that it is there to learn or to start from' };
  const names = namesOf(project);
  const addresses = [...(readme(project)?.text ?? '').matchAll(/https?:\/\/([^\s)>\]"'`]+)/g)].map((each) => (each[1] ?? '').replace(/[?#].*/, ''));
  const site = addresses.find((each) => ELSEWHERE.test(each) && !NO_SITE.test(each) && names.some((name) => squashed(each).includes(name)));
  return site === undefined ? undefined : { severity: 'info', confidence: 'possible', because: `its documentation is kept at ${ELSEWHERE.exec(site)?.[0] ?? site}, which is not read here` };
}

const MODEL = /\bboilerplate\b|\bstarter\b(?= (kit|project|template|app)|\W*$)|\b(project|application|app|stack|fastapi|django|flask|express|node|react) (starter|template)\b|\bexample (app|application|project)\b|\b(to|for) learn(ing)? (how|about)\b|\b(deliberately|intentionally) (vulnerable|insecure)\b/i;

/** A boilerplate, an example, a place to learn: the first lines of its README say so. */
function isModel(project: Project): boolean {
  const text = readme(project)?.text ?? '';
  return MODEL.test(text.slice(0, 700).replace(/\]\([^)]*\)|https?:\S+|<[^>]*>/g, ''));
}

/** What the application calls itself: its folder, its manifests, the title of its README. */
function namesOf(project: Project): readonly string[] {
  const manifests = project.of('manifest').flatMap((unit) => unit.lock || unit.role !== 'production' ? [] : unit.entries.filter((each) => /^(project\.|tool\.poetry\.)?name$/.test(each.key)).map((each) => each.value));
  return [project.name, ...manifests, readme(project)?.sections[0]?.title ?? ''].map(squashed).filter((each) => each.length > 3 && each.length < 30);
}

function squashed(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Nothing of production is here, and no server is started: it may be run by nobody. */
export function showsNoDeployment(project: Project): boolean {
  return project.production.length === 0 && project.server === undefined;
}

/** Where a finding about a document that is not there is put: the README, else a manifest, else the application. */
export function documentPlace(project: Project): Place {
  const found = readme(project);
  if (found) return { path: found.path, start: 0, end: 0 };
  const manifest = project.of('manifest').filter((unit) => !unit.lock && unit.role === 'production').sort((a, b) => a.path.split('/').length - b.path.split('/').length)[0];
  return manifest ? { path: manifest.path, start: 0, end: 0 } : project.anchor;
}

/** A document or a section as evidence. */
export function documented(found: Document | Section, says: string): Evidence {
  return 'title' in found ? { path: found.path, start: found.start, end: found.end, text: `${says}: ${found.title}` } : { path: found.path, start: 0, end: 0, text: says };
}
