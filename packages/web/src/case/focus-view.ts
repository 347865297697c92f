/** Where the keys go after a press: a hand that has clicked a button goes on with the picture's keys. */
import type { PressEvent } from "react-aria-components";

/** Whoever came to the button by keys stays there. */
export function focusViewAfter({ pointerType }: Pick<PressEvent, "pointerType">): void {
  if (pointerType === "keyboard" || pointerType === "virtual") return;
  // After React has said which view is the active one.
  queueMicrotask(focusView);
}

/** The active view. */
export function focusView(): void {
  const stage = document.querySelector(".view[data-active] .view-stage");
  if (stage instanceof HTMLElement) stage.focus({ preventScroll: true });
}
