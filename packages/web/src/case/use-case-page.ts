/**
 * What a page of a case does beside its machines: where the pointer is, a word in the status line, the sheet of
 * keys, the window that somebody keeps for themselves, the clock.
 */
import type { CaseImage } from "@malleolus/schema";
import { type RefObject, useCallback, useMemo, useRef, useState } from "react";
import { useSettings } from "../settings/settings-context.tsx";
import { useText } from "../strings/text.tsx";
import type { Point } from "../view/camera.ts";
import { sharesOfWindow } from "../view/window.ts";
import type { CaseMachines } from "./case-machines.ts";
import { placeText } from "./names.ts";
import { useCaseClock } from "./use-case-clock.ts";

export interface CasePage {
  /** Said once, in place of what the status line says else. */
  readonly hint: string | null;
  readonly say: (hint: string | null) => void;
  readonly helpOpen: boolean;
  readonly help: (open: "toggle" | "close") => void;
  readonly ownWindow: (use: "take" | "keep") => void;
  /** Its text is set at every move of the pointer, without a render. */
  readonly pointerRef: RefObject<HTMLSpanElement | null>;
  readonly onPointer: (at: Point | null, image: CaseImage) => void;
}

export function useCasePage(session: CaseMachines, firstHint: () => string | null): CasePage {
  const t = useText();
  const { settings, change } = useSettings();
  const [hint, say] = useState(firstHint);
  const [helpOpen, setHelpOpen] = useState(false);
  const pointerRef = useRef<HTMLSpanElement>(null);
  useCaseClock(session);

  const { ownWindow } = settings;
  const setOwnWindow = useCallback(
    (use: "take" | "keep") => {
      const { views, active } = session.viewer.state();
      const view = views.find(({ id }) => id === active);
      if (use === "keep" && view?.histogram && view.window) {
        change({ ownWindow: sharesOfWindow(view.histogram, view.window) });
        say(t("preset.kept"));
      } else if (ownWindow === null) say(t("preset.none"));
      else session.viewer.dispatch({ type: "shares", shares: ownWindow });
    },
    [session, ownWindow, change, t],
  );
  const help = useCallback(
    (open: "toggle" | "close") => setHelpOpen((is) => open === "toggle" && !is),
    [],
  );
  const onPointer = useCallback((at: Point | null, image: CaseImage) => {
    if (pointerRef.current !== null) pointerRef.current.textContent = placeText(at, image);
  }, []);
  return useMemo(
    () => ({ hint, say, helpOpen, help, ownWindow: setOwnWindow, pointerRef, onPointer }),
    [hint, helpOpen, help, setOwnWindow, onPointer],
  );
}
