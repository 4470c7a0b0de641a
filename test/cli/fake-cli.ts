/** The command line over a made-up product, as a process. The first argument says what happens: `large` prints megabytes, `slow` scans until it is stopped, `fast` neither. */
import { run } from '../../cli/commands';
import { surroundingsOf } from '../../cli/process';
import { auditOf, fakeProduct, fakeSession } from './fake';

const [scenario, ...words] = process.argv.slice(2);

const waitForEnd = (signal: AbortSignal | undefined) => new Promise<void>((_resolve, reject) => {
  const busy = setInterval(() => undefined, 1000);
  signal?.addEventListener('abort', () => {
    clearInterval(busy);
    reject(signal.reason);
  });
  process.stderr.write('scanning\n');
});

const session = fakeSession([auditOf([{ rule: 'debug-enabled', category: 'configuration', severity: 'critical' }])], [],
  scenario === 'slow' ? (_progress, signal) => waitForEnd(signal) : async () => undefined);
const product = fakeProduct(session);
const large = { ...product, formats: { ...product.formats, text: () => 'a line of a long report\n'.repeat(200_000) } };

void run(words, scenario === 'large' ? large : product, surroundingsOf(process)).then((code) => { process.exitCode = code; });
