/** The annotator's tools: whatever a key takes up also has a button here. */
import { ToolStrip } from "../case/tool-strip.tsx";
import { IconButton, IconToggle } from "../controls/button.tsx";
import { Icon, type IconName } from "../controls/icon.tsx";
import { keyLabel } from "../keys/bindings.ts";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import { toolKeys } from "./annotating-keys.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import { stepHistory } from "./step-history.ts";
import { isToolBusy } from "./tools/table.ts";
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

export interface AnnotatingStripProps {
  readonly session: AnnotatingSession;
  readonly readOnly: boolean;
  readonly commenting: boolean;
  /** Null where nothing is commented on. */
  readonly onComment: (() => void) | null;
}

export function AnnotatingStrip(props: AnnotatingStripProps) {
  const { session, readOnly, commenting, onComment } = props;
  const { editor } = session;
  const t = useText();
  const tool = useMachine(editor, (state) => state.tool.tool);
  const snapping = useMachine(editor, (state) => state.snapping);
  // While something is drawn its last point is what goes.
  const canUndo = useMachine(editor, (state) => state.history.done > 0 || isToolBusy(state.tool));
  const canRedo = useMachine(editor, ({ history }) => history.done < history.entries.length);
  return (
    <ToolStrip session={session} isDense={true} overlays={t("tool.shapes")}>
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
            onPress={() => stepHistory(session, "undo")}
          >
            <Icon name="undo" />
          </IconButton>
          <IconButton
            label={t("tool.redo")}
            keyName="Ctrl+Y"
            isDisabled={!canRedo}
            onPress={() => stepHistory(session, "redo")}
          >
            <Icon name="redo" />
          </IconButton>
          <hr />
        </>
      )}
      {onComment !== null && (
        <IconToggle
          label={t("tool.comment")}
          keyName="O"
          isSelected={commenting}
          onPress={onComment}
        >
          <Icon name="comment" />
        </IconToggle>
      )}
    </ToolStrip>
  );
}
