/** The window's keys as the annotator's; what is a key's is decided in `annotating-keys.ts`. */
import { useEffect } from "react";
import { focusKindOf, isForPage, isSingleKey } from "../keys/key-target.ts";
import { namesOfKey } from "../keys/match-key.ts";
import { type KeyUse, pressAnnotatingKey } from "./annotating-keys.ts";

/** A key that is held this long only peeks: its effect ends when it is let go. */
const PEEK_MS = 300;

export function useAnnotatingKeys(use: KeyUse, singleKeys: boolean): void {
  useEffect(() => {
    const ends = new AbortController();
    let peeks: number | null = null;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const focus = focusKindOf(event.target instanceof Element ? event.target : null);
      for (const name of namesOfKey(event)) {
        // Space is the browser's but on the pictures and where nothing has the focus.
        if (!isForPage(name, focus) || (isSingleKey(name) && !singleKeys)) continue;
        if (event.repeat && !/Arrow|^[-+=]$|^Ctrl\+/.test(name)) {
          if (name === "h" || name === " ") event.preventDefault();
          continue;
        }
        if (!pressAnnotatingKey(name, use)) continue;
        if (name === "h") peeks = event.timeStamp;
        event.preventDefault();
        return;
      }
    };
    const onKeyUp = (event: KeyboardEvent) => {
      if (peeks === null || event.key.toLowerCase() !== "h") return;
      if (event.timeStamp - peeks > PEEK_MS) pressAnnotatingKey("h", use);
      peeks = null;
    };
    window.addEventListener("keydown", onKeyDown, { capture: true, signal: ends.signal });
    window.addEventListener("keyup", onKeyUp, { capture: true, signal: ends.signal });
    return () => ends.abort();
  }, [use, singleKeys]);
}
