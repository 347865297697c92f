/**
 * One writer for each case in a browser: a second tab looks and does not write, until it takes over.
 */
import { useCallback, useEffect, useState } from "react";

export interface CaseLock {
  /** Null for a moment, in which the case is not shown yet. */
  readonly isOurs: boolean | null;
  readonly takeOver: () => void;
}

/**
 * What this page has asked for and not yet let go of. Letting go takes a moment; a case that is opened again
 * within it must wait, or it would take its own lock for another tab's.
 */
const held = new Map<string, Promise<void>>();

export function useCaseLock(code: string): CaseLock {
  const [isOurs, setIsOurs] = useState<boolean | null>(null);
  const [steals, setSteals] = useState(false);
  const takeOver = useCallback(() => setSteals(true), []);
  useEffect(() => {
    let release: () => void = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let gone = false;
    const options = steals ? { steal: true } : { ifAvailable: true };
    const hold = async () => {
      await held.get(code);
      if (gone) return;
      await navigator.locks.request(`malleolus:case:${code}`, options, (lock) => {
        if (gone) return undefined;
        setIsOurs(lock !== null);
        return lock === null ? undefined : released;
      });
    };
    const holding = hold()
      // The lock was taken over by another tab.
      .catch(() => {
        if (!gone) setIsOurs(false);
        setSteals(false);
      })
      .finally(() => {
        if (held.get(code) === holding) held.delete(code);
      });
    held.set(code, holding);
    return () => {
      gone = true;
      release();
    };
  }, [code, steals]);
  return { isOurs, takeOver };
}
