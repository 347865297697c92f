/** DICOM's JSON model (PS3.18 annex F), as far as answers to searches and stores need it. */
import { z } from "zod";
import { PacsError } from "../errors.ts";

const valueSchema = z.looseObject({
  vr: z.string(),
  Value: z.array(z.unknown()).optional(),
});

const dataSetSchema = z.record(z.string().regex(/^[0-9A-Fa-f]{8}$/), valueSchema);

/** By tag, `0020000D` say. */
export type DicomJson = z.infer<typeof dataSetSchema>;

/** @throws PacsError `answer`. */
export function parseDataSets(value: unknown, where: string): DicomJson[] {
  const parsed = z.array(dataSetSchema).safeParse(value);
  if (parsed.success) return parsed.data;
  throw notDicomJson(where);
}

/** @throws PacsError `answer`. */
export function parseDataSet(value: unknown, where: string): DicomJson {
  const parsed = dataSetSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw notDicomJson(where);
}

/** The first value as text; null where there is none. */
export function textIn(dataSet: DicomJson, tag: string): string | null {
  const [first] = dataSet[tag]?.Value ?? [];
  if (typeof first === "string" || typeof first === "number") return String(first);
  const name = z.object({ Alphabetic: z.string() }).safeParse(first);
  return name.success ? name.data.Alphabetic : null;
}

/** The items of a sequence, none where it is missing; items that are no data sets are left out. */
export function itemsIn(dataSet: DicomJson, tag: string): DicomJson[] {
  return (dataSet[tag]?.Value ?? []).flatMap((item) => {
    const parsed = dataSetSchema.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  });
}

function notDicomJson(where: string): PacsError {
  return new PacsError(
    "answer",
    `${where}: expected DICOM's JSON, got something else; is this the address of a DICOMweb service?`,
  );
}
