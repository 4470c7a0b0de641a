/**
 * What a file is for, by its path. These are the words rules are written with: tests, examples and vendored code are
 * judged differently from what runs in production.
 */
import type { Role } from '../../rules/kit';
import { kindOf } from './kind';
import { isVendored } from './vendored';

const GENERATED = /(?:^|\/)(?:__generated__|generated)\/|_pb2(?:_grpc)?\.pyi?$|\.(?:gen|generated)\.[a-z]+$|\.d\.[cm]?ts$|\.pb\.[a-z]+$/;

const TEST_FOLDER = /(?:^|\/)(?:tests?|__tests__|__mocks__|specs?|e2e|cypress|fixtures|testdata)\//;
const TEST_NAME = /(?:^|\/)(?:conftest\.py|tests\.py|test_[^/]*\.py|[^/]*_tests?\.py|[^/]+\.(?:test|spec)\.[^/]+)$/;

/** Alembic names revisions after twelve digits of base 16, wherever its folder is. */
const MIGRATION = /(?:^|\/)migrations?\/|(?:^|\/)alembic\/(?:[^/]+\/)*versions\/|(?:^|\/)versions\/(?:[^/]+\/)*(?:[\d-]+_)?[0-9a-f]{12}(?:_[^/]*)?\.py$|(?:^|\/)db\/migrate\//;
/** `_archive/`, `_legacy_archive/`: code that was set aside is there to be read, as examples are. */
const EXAMPLE_FOLDER = /(?:^|\/)(?:examples?|samples?|docs?|[_.](?:\w+_)?(?:archived?|archives|attic|graveyard|unused|trash)(?:_\w+)?)\//;

/** Tools of an application's own package (`app/tools/`) are part of it. */
const SCRIPT_FOLDER = /(?:^|\/)scripts?\/|^(?:(?!(?:app|src|lib|server|api)\/)[^/]+\/)?(?:tools?|bin|hack|bench|benchmarks?)\//;
/** `static/scripts/menu.js` runs in a browser, `bin/www` starts the server. */
const NO_SCRIPT = /(?:^|\/)(?:static|public|assets|www)\/|(?:^|\/)bin\/(?:www|server|start)(?:\.[cm]?[jt]s)?$/;
const SCRIPT_NAME = /^(?:[^/]+\/)?setup\.py$|(?:^|\/)(?:populate|seeds?|seeder)(?:_[^/]*)?\.py$|(?:^|\/)(?:noxfile|fabfile|dodo|toxfile)\.py$|(?:^|\/)(?:gulpfile|gruntfile)\.[cm]?[jt]s$/;

/**
 * The role of a file, by its path (relative to the workspace, with `/`). Vendored wins over test, test over migration, and
 * so on down the list below; documents are nobody's example, and only source modules are scripts.
 */
export function roleOf(path: string): Role {
  const lower = path.toLowerCase();
  const kind = kindOf(path);
  if (isVendored(path)) return 'vendored';
  if (GENERATED.test(lower)) return 'generated';
  if (TEST_FOLDER.test(lower) || TEST_NAME.test(lower)) return 'test';
  if (MIGRATION.test(lower)) return 'migration';
  if (EXAMPLE_FOLDER.test(lower) && kind !== 'markdown') return 'example';
  if (kind === 'module' && !NO_SCRIPT.test(lower) && (SCRIPT_FOLDER.test(lower) || SCRIPT_NAME.test(lower))) return 'script';
  return 'production';
}
