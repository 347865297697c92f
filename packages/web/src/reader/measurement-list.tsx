/** The measurements of a case as a list: the canvas's equal, by which each can be reached and deleted. */

import { viewName } from "../case/names.ts";
import { Button, IconButton } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import { type CaseSession, spacingOf } from "./case-session.ts";
import { toolName, valueText } from "./measuring-tools.ts";

export function MeasurementList({
  session: { measuring, viewer, detail, protocol },
  readOnly,
}: {
  readonly session: CaseSession;
  readonly readOnly: boolean;
}) {
  const t = useText();
  const measurements = useMachine(measuring, (state) => state.measurements);
  const selected = useMachine(measuring, (state) => state.selected);
  if (measurements.length === 0) return null;
  return (
    <div className="rail-group">
      <h2>{t("reading.measurements")}</h2>
      <ul className="measurement-list">
        {measurements.map((one) => {
          const image = detail.images.find(({ id }) => id === one.image);
          const name = toolName(one, protocol, t);
          const isSelected = selected?.id === one.id;
          return (
            <li key={one.id}>
              <Button
                look="small"
                aria-pressed={isSelected}
                onPress={() => {
                  viewer.dispatch({ type: "activate", view: one.image });
                  measuring.dispatch({ type: "select", id: one.id, point: null });
                }}
              >
                {name} · {viewName(image?.view ?? null, t)}
              </Button>
              <span className="measured-value">
                {image === undefined ? "" : valueText(one, spacingOf(image), t)}
              </span>
              {!readOnly && (
                <IconButton
                  label={t("reading.delete", { name })}
                  onPress={() => measuring.dispatch({ type: "delete", id: one.id })}
                >
                  <Icon name="close" />
                </IconButton>
              )}
              {isSelected && !readOnly && (
                <div className="point-buttons">
                  {Array.from(one.points.keys(), (index) => (
                    <Button
                      key={index}
                      look="small"
                      aria-label={t("reading.point", { number: index + 1, name })}
                      aria-pressed={selected.point === index}
                      onPress={() =>
                        measuring.dispatch({ type: "select", id: one.id, point: index })
                      }
                    >
                      {index + 1}
                    </Button>
                  ))}
                </div>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
