/** The measuring tools of a protocol: its own, then the free ones; their names and landmarks. */
import { MEASUREMENT_POINTS, type MeasurementForm, type ReadingProtocol } from "@malleolus/schema";
import { formatValue, type Measurement, measure, type Spacing } from "../shapes/measurement.ts";
import type { MeasuringTool } from "../shapes/measuring.ts";
import type { Translate } from "../strings/translate.ts";

/** Those on the tool strip; the protocol's own are in a menu behind them. */
export const freeForms: readonly MeasurementForm[] = [
  "length",
  "perpendicular",
  "angle",
  "between lines",
];

type Rules = Pick<ReadingProtocol, "measurements">;

export function protocolTools({ measurements }: Rules): readonly MeasuringTool[] {
  return measurements.map(({ id, form }) => ({ rule: id, form }));
}

export function toolName(
  { rule, form }: MeasuringTool,
  { measurements }: Rules,
  t: Translate,
): string {
  return measurements.find(({ id }) => id === rule)?.name ?? t(`tool.${form}`);
}

/** What the next click is for; the number counts from 1. */
export function landmarkOf(
  { rule, form }: MeasuringTool,
  { measurements }: Rules,
  point: number,
  t: Translate,
): string {
  const own = measurements.find(({ id }) => id === rule)?.landmarks;
  const landmarks = own ?? t(`landmark.${form}`).split("|");
  return landmarks[Math.min(point, MEASUREMENT_POINTS[form]) - 1] ?? "";
}

/** `6.2 mm at detector`; nothing until all points are there. */
export function valueText(
  measurement: Pick<Measurement, "form" | "points">,
  spacing: Spacing | null,
  t: Translate,
): string | undefined {
  const value = measure(measurement, spacing);
  if (value === undefined) return undefined;
  const space = value.unit === "degrees" ? "" : " ";
  return `${formatValue(value)}${space}${t(`unit.${value.unit}`)}`;
}
