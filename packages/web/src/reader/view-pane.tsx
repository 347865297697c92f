/** One radiograph of a case: its name and window above, the picture with shapes below. */

import type { CaseImage, View } from "@malleolus/schema";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import {
  Button as AriaButton,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  Separator,
} from "react-aria-components";
import { Button } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { Key } from "../controls/key.tsx";
import { keyLabel } from "../keys/bindings.ts";
import { rendererForThisComputer } from "../render/try-graphics.ts";
import { useSignedIn } from "../services.ts";
import { useText } from "../strings/text.tsx";
import type { Translate } from "../strings/translate.ts";
import { useMachine } from "../use-machine.ts";
import { type AttachedView, attachView } from "../view/attach-view.ts";
import type { Point } from "../view/camera.ts";
import type { RadiographState } from "../view/radiograph-loader.ts";
import type { ViewState } from "../view/viewer.ts";
import { presetNames } from "../view/window.ts";
import { type CaseSession, spacingOf } from "./case-session.ts";
import { valueText } from "./measuring-tools.ts";

export interface ViewPaneProps {
  readonly session: CaseSession;
  readonly image: CaseImage;
  readonly url: string;
  readonly isHidden: boolean;
  readonly onPointer: (at: Point | null, image: CaseImage) => void;
  /** "Mine" was chosen, or kept. */
  readonly onOwnWindow: (use: "take" | "keep") => void;
  readonly onExclude: (() => void) | null;
  readonly exclusionName: string | null;
}

export function ViewPane(props: ViewPaneProps) {
  const { session, image, url, isHidden, onPointer } = props;
  const t = useText();
  const { radiographs } = useSignedIn();
  const stage = useRef<HTMLDivElement>(null);
  const values = useRef<HTMLSpanElement>(null);
  const [attached, setAttached] = useState<AttachedView | null>(null);
  const [menuOpen, setMenuOpen] = useState(false);
  const [graphicsLost, setGraphicsLost] = useState(false);
  const active = useMachine(session.viewer, ({ active: id }) => id === image.id);
  const state = useSyncExternalStore(radiographs.subscribe, () => radiographs.stateOf(url));
  const name = viewName(image.view, t);
  const shownName = image.side === null ? name : `${name} · ${t(`side.${image.side}`)}`;

  useEffect(() => {
    if (stage.current === null) return;
    const { viewer, measuring } = session;
    const spacing = spacingOf(image);
    const view = attachView({
      id: image.id,
      stage: stage.current,
      rendererKind: rendererForThisComputer(),
      viewer,
      measuring,
      spacing,
      findings: (session.detail.findings ?? []).filter((one) => one.image === image.id),
      labelsOf: ({ measurements }) =>
        new Map(measurements.map((one) => [one.id, valueText(one, spacing, t) ?? ""])),
      onMenu: () => setMenuOpen(true),
      onPointer: (at) => onPointer(at, image),
      onGraphics: (now) => setGraphicsLost(now === "lost"),
    });
    setAttached(view);
    const sayValues = () => {
      const now = viewer.state().views.find(({ id }) => id === image.id);
      if (values.current !== null && now !== undefined)
        values.current.textContent = windowText(now, t);
    };
    const stop = viewer.subscribe(sayValues);
    sayValues();
    return () => {
      stop();
      setAttached(null);
      view.detach();
    };
  }, [session, image, onPointer, t]);

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
      aria-label={shownName}
      hidden={isHidden}
      {...(active ? { "data-active": true } : {})}
    >
      <div className="view-head">
        <span className="view-name">{shownName}</span>
        <span className="view-values" ref={values} />
        <ViewMenu {...props} name={shownName} isOpen={menuOpen} onOpenChange={setMenuOpen} />
      </div>
      <div
        ref={stage}
        className="view-stage"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the picture is one tab stop, with keys of its own.
        tabIndex={0}
        aria-label={t("view.picture", { view: shownName })}
      >
        <ViewMessage {...props} name={name} state={state} graphicsLost={graphicsLost} />
      </div>
    </section>
  );
}

/** What is the matter with a picture; it lies below it, and only where something is the matter. */
export function ViewMessage({
  url,
  name,
  state,
  graphicsLost,
  onExclude,
  exclusionName,
}: Pick<ViewPaneProps, "url" | "onExclude" | "exclusionName"> & {
  readonly name: string;
  readonly state: RadiographState;
  readonly graphicsLost: boolean;
}) {
  const t = useText();
  const { radiographs } = useSignedIn();
  if (graphicsLost) return <p className="view-message">{t("view.graphics lost")}</p>;
  if (state.failure !== null) {
    return (
      <div className="view-message" role="alert">
        <p>{t("view.error", { view: name, reason: reasonOf(state.failure.status, t) })}</p>
        <div className="row">
          <Button look="small" onPress={() => radiographs.retry(url)}>
            {t("app.retry")}
          </Button>
          {onExclude !== null && exclusionName !== null && (
            <Button look="small" onPress={onExclude}>
              {t("view.exclude", { exclusion: exclusionName })}
            </Button>
          )}
        </div>
      </div>
    );
  }
  if (state.progress === null) return null;
  const { done, total } = state.progress;
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
  return (
    <p className="view-message">
      {t("view.loading", { view: name, done: megabytes(done), total: megabytes(total) })}
    </p>
  );
}

/** Presets and zoom by mouse: a button in the head, and the right button on the picture. */
export function ViewMenu({
  session: { viewer },
  image,
  name,
  isOpen,
  onOpenChange,
  onOwnWindow,
}: Pick<ViewPaneProps, "image" | "onOwnWindow"> & {
  readonly session: Pick<CaseSession, "viewer">;
  readonly name: string;
  readonly isOpen: boolean;
  readonly onOpenChange: (open: boolean) => void;
}) {
  const t = useText();
  const inThisView = (run: () => void) => () => {
    viewer.dispatch({ type: "activate", view: image.id });
    run();
  };
  const items = [
    ...presetNames.map((preset, index) => ({
      id: preset as string,
      label: t(`preset.${preset}`),
      key: String(index + 1),
      run: () => viewer.dispatch({ type: "preset", name: preset }),
    })),
    { id: "mine", label: t("preset.mine"), key: "5", run: () => onOwnWindow("take") },
    { id: "keep", label: t("preset.keep"), key: "", run: () => onOwnWindow("keep") },
    {
      id: "invert",
      label: t("tool.invert"),
      key: "i",
      run: () => viewer.dispatch({ type: "invert" }),
    },
    { id: "fit", label: t("tool.fit"), key: "=", run: () => viewer.dispatch({ type: "fit" }) },
    {
      id: "reset",
      label: t("key.reset view"),
      key: "Home",
      run: () => viewer.dispatch({ type: "reset", which: "view" }),
    },
  ];
  return (
    <MenuTrigger isOpen={isOpen} onOpenChange={onOpenChange}>
      <AriaButton
        className="button button-quiet button-small"
        aria-label={t("view.menu", { view: name })}
      >
        <Icon name="menu" />
      </AriaButton>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" aria-label={t("view.menu", { view: name })}>
          {items.map(({ id, label, key, run }) => (
            <MenuItem key={id} id={id} className="menu-item" onAction={inThisView(run)}>
              {label}
              {key !== "" && <Key name={keyLabel(key)} />}
            </MenuItem>
          ))}
          <Separator />
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

export function viewName(view: View | null, t: Translate): string {
  return t(view === null ? "view.unknown" : `view.${view}`);
}

/** `W 2100 L 900 · 48 % · inverted`. */
export function windowText({ window, camera }: ViewState, t: Translate): string {
  if (window === null) return "";
  const parts = [
    t("view.window", { width: Math.round(window.width), level: Math.round(window.level) }),
    t("view.zoom", { percent: Math.round(camera.scale * 100) }),
  ];
  return [...parts, ...(window.inverted ? [t("view.inverted")] : [])].join(" · ");
}

function reasonOf(status: number, t: Translate): string {
  if (status === 0) return t("problem.offline");
  return status >= 500 ? t("problem.server") : t("view.error.decode");
}
