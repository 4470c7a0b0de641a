/** What modules are called, by the paths of their files. */

/** `backend/app/models/__init__.py` is `backend.app.models`; `src` folders are source roots and leave no trace. */
export function moduleName(path: string): string {
  return path.replace(/\.pyw?i?$/, '').replace(/(^|\/)__init__$/, '').split('/').filter((each, index) => !(each === 'src' && index === 0)).join('.');
}

/** Whether a file is that of a package: its own name is then the folder's. */
export function isPackage(path: string): boolean {
  return /(^|\/)__init__\.pyi?$/.test(path);
}

/**
 * An import's module as an absolute name: `..models` in `app.auth.routes` is `app.models`.
 * @param written as the import says it, with its dots
 * @param module that the import stands in
 */
export function absolute(written: string, module: string, inPackage: boolean): string {
  const dots = /^\.+/.exec(written)?.[0].length ?? 0;
  if (dots === 0) return written;
  const parts = module.split('.');
  const base = parts.slice(0, parts.length - dots + (inPackage ? 1 : 0));
  const rest = written.slice(dots);
  return [...base, ...(rest ? [rest] : [])].join('.');
}
