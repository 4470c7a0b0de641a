/** Paths of routes put together out of prefixes, in the notation of the framework that reads them. */

/** @param asWritten Django and its like set parts side by side; others put one slash between them */
export function joinPath(prefix: string, path: string, asWritten: boolean): string {
  const plain = asWritten ? unanchored(path) : path;
  if (prefix === '') return plain;
  if (asWritten) return `${prefix}${plain.startsWith('/') && prefix.endsWith('/') ? plain.slice(1) : plain}`;
  if (plain === '' || plain === '/') return plain === '' ? prefix : `${prefix.replace(/\/$/, '')}/`;
  return `${prefix.replace(/\/$/, '')}${plain.startsWith('/') ? '' : '/'}${plain}`;
}

/** `^orders/(?P<pk>\d+)/$` is `orders/<pk>/`. */
function unanchored(path: string): string {
  return /[\^$\\(]/.test(path) ? path.replace(/^\^/, '').replace(/\$$/, '').replace(/\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)/g, '<$1>').replace(/\((?:[^()]|\([^()]*\))*\)/g, '<…>').replace(/\\([./-])/g, '$1') : path;
}

/** With a slash in front, as a browser asks for it. */
export function rooted(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}
