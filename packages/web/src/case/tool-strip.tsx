/** The strip of tools on the left: the page's own, and below them every command of the views that has a key. */
import type { ReactNode } from "react";
import { IconButton, IconToggle } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import type { CaseMachines } from "./case-machines.ts";

export interface ToolStripProps {
  readonly session: Pick<CaseMachines, "viewer">;
  /** Smaller buttons and fewer of them, where the page has many tools of its own. */
  readonly isDense: boolean;
  /** What lies over the pictures, as the page calls it. */
  readonly overlays: string;
  /** The page's own tools. */
  readonly children: ReactNode;
  /** Between linking and hiding: what else is shown or not. */
  readonly toggles?: ReactNode;
}

export function ToolStrip({
  session: { viewer },
  isDense,
  overlays,
  children,
  toggles,
}: ToolStripProps) {
  const t = useText();
  const linked = useMachine(viewer, (state) => state.linked);
  const single = useMachine(viewer, (state) => state.single);
  const hidden = useMachine(viewer, (state) => state.overlays === "hidden");
  return (
    <div
      className={isDense ? "tool-strip tool-strip-dense" : "tool-strip"}
      role="toolbar"
      aria-orientation="vertical"
      aria-label={t("tool.strip")}
    >
      {children}
      <IconButton
        label={t("tool.invert")}
        keyName="I"
        onPress={() => viewer.dispatch({ type: "invert" })}
      >
        <Icon name="invert" />
      </IconButton>
      <IconButton
        label={t("tool.zoom in")}
        keyName="+"
        onPress={() => viewer.dispatch({ type: "zoom in middle", factor: 1.25 })}
      >
        <Icon name="zoom in" />
      </IconButton>
      <IconButton
        label={t("tool.zoom out")}
        keyName="-"
        onPress={() => viewer.dispatch({ type: "zoom in middle", factor: 0.8 })}
      >
        <Icon name="zoom out" />
      </IconButton>
      <IconButton
        label={t("tool.fit")}
        keyName="="
        onPress={() => viewer.dispatch({ type: "fit" })}
      >
        <Icon name="fit" />
      </IconButton>
      {!isDense && (
        <>
          <IconButton
            label={t("tool.reset")}
            keyName="Shift+Home"
            onPress={() => viewer.dispatch({ type: "reset", which: "all" })}
          >
            <Icon name="reset" />
          </IconButton>
          <hr />
        </>
      )}
      <IconToggle
        label={t("tool.link")}
        keyName="Y"
        isSelected={linked}
        onPress={() => viewer.dispatch({ type: "link" })}
      >
        <Icon name="link" />
      </IconToggle>
      <IconToggle
        label={t("tool.single")}
        keyName="Z"
        isSelected={single}
        onPress={() => viewer.dispatch({ type: "single" })}
      >
        <Icon name="single" />
      </IconToggle>
      {toggles}
      <IconToggle
        label={overlays}
        keyName="H"
        isSelected={!hidden}
        onPress={() => viewer.dispatch({ type: "overlays", to: hidden ? "shown" : "hidden" })}
      >
        <Icon name="overlays" />
      </IconToggle>
    </div>
  );
}
