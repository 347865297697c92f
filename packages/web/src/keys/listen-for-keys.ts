/** The window's one listener for the keys of a case, for as long as somebody is signed in. */
import { focusKindOf, isForPage } from "./key-target.ts";
import type { KeyTurn } from "./key-turn.ts";
import { namesOfKey } from "./match-key.ts";

export function listenForKeys(turn: KeyTurn<KeyboardEvent>, signal: AbortSignal): void {
  const onKeyDown = (event: KeyboardEvent) => {
    const names = namesOfKey(event);
    const focus = focusKindOf(event.target instanceof Element ? event.target : null);
    turn.press(event, {
      names: event.repeat ? [] : names,
      onCase: location.pathname.startsWith("/read/"),
      elsewhere: !names.some((name) => isForPage(name, focus)),
    });
  };
  // Before the controls see them, which keep some keys from going further.
  window.addEventListener("keydown", onKeyDown, { capture: true, signal });
}
