/** What is not the project's own: installed, built and minified files. Nobody reads them. */

const VENDORED_FOLDER = /(?:^|\/)(?:node_modules|bower_components|site-packages|jspm_packages|vendors?|third[_-]?party|\.yarn|\.next|\.nuxt|\.svelte-kit|staticfiles|__pycache__|\.?venv|\.tox|\.nox|\.eggs)\//;
/** Folders that build tools write into; a Dockerfile or script in `build/` is somebody's own. */
const OUTPUT_FOLDER = /(?:^|\/)(?:dist|build|out)\//;
const BUILT = /\.(?:[cm]?jsx?|map|css|html?|json|txt|py)$/;
const VENDORED_NAME = /\.min\.[a-z]+$|[.-][0-9a-f]{8,}(?:\.chunk)?\.(?:[cm]?js|css)$|[-.]v?\d+\.\d+(?:\.\d+)*(?:[.-][a-z]+)*\.(?:js|css)$|(?:^|[./-])bundle(?:[.-][a-z]+)*\.js$/;
/** Vite's and Rollup's names: eight characters of base 64 after the last dash. */
const HASHED_ASSET = /(?:^|\/)assets\/(?:[^/]+\/)*[^/]+-(?=[\w-]*[A-Z0-9])[\w-]{8}\.(?:js|css)$/;

/** Whether a file is installed or built, by its path (relative to the workspace, with `/`). */
export function isVendored(path: string): boolean {
  const lower = path.toLowerCase();
  return VENDORED_FOLDER.test(lower) || VENDORED_NAME.test(lower) || HASHED_ASSET.test(path) || (OUTPUT_FOLDER.test(lower) && BUILT.test(lower));
}

const MINIFIED_LINE = 500;

/** Built or minified source, by its text: a bundler's preamble, a source-map comment at its end, or lines of more than 500 characters on average. */
export function isBuilt(path: string, text: string): boolean {
  if (!/\.(?:[cm]?js|css)$/i.test(path)) return false;
  if (/__webpack_require__|webpackBootstrap|webpackChunk/.test(text.slice(0, 4_000))) return true;
  if (/[#@] sourceMappingURL=\S+\s*(?:\*\/)?\s*$/.test(text.slice(-4_000))) return true;
  return text.length > 2 * MINIFIED_LINE && text.length / (text.split('\n').length) > MINIFIED_LINE;
}
