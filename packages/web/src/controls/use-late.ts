/** Whether somebody has waited so long that a word is due: what comes sooner must not flicker. */
import { useEffect, useState } from "react";

const SAY_AFTER_MS = 300;

export function useLate(): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), SAY_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return late;
}
