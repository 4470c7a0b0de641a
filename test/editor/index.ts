// The entry that VS Code loads into its extension host (extensionTestsPath): runs mocha there and writes the results.
import { renameSync, writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** One test, as the runner outside reads it. `running` is only seen there when the host died in the middle of it. */
interface Result {
  title: string;
  state: 'running' | 'passed' | 'failed' | 'skipped';
  milliseconds?: number;
  error?: string;
}

/**
 * Runs every suite.
 * @returns when all have passed
 * @throws Error when one has failed, which is how VS Code learns the exit code
 */
export async function run(): Promise<void> {
  const grep = process.env['HOST_TEST_GREP'];
  const mocha = new Mocha({ ui: 'tdd', color: false, timeout: 20_000, reporter: 'spec', ...(grep ? { grep } : {}) });
  mocha.suite.emit('pre-require', globalThis as unknown as Mocha.MochaGlobals, '', mocha); // defines suite() and test()
  await import('every-suite');
  const failures = await new Promise<number>((resolve) => record(mocha.run(resolve)));
  if (failures > 0) throw new Error(`${failures} failed`);
}

function record(runner: Mocha.Runner): void {
  const results: Result[] = [];
  const begun = new Map<Mocha.Runnable, Result>();
  const put = (of: Mocha.Runnable, change: Omit<Result, 'title'>): void => {
    const known = begun.get(of);
    const result = Object.assign(known ?? { title: of.fullTitle() }, change);
    if (!known) {
      begun.set(of, result);
      results.push(result);
    }
    write({ finished: false, results });
  };
  runner.on('test', (test) => put(test, { state: 'running' }));
  runner.on('pass', (test) => put(test, { state: 'passed', milliseconds: test.duration ?? 0 }));
  runner.on('fail', (test, error: Error) => put(test, { state: 'failed', error: error.stack ?? error.message }));
  runner.on('pending', (test) => put(test, { state: 'skipped' }));
  runner.on('end', () => write({ finished: true, results }));
}

/** After each step, so that a host which dies leaves what it knew; by renaming, so that the runner never reads half of it. */
function write(report: { finished: boolean; results: Result[] }): void {
  const file = process.env['HOST_TEST_RESULTS'];
  if (!file) return;
  writeFileSync(`${file}.part`, JSON.stringify(report));
  renameSync(`${file}.part`, file);
}
