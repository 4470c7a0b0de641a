import type { Session } from '../engine/audit/session';
import { interruptible } from './interrupt';
import { ProgressLine } from './progress';
import type { Surroundings } from './surroundings';
import { look } from './terminal';

/** Scans, with a line of progress where somebody watches. Rejects with Interrupted when it is stopped by a signal. */
export async function scan(session: Session, quiet: boolean, around: Surroundings): Promise<void> {
  const { stderr, env } = around;
  const shown = !quiet && stderr.isTTY === true && env.TERM !== 'dumb';
  const progress = new ProgressLine((text) => void stderr.write(text), look(stderr, env, around.platform).width, around.clock);
  try {
    await interruptible(around.signals, (signal) => session.refresh(shown ? (at) => progress.show(at) : undefined, signal));
  } finally {
    progress.clear();
  }
}
