/**
 * Wakes those who wait for work. A bell may be silent for months while somebody waits again and again: of a wait that is
 * over nothing is kept.
 */

export interface Bell {
  /** Returns when it rings, at the latest after this time or when `stop` aborts. */
  wait(mostMs: number, stop: AbortSignal): Promise<void>;
  /** All who wait now are woken. */
  ring(): void;
}

export function newBell(): Bell {
  const waiting = new Set<() => void>();
  return {
    wait(mostMs, stop) {
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          stop.removeEventListener("abort", wake);
          waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, stop.aborted ? 0 : mostMs);
        stop.addEventListener("abort", wake);
        waiting.add(wake);
      });
    },
    ring() {
      for (const wake of [...waiting]) wake();
    },
  };
}
