/** The line below a case: what the next press does, where the pointer is. */
import type { RefObject } from "react";
import { nextPoint } from "../shapes/measuring.ts";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import type { CaseSession } from "./case-session.ts";
import { landmarkOf, toolName } from "./measuring-tools.ts";

export function StatusLine({
  session: { measuring, reading, protocol },
  hint,
  pointerRef,
}: {
  readonly session: CaseSession;
  /** Said once, in place of what the tool says. */
  readonly hint: string | null;
  /** Its text is set at every move of the pointer, without a render. */
  readonly pointerRef: RefObject<HTMLSpanElement | null>;
}) {
  const t = useText();
  const tool = useMachine(measuring, (state) => state.tool);
  const point = useMachine(measuring, nextPoint);
  const selected = useMachine(measuring, (state) => state.selected);
  const excluding = useMachine(reading, (state) => state.excluding);
  const words = () => {
    if (tool !== null && point !== undefined) {
      const landmark = landmarkOf(tool, protocol, point, t);
      return t("status.tool", { tool: toolName(tool, protocol, t), landmark });
    }
    if (excluding) return t("status.exclude", { count: protocol.exclusions.length });
    if (hint !== null) return hint;
    return t(selected === null ? "status.select" : "status.moved");
  };
  return (
    <footer className="status-bar">
      <span className="status-hint" role="status">
        {words()}
      </span>
      <span ref={pointerRef} />
    </footer>
  );
}
