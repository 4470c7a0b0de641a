import assert from 'node:assert/strict';
import { moduleOf } from '../support/python';

/** What the last `except` clause with this body does. */
async function deedsOf(body: string): Promise<readonly string[]> {
  const module = await moduleOf(`def f():\n    try:\n        g()\n    except Exception as error:\n        ${body.replace(/\n/g, '\n        ')}\n`);
  return module.handlers.at(-1)?.does ?? [];
}

describe('what handlers do', () => {
  const cases: Readonly<Record<string, readonly [string, readonly string[]]>> = {
    'pass': ['pass', ['pass']],
    'a constant': ['return None', ['return-constant']],
    'a constant for later': ['x = 0', ['constant']],
    'a word is a constant': ['return "unknown"', ['return-constant']],
    'a sentence tells the caller': ['return "That did not work."', ['answer']],
    'a sentence for later': ['error = "That did not work."', ['other']],
    'a status': ['return "error", 500', ['answer']],
    'a pair of false and why': ['return False, "no such thing"', ['answer']],
    'a pair of constants': ['return None, None', ['return-constant']],
    'a table with an error in it': ['return {"error": "failed"}', ['answer']],
    'a table of data': ['return {"rows": []}', ['return-constant']],
    'a logger': ['logger.exception("no")\nreturn None', ['log', 'return-constant']],
  };
  for (const [title, [body, expected]] of Object.entries(cases)) it(title, async () => { assert.deepEqual(await deedsOf(body), expected); });
});
