/**
 * What is begun, and how to end it: buttons for the keys that finish, take back, put aside. A finger and a pen have
 * no others.
 */
import type { PressEvent } from "react-aria-components";
import { focusViewAfter } from "../case/focus-view.ts";
import { Button } from "../controls/button.tsx";
import { Key } from "../controls/key.tsx";
import { keyLabel } from "../keys/bindings.ts";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import type { EditorEvent } from "./editor.ts";
import { isToolBusy } from "./tools/table.ts";
import type { ToolName } from "./tools/tool.ts";

/** Tools whose drawing waits where it is put down; of the others nothing is kept. */
const PUTS_ASIDE: readonly ToolName[] = ["polygon", "freehand", "line", "wire"];

export function InHand({ session: { editor } }: { readonly session: AnnotatingSession }) {
  const t = useText();
  const tool = useMachine(editor, (state) => state.tool.tool);
  const busy = useMachine(editor, (state) => isToolBusy(state.tool));
  const choosing = useMachine(editor, ({ tool: { at } }) => at.phase === "preview");
  const mending = useMachine(editor, (state) => state.mending !== null);
  if (!busy && !mending && tool !== "join") return null;
  const act = (event: EditorEvent) => (press: PressEvent) => {
    editor.dispatch(event);
    focusViewAfter(press);
  };
  const putsAside = busy && PUTS_ASIDE.includes(tool);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset's legend would be one more line in a narrow rail.
    <div className="row" role="group" aria-label={t("annotate.in hand")}>
      <Button look="small" onPress={act({ type: "finish" })}>
        {t("annotate.finish")} <Key name={keyLabel("Enter")} />
      </Button>
      {tool === "edit" && choosing && (
        <Button look="small" onPress={act({ type: "candidate", step: 1 })}>
          {t("key.candidate")} <Key name={keyLabel("ArrowDown")} />
        </Button>
      )}
      <Button look="small" onPress={act({ type: "escape" })}>
        {t(putsAside ? "annotate.put aside" : "annotate.call off")}{" "}
        <Key name={keyLabel("Escape")} />
      </Button>
      {busy && (
        <Button look="small" onPress={act({ type: "back" })}>
          {t("annotate.back")} <Key name="Backspace" />
        </Button>
      )}
    </div>
  );
}
