/** Tells a case's clock when somebody is there and when the page is hidden; and of pauses, over all cases. */
import { useEffect } from "react";
import { useSignedIn } from "../services.ts";
import type { CaseMachines } from "./case-machines.ts";

/** More often nothing would change. */
const ACTIVITY_MS = 1000;

export function useCaseClock({ tick }: Pick<CaseMachines, "tick">): void {
  const { looking } = useSignedIn();
  useEffect(() => {
    const ends = new AbortController();
    let last = 0;
    const onActivity = (event: Event) => {
      if (event.timeStamp - last < ACTIVITY_MS) return;
      last = event.timeStamp;
      tick("activity");
      looking.dispatch({ type: "activity", at: Date.now() });
    };
    for (const type of ["pointermove", "pointerdown", "keydown", "wheel"]) {
      const options = { capture: true, passive: true, signal: ends.signal };
      window.addEventListener(type, onActivity, options);
    }
    const onVisibility = () => tick(document.hidden ? "hidden" : "shown");
    document.addEventListener("visibilitychange", onVisibility, { signal: ends.signal });
    return () => ends.abort();
  }, [tick, looking]);
}
