/** What is drawn next: its structure, a line's width, and a point at the keyboard's cross. */
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { Button } from "../controls/button.tsx";
import { Key } from "../controls/key.tsx";
import { keyLabel } from "../keys/bindings.ts";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import { structureKeys } from "./annotating-keys.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import type { Cross } from "./cross.ts";
import { structureName } from "./names.ts";
import { Swatch } from "./shape-list.tsx";

export function Structures({
  session: { editor, detail },
  cross,
}: {
  readonly session: AnnotatingSession;
  readonly cross: Cross;
}) {
  const t = useText();
  const structure = useMachine(editor, (state) => state.structure);
  const tool = useMachine(editor, (state) => state.tool.tool);
  const widthMm = useMachine(editor, (state) => state.widthMm);
  const makesLines = tool === "line" || tool === "wire";
  return (
    <div className="rail-group">
      <ToggleButtonGroup
        className="structures"
        aria-label={t("annotate.structure")}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[structure]}
        onSelectionChange={(keys) => {
          for (const key of keys) editor.dispatch({ type: "structure", id: String(key) });
        }}
      >
        {detail.structures.map(({ id }) => {
          const key = structureKeys.find(([, ids]) => ids.includes(id))?.[0];
          return (
            <ToggleButton className="button button-small" key={id} id={id}>
              <Swatch structure={id} /> {structureName(id, detail, t)}
              {key !== undefined && <Key name={keyLabel(key)} />}
            </ToggleButton>
          );
        })}
      </ToggleButtonGroup>
      {makesLines && (
        <label className="width-field">
          {t("annotate.width")}
          <input
            type="number"
            min={0.5}
            max={20}
            step={0.5}
            value={widthMm}
            onChange={(event) => {
              const mm = event.currentTarget.valueAsNumber;
              if (mm > 0 && mm <= 20) editor.dispatch({ type: "width", mm });
            }}
          />
        </label>
      )}
      {tool !== "select" && tool !== "edit" && tool !== "join" && (
        <Button look="small" onPress={cross.click}>
          {t("annotate.set point")} <Key name="Space" />
        </Button>
      )}
    </div>
  );
}
