/**
 * What a panel's readers measured by the protocol's rules, one table a rule: for the agreement of their
 * measurements. Not for readers' eyes.
 */
import {
  measureAngle,
  measureBetweenLines,
  measureLength,
  measurePerpendicular,
} from "@malleolus/geometry";
import { imageColumn, type Measurement, measurementsColumn, type Panel } from "@malleolus/schema";
import type { Study } from "../study.ts";

export interface MeasuredTable {
  /** The rule's name. */
  readonly name: string;
  readonly unit: "mm" | "degrees";
  readonly readers: readonly string[];
  /** A row a radiograph that at least two have measured. */
  readonly rows: readonly {
    readonly patient: string;
    /** In the order of the readers; null where one did not measure it. */
    readonly values: readonly (number | null)[];
  }[];
}

type Spacing = readonly [row: number, column: number] | null;

/**
 * First readings, the last of each reader. Lengths without a pixel spacing are left out: pixels of two
 * radiographs do not compare.
 */
export async function measuredValues(
  { database, protocol }: Study,
  panel: Panel,
): Promise<MeasuredTable[]> {
  const rows = await database
    .selectFrom("readings")
    .innerJoin("cases", "cases.id", "readings.case_id")
    .select(["case_id", "patient_id", "reader", "decision_kind", "measurements"])
    .where("panel", "=", panel)
    .where("blind", "=", 1)
    .orderBy("revision")
    .execute();
  const latest = new Map(rows.map((row) => [JSON.stringify([row.case_id, row.reader]), row]));
  // A reading that was withdrawn has measured nothing.
  const held = [...latest.values()].filter(({ decision_kind }) => decision_kind !== null);
  const measured = held.flatMap(({ measurements, patient_id, reader }) =>
    measurements === null
      ? []
      : measurementsColumn
          .read(measurements, "readings.measurements")
          .map((one) => ({ ...one, patient: patient_id, reader })),
  );
  const facts = await spacingsOf(database, [...new Set(measured.map(({ image }) => image))]);
  const readers = [...new Set(measured.map(({ reader }) => reader))].toSorted();
  return (protocol.measurements ?? []).flatMap(({ id, name }): MeasuredTable[] => {
    const own = measured.flatMap((one) => {
      if (one.rule !== id) return [];
      const { value, unit } = measuredValue(one, facts.get(one.image) ?? null);
      return unit === "px" ? [] : [{ ...one, value, unit }];
    });
    const byImage = [...Map.groupBy(own, ({ image }) => image).values()].map((some) => ({
      patient: some[0].patient,
      values: readers.map((reader) => some.findLast((one) => one.reader === reader)?.value ?? null),
    }));
    const twice = byImage.filter(
      ({ values }) => values.filter((value) => value !== null).length > 1,
    );
    return twice.length === 0 ? [] : [{ name, unit: own[0].unit, readers, rows: twice }];
  });
}

async function spacingsOf(
  database: Study["database"],
  images: readonly string[],
): Promise<Map<string, Spacing>> {
  const found = new Map<string, Spacing>();
  for (const image of images) {
    const row = await database
      .selectFrom("images")
      .select("facts")
      .where("sha256", "=", image)
      .executeTakeFirst();
    if (row !== undefined) {
      found.set(image, imageColumn.read(row.facts, `image ${image}`).pixelSpacingMm);
    }
  }
  return found;
}

function measuredValue({ form, points }: Pick<Measurement, "form" | "points">, spacing: Spacing) {
  const [a, b, c, d] = points;
  switch (form) {
    case "length":
      return measureLength(a, b, spacing);
    case "perpendicular":
      return measurePerpendicular([a, b], c, spacing);
    case "angle":
      return measureAngle(a, b, c, spacing);
    case "between lines":
      return measureBetweenLines([a, b], [c, d], spacing);
  }
}
