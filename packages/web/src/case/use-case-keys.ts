/** The window's keys as a page's, as long as its case is on the screen; what each does, the page decides. */
import { useLayoutEffect } from "react";
import { focusKindOf, isForPage, isSingleKey } from "../keys/key-target.ts";
import { type KeyName, namesOfKey } from "../keys/match-key.ts";
import { meantBy } from "../keys/swapped-keys.ts";
import { useSignedIn } from "../services.ts";
import { useSettings } from "../settings/settings-context.tsx";
import { focusView } from "./focus-view.ts";

/** A key that is held this long only peeks: its effect ends when it is let go. */
const PEEK_MS = 300;
/** Held down, only nudges, zooms and steps back go on. */
const GOES_ON = /Arrow|^[-+=]$|^Ctrl\+(Shift\+)?[yz]$/;

/** `press` says whether the key meant something; the same function as long as it does the same. */
export function useCaseKeys(press: (name: KeyName) => boolean, singleKeys: boolean): void {
  const { keyTurn } = useSignedIn();
  const { keys } = useSettings().settings;
  // With the page itself: an ordinary effect comes after it, and a key in between would be lost.
  useLayoutEffect(() => {
    const ends = new AbortController();
    let overlaysSince: number | null = null;
    let last: KeyName | null = null;
    const meant = (event: KeyboardEvent) => namesOfKey(event).map((name) => meantBy(keys, name));
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const focus = focusKindOf(event.target instanceof Element ? event.target : null);
      for (const name of meant(event)) {
        if (!isForPage(name, focus) || (isSingleKey(name) && !singleKeys)) continue;
        if (focus === "text" && name === "Escape") {
          // Out one level: of a note, back to the pictures and their keys.
          focusView();
          event.preventDefault();
          return;
        }
        if (event.repeat && !GOES_ON.test(name)) {
          if (name === last) event.preventDefault();
          continue;
        }
        if (!press(name)) continue;
        last = name;
        if (name === "h") overlaysSince = event.timeStamp;
        event.preventDefault();
        return;
      }
    };
    const onKeyUp = (event: KeyboardEvent) => {
      if (overlaysSince === null || !meant(event).includes("h")) return;
      if (event.timeStamp - overlaysSince > PEEK_MS) press("h");
      overlaysSince = null;
    };
    const stop = keyTurn.take(onKeyDown);
    window.addEventListener("keyup", onKeyUp, { capture: true, signal: ends.signal });
    return () => {
      stop();
      ends.abort();
    };
  }, [keyTurn, press, singleKeys, keys]);
}
