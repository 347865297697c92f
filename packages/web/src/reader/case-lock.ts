/**
 * One writer for each case in a browser: a second tab looks and does not write, until it takes over.
 */
import { useCallback, useEffect, useState } from "react";

export interface CaseLock {
  /** Unknown for a moment; a page that is not sure does not write. */
  readonly isOurs: boolean | null;
  readonly takeOver: () => void;
}

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
    navigator.locks
      .request(`malleolus:case:${code}`, options, (lock) => {
        if (gone) return undefined;
        setIsOurs(lock !== null);
        return lock === null ? undefined : released;
      })
      // The lock was taken over by another tab.
      .catch(() => {
        if (!gone) setIsOurs(false);
        setSteals(false);
      });
    return () => {
      gone = true;
      release();
    };
  }, [code, steals]);
  return { isOurs, takeOver };
}
