/**
 * What is drawn, as a list: the pictures' equal, by which each shape and each of its points can be reached,
 * moved and deleted without a pointer.
 */
import { FRACTURE } from "@malleolus/schema";
import { focusViewAfter } from "../case/focus-view.ts";
import { Button, IconButton, IconToggle } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { useText } from "../strings/text.tsx";
import type { Translate } from "../strings/translate.ts";
import { useMachine } from "../use-machine.ts";
import { showSelected } from "./annotating-keys.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import type { Cross } from "./cross.ts";
import { colourOf } from "./draw-annotation.ts";
import { imageName, placedName, structureName } from "./names.ts";
import { PointEditor } from "./point-editor.tsx";
import { pointCount } from "./ring.ts";
import { type EditorImage, inOrder, type Shape } from "./shape.ts";
import { boxOfShape } from "./shape-box.ts";
import { knownFaultsOf } from "./shape-faults.ts";

interface ListProps {
  readonly session: AnnotatingSession;
  readonly cross: Cross;
  readonly readOnly: boolean;
}

export function ShapeList({ session, cross, readOnly }: ListProps) {
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
          <ShapeRow
            key={shape.id}
            session={session}
            cross={cross}
            readOnly={readOnly}
            shape={shape}
          />
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

function ShapeRow(props: ListProps & { readonly shape: Shape }) {
  const { session, cross, readOnly, shape } = props;
  const t = useText();
  const { editor, detail } = session;
  const { id } = shape;
  const isSelected = useMachine(editor, ({ selection }) => selection.ids.includes(id));
  const image = useMachine(editor, ({ images }) => images.get(shape.image));
  const name = placedName(shape, detail, t);
  const faults = image === undefined ? [] : knownFaultsOf(shape, image);
  const notes = [
    t("annotate.points", { count: pointCount(shape.points) }),
    ...(shape.structure === FRACTURE && image !== undefined ? [sayBox(shape, image, t)] : []),
    ...(shape.offer === null ? [] : [t("annotate.from model")]),
    ...(shape.doubtful ? [t("annotate.doubtful")] : []),
  ];
  return (
    <li>
      <Button
        look="small"
        aria-pressed={isSelected}
        onPress={(event) => {
          // Several are chosen to be joined.
          const adds = event.shiftKey || editor.state().tool.tool === "join";
          const selection = { ids: [id], vertex: null, offer: null };
          editor.dispatch(adds ? { type: "toggle", id } : { type: "select", selection });
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
      {isSelected && !readOnly && !shape.locked && (
        <PointEditor session={session} cross={cross} shape={shape} />
      )}
    </li>
  );
}

/** `box 24.1 x 12.0 mm`, as a network would learn it. */
function sayBox(shape: Shape, image: EditorImage, t: Translate): string {
  const [left, top, right, bottom] = boxOfShape(shape, image);
  const { spacing } = image;
  const size = (pixels: number, mm: number | undefined) => (pixels * (mm ?? 1)).toFixed(1);
  return t(spacing === null ? "annotate.box px" : "annotate.box mm", {
    width: size(right - left, spacing?.columnMm),
    height: size(bottom - top, spacing?.rowMm),
  });
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
