/** The window's keys as the reader's: what is a key's is decided in `reader-keys.ts`. */
import { useLayoutEffect } from "react";
import { focusKindOf, isForPage, isSingleKey } from "../keys/key-target.ts";
import { namesOfKey } from "../keys/match-key.ts";
import { useSignedIn } from "../services.ts";
import type { CaseSession } from "./case-session.ts";
import { type PageActions, pressKey } from "./reader-keys.ts";

/** A key that is held this long only peeks: its effect ends when it is let go. */
const PEEK_MS = 300;

export function useReaderKeys(
  session: CaseSession,
  page: PageActions,
  { readOnly, singleKeys }: { readonly readOnly: boolean; readonly singleKeys: boolean },
): void {
  const { keyTurn } = useSignedIn();
  // With the page itself: an ordinary effect comes after it, and a key in between would be lost.
  useLayoutEffect(() => {
    const ends = new AbortController();
    let overlaysSince: number | null = null;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const target = event.target instanceof Element ? event.target : null;
      const focus = focusKindOf(target);
      for (const name of namesOfKey(event)) {
        if (!isForPage(name, focus) || (isSingleKey(name) && !singleKeys)) continue;
        // Held down, only nudges and zooms go on.
        if (event.repeat && !/Arrow|^[-+=]$/.test(name)) {
          if (name === "h") event.preventDefault();
          continue;
        }
        if (!pressKey(name, session, page, readOnly)) continue;
        if (name === "h") overlaysSince = event.timeStamp;
        event.preventDefault();
        return;
      }
    };
    const onKeyUp = (event: KeyboardEvent) => {
      if (overlaysSince === null || event.key.toLowerCase() !== "h") return;
      if (event.timeStamp - overlaysSince > PEEK_MS) pressKey("h", session, page, readOnly);
      overlaysSince = null;
    };
    const stop = keyTurn.take(onKeyDown);
    window.addEventListener("keyup", onKeyUp, { capture: true, signal: ends.signal });
    return () => {
      stop();
      ends.abort();
    };
  }, [keyTurn, session, page, readOnly, singleKeys]);
}
