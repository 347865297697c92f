/** One radiograph of a case that is drawn on: its name and window above, the picture with shapes below. */
import type { CaseImage } from "@malleolus/schema";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { ViewMenu, ViewMessage, viewName, windowText } from "../reader/view-pane.tsx";
import { rendererForThisComputer } from "../render/try-graphics.ts";
import { useSignedIn } from "../services.ts";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import type { Point } from "../view/camera.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import { type AttachedAnnotatingView, attachAnnotatingView } from "./attach-annotating-view.ts";
import type { Cross } from "./cross.ts";
import type { AnnotationScene } from "./draw-annotation.ts";

export interface AnnotatingPaneProps {
  readonly session: AnnotatingSession;
  readonly cross: Cross;
  readonly image: CaseImage;
  readonly url: string;
  readonly isHidden: boolean;
  readonly readOnly: boolean;
  readonly pins: AnnotationScene["pins"];
  /** A click makes a comment, where one is to be made; whether it did. */
  readonly onComment: (image: string, at: Point) => boolean;
  readonly onPointer: (at: Point | null, image: CaseImage) => void;
  readonly onOwnWindow: (use: "take" | "keep") => void;
}

export function AnnotatingPane(props: AnnotatingPaneProps) {
  const { session, cross, image, url, isHidden, onPointer } = props;
  const t = useText();
  const { radiographs } = useSignedIn();
  const stage = useRef<HTMLDivElement>(null);
  const values = useRef<HTMLSpanElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [attached, setAttached] = useState<AttachedAnnotatingView | null>(null);
  const [menuOpen, setMenuOpen] = useState(false);
  const [graphicsLost, setGraphicsLost] = useState(false);
  const active = useMachine(session.viewer, ({ active: id }) => id === image.id);
  const state = useSyncExternalStore(radiographs.subscribe, () => radiographs.stateOf(url));
  const name = viewName(image.view, t);
  const shownName = image.side === null ? name : `${name} · ${t(`side.${image.side}`)}`;

  useEffect(() => {
    if (stage.current === null) return;
    const view = attachAnnotatingView({
      id: image.id,
      stage: stage.current,
      rendererKind: rendererForThisComputer(),
      session,
      cross,
      readOnly: () => latest.current.readOnly,
      pins: () => latest.current.pins,
      sayGuide: ({ mm }) => t("annotate.guide", { mm: mm.toFixed(1) }),
      commentAt: (at) => latest.current.onComment(image.id, at),
      onMenu: () => setMenuOpen(true),
      onPointer: (at) => onPointer(at, image),
      onGraphics: (now) => setGraphicsLost(now === "lost"),
    });
    setAttached(view);
    const sayValues = () => {
      const now = session.viewer.state().views.find(({ id }) => id === image.id);
      if (values.current !== null && now !== undefined) {
        values.current.textContent = windowText(now, t);
      }
    };
    const stop = session.viewer.subscribe(sayValues);
    sayValues();
    return () => {
      stop();
      setAttached(null);
      view.detach();
    };
  }, [session, cross, image, onPointer, t]);

  const { radiograph } = state;
  useEffect(() => {
    attached?.setPixels(radiograph?.levels ?? null);
  }, [attached, radiograph]);
  const { pins } = props;
  useEffect(() => {
    if (pins.length >= 0) attached?.redraw();
  }, [attached, pins]);
  useEffect(() => {
    if (radiograph === null) return;
    const { low, high, histogram } = radiograph;
    const width = Math.max(high - low, 1);
    session.viewer.dispatch({
      type: "pixels",
      view: image.id,
      histogram,
      fileWindow: { level: low + width / 2, width, inverted: false },
    });
    session.tick("shown");
  }, [session, image, radiograph]);

  return (
    <section
      className="view"
      aria-label={shownName}
      hidden={isHidden}
      {...(active ? { "data-active": true } : {})}
    >
      <div className="view-head">
        <span className="view-name">{shownName}</span>
        <span className="view-values" ref={values} />
        <ViewMenu
          session={session}
          image={image}
          name={shownName}
          isOpen={menuOpen}
          onOpenChange={setMenuOpen}
          onOwnWindow={props.onOwnWindow}
        />
      </div>
      <div
        ref={stage}
        className="view-stage"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the picture is one tab stop, with keys of its own.
        tabIndex={0}
        aria-label={t("view.picture", { view: shownName })}
        onFocus={() => session.viewer.dispatch({ type: "activate", view: image.id })}
      >
        <ViewMessage
          url={url}
          name={name}
          state={state}
          graphicsLost={graphicsLost}
          onExclude={null}
          exclusionName={null}
        />
      </div>
    </section>
  );
}
