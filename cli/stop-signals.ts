const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A Ctrl-C under npm comes twice, from the terminal and from npm; later than this, in milliseconds, a person means it. */
const SAME_SIGNAL = 1000;

/** Aborts on the signals that ask a process to end; a second Ctrl-C ends it at once, and its children follow on their own. */
export function stopOnSignals(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  let first = 0;
  const stop = (): void => {
    const now = performance.now();
    if (controller.signal.aborted && now - first > SAME_SIGNAL) process.exit(130);
    if (!controller.signal.aborted) first = now;
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, stop);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of SIGNALS) process.off(name, stop);
    },
  };
}
