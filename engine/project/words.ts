/** Words by which names tell what they are for. */

const DEVELOPMENT = new Set(['dev', 'devel', 'develop', 'development', 'local', 'localhost', 'debug', 'sandbox', 'demo', 'override', 'test', 'tests', 'testing', 'ci', 'devcontainer']);

/** Whether a name (of a class, a module, a file) has development or test as a whole word: `DevConfig`, `settings.local`, `docker-compose.dev.yml`. */
export function developmentName(name: string): boolean {
  return words(name).some((word) => DEVELOPMENT.has(word));
}

/** Whole words of a name, lower case: split at `_`, `-`, `.`, `/` and where upper case begins. */
export function words(name: string): readonly string[] {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[^A-Za-z0-9]+/).filter(Boolean).map((word) => word.toLowerCase());
}

/** A package's name as manifests compare it: case and `-`, `_`, `.` make no difference. */
export function packageName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}
