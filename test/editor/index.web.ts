// The entry that VS Code loads into an extension host that is a web worker: runs mocha there and tells the results on the console of the page.
import 'mocha/mocha.js';

/** Put in by build.mjs: what begins a line that is a result, and which tests are wanted. */
declare const __RESULT__: string;
declare const __GREP__: string;

/**
 * Runs every suite.
 * @returns when all have passed
 * @throws Error when one has failed, which is how VS Code learns the exit code
 */
export async function run(): Promise<void> {
  mocha.setup({ ui: 'tdd', reporter: 'spec', timeout: 20_000, color: false, ...(__GREP__ !== '' && { grep: __GREP__ }) } as unknown as Mocha.MochaOptions);
  await import('every-suite');
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    const say = (result: object): void => console.log(__RESULT__ + JSON.stringify(result));
    runner.on('test', (test) => say({ title: test.fullTitle(), state: 'running' }));
    runner.on('pass', (test) => say({ title: test.fullTitle(), state: 'passed', milliseconds: test.duration ?? 0 }));
    runner.on('fail', (test, error: Error) => say({ title: test.fullTitle(), state: 'failed', error: error.stack ?? error.message }));
    runner.on('pending', (test) => say({ title: test.fullTitle(), state: 'skipped' }));
    runner.on('end', () => say({ finished: true }));
  });
  if (failures > 0) throw new Error(`${failures} failed`);
}
