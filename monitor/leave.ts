/** Signals that end a process by default. */
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Flushes before the process ends: when nothing is left to do, and on the signals that end it. A signal keeps its meaning: with
 * no other listener the process ends by it once the flush is done or `patience` is over; with one, the app decides.
 * @param flush must not reject
 * @param patience milliseconds
 * @returns the function that takes it all off again
 */
export function flushOnLeave(flush: () => Promise<void>, patience = 2000): () => void {
  let flushed = false;
  const onIdle = (): void => {
    if (flushed) return;
    flushed = true;
    void flush();
  };
  const listeners = SIGNALS.map(signal => {
    const listener = (): void => {
      const alone = process.listenerCount(signal) === 1;
      const timer = setTimeout(end, patience);
      flush().then(end, end);
      function end(): void {
        clearTimeout(timer);
        process.off(signal, listener);
        if (alone) process.kill(process.pid, signal);
      }
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  process.on('beforeExit', onIdle);
  return () => {
    process.off('beforeExit', onIdle);
    for (const undo of listeners) undo();
  };
}
