/** What the next press does, in the line below a case that is read. */
import { nextPoint } from "../shapes/measuring.ts";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import type { CaseSession } from "./case-session.ts";
import { landmarkOf, toolName } from "./measuring-tools.ts";

export function ReadingStatus({
  session: { measuring, reading, protocol },
  hint,
}: {
  readonly session: CaseSession;
  /** Said once, in place of what the tool says. */
  readonly hint: string | null;
}) {
  const t = useText();
  const tool = useMachine(measuring, (state) => state.tool);
  const point = useMachine(measuring, nextPoint);
  const selected = useMachine(measuring, (state) => state.selected);
  const excluding = useMachine(reading, (state) => state.excluding);
  if (tool !== null && point !== undefined) {
    const landmark = landmarkOf(tool, protocol, point, t);
    return t("status.tool", { tool: toolName(tool, protocol, t), landmark });
  }
  if (excluding) return t("status.exclude", { count: protocol.exclusions.length });
  return hint ?? t(selected === null ? "status.select" : "status.moved");
}
