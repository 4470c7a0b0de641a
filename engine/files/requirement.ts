/** One requirement of a Python package, as PEP 508 writes it: `requests[socks]>=2.31,<3; python_version < "3.12"`. */
import type { Package } from '../../rules/kit';
import type { Piece } from './piece';

const REQUIREMENT = /^\s*(?<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[(?<extras>[^\]]*)\])?\s*(?:@\s*(?<url>[^\s;]+)|\(?(?<version>(?:===?|~=|!=|<=?|>=?)[^;()#]*?)\)?)?\s*(?:;\s*(?<marker>[^#]*?))?\s*$/d;

/** Where a package comes from and which set it belongs to; what the text of the requirement does not say. */
export interface Standing { readonly dev: boolean; readonly group?: string; readonly hashed?: boolean }

/** The package a requirement names, or undefined when the text is none. */
export function requirement(piece: Piece, standing: Standing): Package | undefined {
  const found = REQUIREMENT.exec(piece.text);
  const { name, extras, url, version, marker } = found?.groups ?? {};
  const at = found?.indices?.groups?.version;
  if (!name) return undefined;
  const end = found?.indices?.groups?.marker?.[1] ?? piece.text.trimEnd().length;
  return {
    name, ...(version && at && { version: version.trim(), versionAt: piece.span(at[0], at[0] + version.trimEnd().length) }),
    ...(url && { source: url }), ...(marker && { marker }), ...(standing.group && { group: standing.group }),
    extras: (extras ?? '').split(',').map((one) => one.trim()).filter((one) => one !== ''),
    dev: standing.dev, hashed: standing.hashed ?? false, at: piece.span(piece.text.search(/\S|$/), end),
  };
}

/** The name a URL or path of a package gives away: its egg, its wheel, its repository. */
export function sourceName(source: string): string {
  const egg = /[#&]egg=([\w.-]+)/.exec(source)?.[1];
  if (egg) return egg;
  const last = source.replace(/[#?].*$/, '').replace(/\/+$/, '').split('/').at(-1) ?? source;
  return last.replace(/(?<=.)@.*$/, '').replace(/\.git$/, '').replace(/-\d[\w.!+-]*\.(?:whl|tar\.gz|zip)$/, '');
}

const DEVELOPMENT = /(?:^|[\s._/-])(?:dev|devel|develop|development|tests?|testing|lint(?:ing|ers?)?|docs?|documentation|typing|types|mypy|style|format(?:ting)?|ci|qa|quality|checks?|local|debug|bench(?:marks?)?|coverage|pre-?commit|nox|tox|tooling|tools|extra-?dev)(?=$|[\s._/-])/i;

/** A group, an extra or a file of this name is not installed in production. */
export function isDevelopment(name: string): boolean {
  return DEVELOPMENT.test(name);
}
