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

describe('where the caught exception goes', () => {
  const cases: Readonly<Record<string, readonly [string, boolean]>> = {
    'to a function': ['report(error, 1)', true],
    'under a keyword': ['future.set(exception=error)', true],
    'to a name': ['self.last = error', true],
    'into a table': ['return {"cause": error}', true],
    'into a list': ['failed.append((row, error))', true],
    'only its text': ['return str(error)', false],
    'only its kind': ['return {"kind": type(error).__name__}', false],
    'into a text': ['flash(f"failed: {error}")', false],
    'nowhere': ['return 0', false],
  };
  const read = async (text: string) => (await moduleOf(text)).handlers.at(-1);
  for (const [title, [body, expected]] of Object.entries(cases)) {
    it(title, async () => { assert.equal((await read(`def f():\n    try:\n        g()\n    except Exception as error:\n        ${body}\n`))?.passesOn, expected); });
  }
  it('knows the loops that try again', async () => {
    const clause = (indent: string) => `${indent}try:\n${indent}    g()\n${indent}except Exception:\n${indent}    h()\n`;
    assert.equal((await read(`def f():\n    while True:\n${clause('        ')}`))?.repeats, true);
    assert.equal((await read(`def f(rows):\n    for row in rows:\n${clause('        ')}`))?.repeats, false);
    assert.equal((await read(`while True:\n    def f():\n${clause('        ')}`))?.repeats, false);
  });

  it('sees a return in a finally, unless every exception was answered', async () => {
    const drops = async (text: string) => (await moduleOf(text)).drops.map((each) => [each.scope, ...each.tries]);
    assert.deepEqual(await drops('def f():\n    try:\n        g()\n    finally:\n        if x:\n            return 1\n'), [['f', 'g']]);
    assert.deepEqual(await drops('def f():\n    try:\n        g()\n    except KeyError:\n        raise\n    finally:\n        return 1\n'), [['f', 'g']]);
    assert.deepEqual(await drops('def f():\n    try:\n        g()\n    except Exception:\n        h()\n    finally:\n        return 1\n'), []);
    assert.deepEqual(await drops('def f():\n    try:\n        g()\n    finally:\n        h()\n'), []);
  });
});
