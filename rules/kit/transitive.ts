/** Compiled requirements: what another package brought, and not the project itself. */
import type { Manifest, Package } from './files';

/** `limits==3.13.0  # via flask-limiter`: pip-compile and uv write who asked for each, on its line or the ones after it. */
export function isTransitive(one: Package, { format }: Manifest, text: string): boolean {
  if (format !== 'requirements' && format !== 'constraints') return false;
  const after = text.slice(one.at.end, one.at.end + 2_000);
  const comment = /^(?:[^\n#]*(?:\\\r?\n[^\n#]*)*)(?:#|\r?\n[ \t]+#)[ \t]*via((?:[^\n]*)(?:\r?\n[ \t]+#[^\n]*)*)/.exec(after)?.[1];
  return comment !== undefined && !/(^|\s)-[rc]\s|\([^)]*(pyproject\.toml|setup\.(py|cfg))\)|\.in\b/.test(comment);
}

/** A package's name as registries compare it. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}
