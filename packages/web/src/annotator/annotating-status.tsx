/** What the tool wants next, and what was done last: the line below a case that is drawn on. */
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import { saySaid } from "./names.ts";
import { toolHint } from "./tools/table.ts";

export function AnnotatingStatus({
  session: { editor, detail },
  hint,
  commenting,
}: {
  readonly session: AnnotatingSession;
  readonly hint: string | null;
  readonly commenting: boolean;
}) {
  const t = useText();
  const said = useMachine(editor, (state) => state.said);
  const next = useMachine(editor, ({ tool, selection }) =>
    tool.tool === "select" && selection.offer !== null ? "hint.offer" : toolHint(tool),
  );
  if (hint !== null) return hint;
  if (commenting) return t("hint.comment");
  return said === null ? t(next) : `${saySaid(said, detail, t)} · ${t(next)}`;
}
