/** Shapes that were changed in two places, side by side: each is chosen, and what gives way is kept aside. */
import { Button } from "../controls/button.tsx";
import { Notice } from "../controls/notice.tsx";
import { useLanguage, useText } from "../strings/text.tsx";
import { dayOrTime } from "../strings/times.ts";
import { useMachine } from "../use-machine.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import { colourOf } from "./draw-annotation.ts";
import { placedName } from "./names.ts";
import { pointAt, pointCount, type Ring } from "./ring.ts";
import type { Shape } from "./shape.ts";

const CHOICES = ["this", "other", "both"] as const;
const SIZE = 96;

export function ConflictPanel({ session }: { readonly session: AnnotatingSession }) {
  const t = useText();
  const language = useLanguage();
  const conflicts = useMachine(session.conflicts, (all) => all);
  if (conflicts.length === 0) return null;
  return (
    <Notice tone="warn">
      <h2>{t("conflict.title")}</h2>
      <p>{t("conflict.text")}</p>
      {conflicts.map((conflict) => {
        const { id, here, there, thereAt } = conflict;
        const known = here ?? there;
        return (
          <fieldset className="conflict" key={id}>
            <legend>{known === null ? id : placedName(known, session.detail, t)}</legend>
            <div className="conflict-sides">
              <Side label={t("conflict.here")} shape={here} beside={there} />
              <Side
                label={t("conflict.there", {
                  time: dayOrTime(thereAt, Date.now(), language),
                })}
                shape={there}
                beside={here}
              />
            </div>
            <div className="row">
              {CHOICES.map((choice) => (
                <Button
                  key={choice}
                  look="small"
                  onPress={() => session.choose(conflict, choice)}
                  isDisabled={choice === "both" && (here === null || there === null)}
                >
                  {t(choice === "both" ? "conflict.keep both" : `conflict.keep ${choice}`)}
                </Button>
              ))}
            </div>
          </fieldset>
        );
      })}
    </Notice>
  );
}

/** Both sides at the same scale, so that what differs is seen. */
function Side({
  label,
  shape,
  beside,
}: {
  readonly label: string;
  readonly shape: Shape | null;
  readonly beside: Shape | null;
}) {
  const t = useText();
  const points = [...(shape?.points ?? []), ...(beside?.points ?? [])];
  return (
    <div className="conflict-side">
      <span>{label}</span>
      {shape === null ? (
        <span className="muted">{t("conflict.deleted")}</span>
      ) : (
        <>
          <svg viewBox={`0 0 ${SIZE} ${SIZE}`} aria-hidden="true">
            <rect width={SIZE} height={SIZE} fill="#000000" />
            <path
              d={pathOf(shape, points)}
              fill="none"
              stroke={colourOf(shape.structure)}
              strokeWidth="1.5"
            />
          </svg>
          <span className="muted">{t("conflict.points", { count: pointCount(shape.points) })}</span>
        </>
      )}
    </div>
  );
}

function pathOf({ points, form }: Shape, all: Ring): string {
  const columns = all.filter((_, i) => i % 2 === 0);
  const rows = all.filter((_, i) => i % 2 === 1);
  const [left, top] = [Math.min(...columns), Math.min(...rows)];
  const scale = (SIZE - 8) / Math.max(Math.max(...columns) - left, Math.max(...rows) - top, 1);
  const path = Array.from({ length: pointCount(points) }, (_, i) => {
    const { x, y } = pointAt(points, i);
    return `${(4 + (x - left) * scale).toFixed(1)} ${(4 + (y - top) * scale).toFixed(1)}`;
  });
  return `M${path.join("L")}${form === "polygon" ? "Z" : ""}`;
}

/** What gave way, and how to have it back. */
export function SetAsideList({ session }: { readonly session: AnnotatingSession }) {
  const t = useText();
  useMachine(session.editor, ({ document }) => document);
  const { setAside } = session.content();
  if (setAside.length === 0) return null;
  return (
    <details className="rail-group">
      <summary>{t("conflict.aside", { count: setAside.length })}</summary>
      <ul className="shape-list">
        {setAside.map(({ shape, at }, index) => (
          <li key={`${shape.id} ${at}`}>
            <span>{placedName(shape, session.detail, t)}</span>
            <Button look="small" onPress={() => session.takeBack(index)}>
              {t("conflict.take back")}
            </Button>
          </li>
        ))}
      </ul>
    </details>
  );
}
