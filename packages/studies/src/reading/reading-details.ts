/** What a reading holds besides its decision, as columns of its row. */
import {
  conditionsColumn,
  labelsColumn,
  measurementsColumn,
  type ReadingContent,
  visibilityColumn,
} from "@malleolus/schema";

export type ReadingDetails = Pick<
  ReadingContent,
  "certainty" | "visibility" | "measurements" | "conditions" | "labels" | "note" | "seconds"
>;

export function detailColumns(details: ReadingDetails) {
  const { certainty, visibility, measurements, conditions, labels, note, seconds } = details;
  return {
    note: note ?? null,
    seconds: seconds ?? null,
    certainty: certainty ?? null,
    visibility: visibility === undefined ? null : visibilityColumn.write(visibility),
    measurements: measurements === undefined ? null : measurementsColumn.write(measurements),
    conditions: conditions === undefined ? null : conditionsColumn.write(conditions),
    labels: labels === undefined ? null : labelsColumn.write(labels),
  };
}
