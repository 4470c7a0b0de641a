/** What a stream can show, decided from its environment. */

type Environment = Readonly<Record<string, string | undefined>>;

export interface Look {
  readonly colour: boolean;
  /** Columns. */
  readonly width: number;
  /** Whether lines, ticks and dashes outside ASCII arrive as they are. */
  readonly unicode: boolean;
}

interface Output { readonly isTTY?: boolean; readonly columns?: number }

/** Columns where nothing says how many there are, and the fewest a layout can work with. */
const USUAL_WIDTH = 80;
const LEAST_WIDTH = 20;

/**
 * How to write to `stream`. `colour` is what `--color` or `--no-color` said; it wins over NO_COLOR (any value, see
 * no-color.org), which wins over FORCE_COLOR (`0` and `false` mean no), which wins over what the stream is.
 */
export function look(stream: Output, env: Environment, platform: NodeJS.Platform, colour?: boolean): Look {
  return { colour: colour ?? wantsColour(stream, env), width: width(stream, env), unicode: showsUnicode(env, platform) };
}

function wantsColour(stream: Output, env: Environment): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return stream.isTTY === true && env.TERM !== 'dumb';
}

function width(stream: Output, env: Environment): number {
  const said = /^\d{1,4}$/.test(env.COLUMNS ?? '') ? Number(env.COLUMNS) : 0;
  return Math.max(LEAST_WIDTH, said || stream.columns || USUAL_WIDTH);
}

/** By the locale's character set; where no locale is set, only macOS is sure to be UTF-8. The old Windows console is not. */
function showsUnicode(env: Environment, platform: NodeJS.Platform): boolean {
  if (platform === 'win32') return Boolean(env.WT_SESSION ?? env.TERM_PROGRAM);
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find(Boolean);
  return locale ? /utf-?8/i.test(locale) : platform === 'darwin';
}
