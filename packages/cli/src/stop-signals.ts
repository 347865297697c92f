/**
 * Ctrl-C and a polite kill: the first asks long work to end at its next safe point, the second ends
 * the process at once.
 */

export interface StopSignals {
  /** Aborted at the first signal. */
  readonly signal: AbortSignal;
  /** Gives the signals back to the system. */
  dispose(): void;
}

const names = ["SIGINT", "SIGTERM"] as const;

export function stopOnSignals(onFirst: () => void): StopSignals {
  const controller = new AbortController();
  const dispose = () => {
    for (const name of names) process.off(name, handle);
  };
  const handle = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(name === "SIGINT" ? 130 : 143);
    controller.abort();
    onFirst();
    // One that was already waiting comes next and finds the handler; from then on the system's own
    // handling applies, which needs no event loop: it ends the process even amid a step.
    setTimeout(dispose);
  };
  for (const name of names) process.on(name, handle);
  return { signal: controller.signal, dispose };
}
