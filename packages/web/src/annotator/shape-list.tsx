/**
 * What is drawn, as a list: the pictures' equal, by which each shape and each of its points can be reached,
 * moved and deleted without a pointer.
 */
import { useEffect, useState } from "react";
import { focusViewAfter } from "../case/focus-view.ts";
import { Button, IconButton, IconToggle } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import { showSelected } from "./annotating-keys.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import { colourOf } from "./draw-annotation.ts";
import { imageName, placedName, structureName } from "./names.ts";
import { pointAt, pointCount } from "./ring.ts";
import { inOrder, type Shape } from "./shape.ts";
import { knownFaultsOf } from "./shape-faults.ts";

interface ListProps {
  readonly session: AnnotatingSession;
  readonly readOnly: boolean;
}

export function ShapeList({ session, readOnly }: ListProps) {
  const t = useText();
  const { editor, detail } = session;
  const shapes = useMachine(editor, ({ document }) => document.shapes);
  const parked = useMachine(editor, ({ document }) => document.parked);
  const hidden = useMachine(editor, (state) => state.hidden);
  const structures = new Set([...shapes.values()].map(({ structure }) => structure));
  return (
    <div className="rail-group">
      <h2>{t("annotate.list")}</h2>
      {shapes.size + parked.size === 0 && <p className="meta muted">{t("annotate.nothing")}</p>}
      {structures.size > 0 && (
        <div className="row">
          {[...structures].map((structure) => {
            const name = structureName(structure, detail, t);
            const isHidden = hidden.has(structure);
            return (
              <Button
                key={structure}
                look="small"
                aria-pressed={!isHidden}
                aria-label={t(isHidden ? "annotate.show" : "annotate.hide", { name })}
                onPress={() => editor.dispatch({ type: "hide", structure })}
              >
                <Swatch structure={structure} /> {name}{" "}
                <Icon name={isHidden ? "close" : "overlays"} />
              </Button>
            );
          })}
        </div>
      )}
      <ul className="shape-list">
        {inOrder(shapes.values()).map((shape) => (
          <ShapeRow key={shape.id} session={session} readOnly={readOnly} shape={shape} />
        ))}
        {[...parked.values()].map(({ id, image, structure }) => (
          <li key={id}>
            <span>
              {t("annotate.parked", {
                structure: structureName(structure, detail, t),
                view: imageName(image, detail, t),
              })}
            </span>
            {!readOnly && (
              <span className="row">
                <Button
                  look="small"
                  onPress={(event) => {
                    session.viewer.dispatch({ type: "activate", view: image });
                    editor.dispatch({ type: "resume", id });
                    focusViewAfter(event);
                  }}
                >
                  {t("annotate.resume")}
                </Button>
                <Button look="small" onPress={() => editor.dispatch({ type: "drop parked", id })}>
                  {t("annotate.drop")}
                </Button>
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function ShapeRow({ session, readOnly, shape }: ListProps & { readonly shape: Shape }) {
  const t = useText();
  const { editor, detail } = session;
  const { id } = shape;
  const isSelected = useMachine(editor, ({ selection }) => selection.ids.includes(id));
  const image = useMachine(editor, ({ images }) => images.get(shape.image));
  const name = placedName(shape, detail, t);
  const faults = image === undefined ? [] : knownFaultsOf(shape, image);
  const notes = [
    t("annotate.points", { count: pointCount(shape.points) }),
    ...(shape.offer === null ? [] : [t("annotate.from model")]),
    ...(shape.doubtful ? [t("annotate.doubtful")] : []),
  ];
  return (
    <li>
      <Button
        look="small"
        aria-pressed={isSelected}
        onPress={(event) => {
          editor.dispatch({
            type: "select",
            selection: { ids: [id], vertex: null, offer: null },
          });
          showSelected(session);
          focusViewAfter(event);
        }}
      >
        <Swatch structure={shape.structure} /> {name}
      </Button>
      <span className="shape-notes">{notes.join(" · ")}</span>
      {faults.length > 0 && (
        <span className="tone-error">
          {[...new Set(faults.map(({ kind }) => t(`fault.${kind}`)))].join(", ")}
        </span>
      )}
      {!readOnly && (
        <span className="shape-buttons">
          <IconToggle
            label={t(shape.locked ? "annotate.unlock" : "annotate.lock", { name })}
            isSelected={shape.locked}
            onPress={() => editor.dispatch({ type: "lock", id })}
          >
            <Icon name={shape.locked ? "lock" : "unlock"} />
          </IconToggle>
          <IconToggle
            label={t("annotate.doubt", { name })}
            isSelected={shape.doubtful}
            onPress={() => editor.dispatch({ type: "doubt", id })}
          >
            <Icon name="doubt" />
          </IconToggle>
          <IconButton
            label={t("annotate.delete", { name })}
            isDisabled={shape.locked}
            onPress={() => {
              editor.dispatch({
                type: "select",
                selection: { ids: [id], vertex: null, offer: null },
              });
              editor.dispatch({ type: "take tool", tool: "select" });
              editor.dispatch({ type: "delete" });
            }}
          >
            <Icon name="close" />
          </IconButton>
        </span>
      )}
      {isSelected && !readOnly && !shape.locked && <PointEditor session={session} shape={shape} />}
    </li>
  );
}

/** One point at a time, by number: a shape of thousands has no thousand buttons. */
function PointEditor({
  session: { editor },
  shape,
}: {
  readonly session: AnnotatingSession;
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

/** A colour means the same on light and on dark: it sits on black, as on the picture. */
export function Swatch({ structure }: { readonly structure: string }) {
  return (
    <svg className="swatch" viewBox="0 0 12 12" aria-hidden="true">
      <rect width="12" height="12" fill="#000000" />
      <path d="M2 10 10 2" stroke={colourOf(structure)} strokeWidth="3" />
    </svg>
  );
}
