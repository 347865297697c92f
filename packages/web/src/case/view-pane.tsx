/**
 * One radiograph of a case: its name and window above, the picture below with whatever the page puts over it.
 * What that is, and what pointers do there, comes with `attach`.
 */
import type { CaseImage } from "@malleolus/schema";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useSignedIn } from "../services.ts";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import type { AttachedView } from "../view/attach-canvases.ts";
import type { ViewState } from "../view/viewer.ts";
import type { CaseMachines } from "./case-machines.ts";
import { sidedName, viewName, windowText } from "./names.ts";
import { ViewMenu, type ViewMenuProps } from "./view-menu.tsx";
import { ViewMessage, type ViewMessageProps } from "./view-message.tsx";

/** What an attached view tells its pane. */
export interface PaneListeners {
  readonly onMenu: () => void;
  readonly onGraphics: (now: "lost" | "restored") => void;
}

/** Puts the canvases into the stage; the same function as long as they may stay. */
export type AttachToStage = (stage: HTMLElement, listeners: PaneListeners) => AttachedView;

export interface ViewPaneProps
  extends Pick<ViewMenuProps, "onOwnWindow">,
    Pick<ViewMessageProps, "exclusion"> {
  readonly session: CaseMachines;
  readonly image: CaseImage;
  readonly url: string;
  readonly isHidden: boolean;
  readonly attach: AttachToStage;
}

export function ViewPane(props: ViewPaneProps) {
  const { session, image, url, isHidden, attach } = props;
  const t = useText();
  const { radiographs } = useSignedIn();
  const stage = useRef<HTMLDivElement>(null);
  const values = useRef<HTMLSpanElement>(null);
  const [attached, setAttached] = useState<AttachedView | null>(null);
  const [menuOpen, setMenuOpen] = useState(false);
  const [graphicsLost, setGraphicsLost] = useState(false);
  const active = useMachine(session.viewer, ({ active: id }) => id === image.id);
  const state = useSyncExternalStore(radiographs.subscribe, () => radiographs.stateOf(url));
  const name = sidedName(image, t);

  useEffect(() => {
    if (stage.current === null) return;
    const view = attach(stage.current, {
      onMenu: () => setMenuOpen(true),
      onGraphics: (now) => setGraphicsLost(now === "lost"),
    });
    setAttached(view);
    const { viewer } = session;
    let said: ViewState | undefined;
    const sayValues = () => {
      const now = viewer.state().views.find(({ id }) => id === image.id);
      if (values.current === null || now === undefined || now === said) return;
      said = now;
      const text = windowText(now, t);
      if (values.current.textContent !== text) values.current.textContent = text;
    };
    const stop = viewer.subscribe(sayValues);
    sayValues();
    return () => {
      stop();
      setAttached(null);
      view.detach();
    };
  }, [session, image, attach, t]);

  const { radiograph } = state;
  useEffect(() => {
    attached?.setPixels(radiograph?.levels ?? null);
  }, [attached, radiograph]);
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
      aria-label={name}
      hidden={isHidden}
      {...(active ? { "data-active": true } : {})}
    >
      <div className="view-head">
        <span className="view-name">{name}</span>
        <span className="view-values" ref={values} />
        <ViewMenu
          session={session}
          image={image}
          name={name}
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
        aria-label={t("view.picture", { view: name })}
        onFocus={() => session.viewer.dispatch({ type: "activate", view: image.id })}
      >
        <ViewMessage
          url={url}
          name={viewName(image.view, t)}
          state={state}
          graphicsLost={graphicsLost}
          exclusion={props.exclusion}
        />
      </div>
    </section>
  );
}
