/** What decides what becomes of a radiograph that comes live: whose it is, and what it shows. Pixels are not read. */
import type { View } from "@malleolus/schema";
import { DataError } from "../errors.ts";
import { parseDataSet } from "./data-set.ts";
import { readPixelHeader } from "./header.ts";
import { readView } from "./projection.ts";

export interface LiveHeader {
  readonly study: string;
  readonly sopInstance: string;
  readonly modality: string;
  readonly bodyPart: string | null;
  readonly view: View | null;
}

/** @throws DataError: as `readDicom` for what is no radiograph, and `damaged` where it lacks its UIDs. */
export function readLiveHeader(bytes: Uint8Array, where: string): LiveHeader {
  const attributes = parseDataSet(bytes, where);
  readPixelHeader(attributes, where);
  const study = attributes.text("x0020000d");
  const sopInstance = attributes.text("x00080018");
  if (study === null || sopInstance === null) {
    throw new DataError(
      "damaged",
      `${where}: expected a radiograph with the UIDs of its study and of itself, got one without`,
    );
  }
  return {
    study,
    sopInstance,
    modality: attributes.text("x00080060") ?? "",
    bodyPart: attributes.text("x00180015"),
    view: readView(attributes),
  };
}
