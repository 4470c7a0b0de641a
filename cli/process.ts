import type { Stream, Surroundings } from './surroundings';

/** This process as the surroundings of a command. Its output streams no longer end the process when their reader has gone. */
export function surroundingsOf(process: NodeJS.Process): Surroundings {
  return {
    stdout: lasting(process.stdout), stderr: lasting(process.stderr), env: process.env, platform: process.platform,
    cwd: process.cwd(), signals: process,
    clock: () => performance.now(),
    today: () => new Date().toISOString().slice(0, 10),
  };
}

/** Who writes is told of a failure by the callback of `write`; without a listener the event would throw as well. */
function lasting(stream: Stream): Stream {
  stream.on('error', () => undefined);
  return stream;
}
