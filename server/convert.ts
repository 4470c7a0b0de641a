/**
 * Between the words of LSP and those of the engine: URIs and workspace-relative paths, ranges and offsets.
 *
 * Editors spell the same file in different ways (`file:///c%3A/My%20App` and `file:///C:/My App`), so URIs are compared
 * decoded. Towards the client the folder is spelled as the client spells it, and what is added to it as VS Code would.
 * Both sides count lines from 0 and columns in UTF-16 units, so positions need no conversion.
 */
import type { Position, Range } from '../engine/audit/outcome';

interface Address { readonly origin: string; readonly path: string }

function address(uri: string): Address {
  const [, scheme = '', authority = '', path = ''] = /^([a-z][\w+.-]*):(?:\/\/([^/?#]*))?([^?#]*)/i.exec(uri) ?? [];
  const host = authority.toLowerCase();
  const decoded = path.split('/').map(decode).join('/');
  return {
    origin: `${scheme.toLowerCase()}://${host === 'localhost' ? '' : host}`,
    path: decoded.replace(/^\/[A-Z]:/, (drive) => drive.toLowerCase()),
  };
}

/** A `%` that stands for itself is taken as it is. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The path of a file relative to a folder, with `/` and decoded; undefined when it is not below the folder. */
export function relativePath(folder: string, uri: string): string | undefined {
  const root = address(folder);
  const place = address(uri);
  const base = root.path.endsWith('/') ? root.path : `${root.path}/`;
  const inside = place.origin === root.origin && place.path.startsWith(base) && place.path.length > base.length;
  return inside ? place.path.slice(base.length) : undefined;
}

/** The same text for every way to spell the URI of one place. Not a URI. */
export function canonical(uri: string): string {
  const { origin, path } = address(uri);
  return origin + path.replace(/\/$/, '');
}

/** The last name in a URI, to show. */
export function lastName(uri: string): string {
  return decode(uri.replace(/\/+$/, '').replace(/^.*\//, ''));
}

/** The URI of a path in a folder, escaped as strictly as VS Code does it. */
export function uriOf(folder: string, path: string): string {
  const escaped = path.split('/').map((segment) => encodeURIComponent(segment).replace(/[!'()*]/g, percent));
  return `${folder.endsWith('/') ? folder : `${folder}/`}${escaped.join('/')}`;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** Negative when `a` comes before `b`. */
export function compare(a: Position, b: Position): number {
  return a.line - b.line || a.character - b.character;
}

/** Whether the ranges share a character or touch: a cursor at either end of a word is on it. */
export function touches(a: Range, b: Range): boolean {
  return compare(a.start, b.end) <= 0 && compare(b.start, a.end) <= 0;
}

/** Whether the ranges have a line in common. */
export function sharesLine(a: Range, b: Range): boolean {
  return a.start.line <= b.end.line && b.start.line <= a.end.line;
}
