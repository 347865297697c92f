/**
 * Whose a key is: the page's, or that of the control which has the focus. Keys work right after a
 * menu has closed or a view was clicked, since only few controls keep some for themselves.
 */
import { keysInText } from "./bindings.ts";
import type { KeyName } from "./match-key.ts";

/** What has the focus, as far as it matters. */
export type FocusKind = "text" | "menu" | "radio" | "button" | "page";

export function focusKindOf(target: Element | null): FocusKind {
  if (target === null) return "page";
  if (target.closest("[role=menu],[role=listbox],[role=dialog]") !== null) return "menu";
  if (target.matches("input:not([type=radio]):not([type=checkbox]),textarea,select")) return "text";
  if (target.matches("input[type=radio]")) return "radio";
  return target.closest("button,a[href],summary,input") === null ? "page" : "button";
}

/** Whether the page may take the key. */
export function isForPage(name: KeyName, focus: FocusKind): boolean {
  switch (focus) {
    case "text":
      return keysInText.has(name);
    case "menu":
      return false;
    case "radio":
      return !/^(Arrow\w+| )$/.test(name);
    case "button":
      return !/^(Enter| )$/.test(name);
    case "page":
      return true;
  }
}

/** A single character, with or without Shift: what speech recognisers press by mistake. */
export function isSingleKey(name: KeyName): boolean {
  return /^(Shift\+)?.$/.test(name);
}
