/**
 * A selected shape's points in the list, one at a time, by number: a shape of thousands has no thousand buttons. And
 * what gestures do to the whole of it: moved, a part or all of it drawn anew.
 */
import { useEffect, useState } from "react";
import { focusViewAfter } from "../case/focus-view.ts";
import { Button, IconButton } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import { beginSection } from "./annotating-keys.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import type { Cross } from "./cross.ts";
import { pointAt, pointCount } from "./ring.ts";
import type { Shape } from "./shape.ts";

/** By pixels of the radiograph. */
const MOVES = [
  { icon: "previous", label: "annotate.move left", dx: -1, dy: 0 },
  { icon: "next", label: "annotate.move right", dx: 1, dy: 0 },
  { icon: "up", label: "annotate.move up", dx: 0, dy: -1 },
  { icon: "down", label: "annotate.move down", dx: 0, dy: 1 },
] as const;

export function PointEditor({
  session: { editor },
  cross,
  shape,
}: {
  readonly session: AnnotatingSession;
  readonly cross: Cross;
  readonly shape: Shape;
}) {
  const t = useText();
  const vertex = useMachine(editor, ({ selection }) => selection.vertex) ?? 0;
  const count = pointCount(shape.points);
  const at = pointAt(shape.points, Math.min(vertex, count - 1));
  const choose = (index: number) =>
    editor.dispatch({
      type: "select",
      selection: { ids: [shape.id], vertex: (index + count) % count, offer: null },
    });
  const moveTo = (x: number, y: number) => {
    choose(vertex);
    editor.dispatch({ type: "nudge", dx: x - at.x, dy: y - at.y });
  };
  return (
    <div className="point-editor">
      <span className="meta">
        {t("annotate.point", {
          number: vertex + 1,
          count,
          x: at.x.toFixed(1),
          y: at.y.toFixed(1),
        })}
      </span>
      <IconButton label={t("annotate.point before")} onPress={() => choose(vertex - 1)}>
        <Icon name="previous" />
      </IconButton>
      <IconButton label={t("annotate.point after")} onPress={() => choose(vertex + 1)}>
        <Icon name="next" />
      </IconButton>
      <Coordinate label={t("annotate.point x")} value={at.x} onChange={(x) => moveTo(x, at.y)} />
      <Coordinate label={t("annotate.point y")} value={at.y} onChange={(y) => moveTo(at.x, y)} />
      <Button
        look="small"
        onPress={() => {
          choose(vertex);
          editor.dispatch({ type: "insert point" });
        }}
      >
        {t("annotate.point insert")}
      </Button>
      <Button
        look="small"
        onPress={() => {
          choose(vertex);
          editor.dispatch({ type: "delete" });
        }}
      >
        {t("annotate.point remove")}
      </Button>
      <Button
        look="small"
        onPress={(event) => {
          choose(vertex);
          beginSection({ editor }, cross);
          focusViewAfter(event);
        }}
      >
        {t("key.section")}
      </Button>
      <Button
        look="small"
        onPress={(event) => {
          editor.dispatch({ type: "redraw" });
          focusViewAfter(event);
        }}
      >
        {t("annotate.redraw")}
      </Button>
      <div className="move-buttons">
        <span className="meta">{t("annotate.move")}</span>
        {MOVES.map(({ icon, label, dx, dy }) => (
          <IconButton
            key={label}
            label={t(label)}
            onPress={() => editor.dispatch({ type: "move", dx, dy })}
          >
            <Icon name={icon} />
          </IconButton>
        ))}
      </div>
    </div>
  );
}

function Coordinate({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}) {
  const [typed, setTyped] = useState(value.toFixed(1));
  useEffect(() => setTyped(value.toFixed(1)), [value]);
  const take = () => {
    const number = Number(typed);
    if (typed.trim() !== "" && Number.isFinite(number)) onChange(number);
    else setTyped(value.toFixed(1));
  };
  return (
    <input
      className="coordinate"
      aria-label={label}
      inputMode="decimal"
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === "Enter") take();
      }}
    />
  );
}
