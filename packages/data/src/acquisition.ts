/**
 * What a DICOM file says of who was examined with what, after de-identification: age, sex and machine.
 * It is what a table of a study's patients needs, and nothing that leads to one of them.
 */
import { readFile } from "node:fs/promises";
import { causeText } from "@malleolus/errors";
import { parseDataSet } from "./dicom/data-set.ts";
import { dicomOpening } from "./dicom/find-data-set.ts";
import { DataError } from "./errors.ts";

export interface Acquisition {
  /** In whole years; 0 below one year. Null where the file says none. */
  readonly ageYears: number | null;
  readonly sex: "F" | "M" | "O" | null;
  /** Maker and model. */
  readonly machine: string | null;
}

const NOTHING: Acquisition = { ageYears: null, sex: null, machine: null };

/** Nothing of a picture that is no DICOM file. Throws DataError where the file cannot be read. */
export async function readAcquisition(path: string): Promise<Acquisition> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new DataError(
      "unreadable",
      `${path}: expected a radiograph, got "${causeText(cause)}"; check the path and its rights`,
      { cause },
    );
  }
  if (dicomOpening(bytes) === undefined) return NOTHING;
  const attributes = parseDataSet(bytes, path);
  const sex = attributes.text("x00100040")?.toUpperCase();
  const machine = [attributes.text("x00080070"), attributes.text("x00081090")]
    .filter((part) => part !== null)
    .join(" ");
  return {
    ageYears: ageInYears(attributes.text("x00101010")),
    sex: sex === "F" || sex === "M" || sex === "O" ? sex : null,
    machine: machine === "" ? null : machine,
  };
}

/** An age string (PS3.5, VR AS): three digits and days, weeks, months or years. */
export function ageInYears(text: string | null): number | null {
  const [, digits, unit] = text?.match(/^(\d{1,3})([DWMY])$/) ?? [];
  if (digits === undefined) return null;
  const inOneYear = { D: 365.25, W: 52.18, M: 12, Y: 1 }[unit] ?? 1;
  return Math.floor(Number(digits) / inOneYear);
}
