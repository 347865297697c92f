/** The annotator's tools: whatever a key takes up also has a button here. */
import { IconButton, IconToggle } from "../controls/button.tsx";
import { Icon, type IconName } from "../controls/icon.tsx";
import { keyLabel } from "../keys/bindings.ts";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import { toolKeys } from "./annotating-keys.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import { type ToolName, toolNames } from "./tools/tool.ts";

const ICONS: Readonly<Record<ToolName, IconName>> = {
  select: "select",
  polygon: "polygon",
  freehand: "freehand",
  box: "box",
  line: "line",
  wire: "wire",
  edit: "points",
  split: "split",
  join: "join",
  erase: "erase",
};

export function AnnotatingStrip({
  session: { editor, viewer },
  readOnly,
  commenting,
  onComment,
}: {
  readonly session: AnnotatingSession;
  readonly readOnly: boolean;
  readonly commenting: boolean;
  readonly onComment: () => void;
}) {
  const t = useText();
  const tool = useMachine(editor, (state) => state.tool.tool);
  const snapping = useMachine(editor, (state) => state.snapping);
  const canUndo = useMachine(editor, ({ history }) => history.done > 0);
  const canRedo = useMachine(editor, ({ history }) => history.done < history.entries.length);
  const linked = useMachine(viewer, (state) => state.linked);
  const single = useMachine(viewer, (state) => state.single);
  const hidden = useMachine(viewer, (state) => state.overlays === "hidden");
  return (
    <div
      className="tool-strip tool-strip-dense"
      role="toolbar"
      aria-orientation="vertical"
      aria-label={t("tool.strip")}
    >
      {!readOnly && (
        <>
          {toolNames.map((name) => (
            <IconToggle
              key={name}
              label={t(`tool.${name}`)}
              keyName={keyLabel(name === "edit" ? "Enter" : toolKeys[name])}
              isSelected={tool === name}
              onPress={() => editor.dispatch({ type: "take tool", tool: name })}
            >
              <Icon name={ICONS[name]} />
            </IconToggle>
          ))}
          <hr />
          <IconToggle
            label={t("tool.snap")}
            keyName="S"
            isSelected={snapping}
            onPress={() => editor.dispatch({ type: "snapping" })}
          >
            <Icon name="snap" />
          </IconToggle>
          <IconButton
            label={t("tool.undo")}
            keyName="Ctrl+Z"
            isDisabled={!canUndo}
            onPress={() => editor.dispatch({ type: "undo" })}
          >
            <Icon name="undo" />
          </IconButton>
          <IconButton
            label={t("tool.redo")}
            keyName="Ctrl+Y"
            isDisabled={!canRedo}
            onPress={() => editor.dispatch({ type: "redo" })}
          >
            <Icon name="redo" />
          </IconButton>
          <hr />
        </>
      )}
      <IconToggle label={t("tool.comment")} keyName="O" isSelected={commenting} onPress={onComment}>
        <Icon name="comment" />
      </IconToggle>
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
      <IconToggle
        label={t("tool.shapes")}
        keyName="H"
        isSelected={!hidden}
        onPress={() => viewer.dispatch({ type: "overlays", to: hidden ? "shown" : "hidden" })}
      >
        <Icon name="overlays" />
      </IconToggle>
    </div>
  );
}
