/** Runs something after some milliseconds, unless the process has ended by then: nothing that is put off keeps it alive. In a worker timers are numbers, and keep nothing. */
export function later(run: () => void, milliseconds: number): ReturnType<typeof setTimeout> {
  const timer: ReturnType<typeof setTimeout> | number = setTimeout(run, milliseconds);
  if (typeof timer === 'object') timer.unref();
  return timer;
}
