/**
 * A study of its own for whoever measures pages in a browser: cases of three DICOM files that are as large as
 * asked for, given to one observer to read or to one annotator, who has drawn an outline on each.
 */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import {
  type DataSet,
  type ElementValue,
  TRANSFER_SYNTAX,
  writeDicomFile,
} from "@malleolus/data/dicom";
import {
  annotationDraftColumn,
  type DrawnShape,
  emptyAnnotation,
  imageColumn,
  type View,
} from "@malleolus/schema";
import {
  assignAnnotators,
  closeStudy,
  createRound,
  createStudy,
  imagePath,
  openStudy,
  type Study,
} from "@malleolus/studies";

export type Who = "observer" | "annotator";

export const VIEWS = ["ap", "mortise", "lateral"] as const;
/** Of an outline on each view that is drawn on: its points, and its radius as a share of the side. */
const POINTS = 1000;
export const RADIUS = 0.4;
const HOSPITALS = [{ id: "a", name: "A", role: "internal" as const, language: "en" as const }];
/** As many as the protocol asks for; the first draws. */
const ANNOTATORS = ["annotator-1", "annotator-2"].map((id) => ({
  id,
  name: id,
  roles: ["annotator" as const],
}));

export async function writeStudy(
  folder: string,
  cases: number,
  side: number,
  who: Who,
): Promise<void> {
  await createStudy({
    folder,
    name: "Bench",
    passphrase: "bench",
    ...(who === "annotator"
      ? { participants: { hospitals: HOSPITALS, observers: ANNOTATORS } }
      : {}),
  });
  const study = await openStudy(folder);
  await study.database.insertInto("patients").values({ id: "p", hospital: "a" }).execute();
  for (let index = 0; index < cases; index++) await addCase(study, `case-${index}`, side);
  if (who === "annotator") await drawOutlines(study, side);
  else {
    const round = {
      name: "Bench",
      people: ["observer-1"],
      repeatShare: 0,
      washoutDays: 0,
      seed: 1,
    };
    await createRound(study, round, { who: "bench", at: new Date().toISOString() });
  }
  await closeStudy(study);
}

/** What the annotator has drawn of every case so far: a circle of many points on each view. */
async function drawOutlines(study: Study, side: number): Promise<void> {
  await study.database.updateTable("cases").set({ state: "agreed", class: "weber_b" }).execute();
  const rows = await study.database.selectFrom("images").select(["sha256", "case_id"]).execute();
  await assignAnnotators(
    study,
    rows.map(({ case_id }) => case_id),
  );
  for (const [caseId, images] of Map.groupBy(rows, ({ case_id }) => case_id)) {
    const shapes = images.map(
      ({ sha256 }, index): DrawnShape => ({
        id: `outline-${index}`,
        image: sha256,
        structure: "fibula",
        form: "polygon",
        points: circle(side),
        widthMm: null,
        order: index,
        locked: false,
        doubtful: false,
        parents: [],
        offer: null,
      }),
    );
    await study.database
      .insertInto("annotation_drafts")
      .values({
        person: "annotator-1",
        case_id: caseId,
        version: 1,
        content: annotationDraftColumn.write({ ...emptyAnnotation, shapes }),
        at: new Date().toISOString(),
        submitted_at: null,
      })
      .execute();
  }
}

function circle(side: number): number[] {
  return Array.from({ length: POINTS }, (_, i) => {
    const angle = (2 * Math.PI * i) / POINTS;
    return [0.5 + RADIUS * Math.cos(angle), 0.5 + RADIUS * Math.sin(angle)].map(
      (share) => Math.round(share * side * 100) / 100,
    );
  }).flat();
}

async function addCase(study: Study, id: string, side: number): Promise<void> {
  await study.database
    .insertInto("cases")
    .values({ id, patient_id: "p", state: "candidate fracture" })
    .execute();
  for (const view of VIEWS) {
    const bytes = shade(side, `${id} ${view}`);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const path = imagePath(study.images, sha256);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    await study.database
      .insertInto("images")
      .values({
        sha256,
        case_id: id,
        sop_instance_uid: `${id}.${view}`,
        size_bytes: bytes.length,
        facts: imageColumn.write(factsOf(view, side)),
      })
      .execute();
  }
}

function factsOf(view: View, side: number) {
  return {
    format: "dicom",
    width: side,
    height: side,
    modality: "DX",
    view,
    side: "left",
    pixelSpacingMm: [0.1, 0.1],
    spacingSource: "calibrated",
    transferSyntax: TRANSFER_SYNTAX.none,
    bitsAllocated: 16,
    bitsStored: 12,
    photometric: "MONOCHROME2",
    exifOrientation: null,
  } as const;
}

/** A disc with a soft border and noise in 12 bits: about as many bits of it a pixel as a real ankle has once packed. */
function shade(side: number, name: string): Uint8Array {
  const pixels = Buffer.alloc(2 * side * side);
  let noise = createHash("sha256").update(name).digest().readInt32LE(0);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      noise = (Math.imul(noise, 1_103_515_245) + 12_345) | 0;
      const far = Math.hypot(x / side - 0.5, y / side - 0.5);
      const grey = 3500 / (1 + Math.exp((far - 0.3) * 40)) + ((noise >>> 16) & 7);
      pixels.writeUInt16LE(Math.round(grey), 2 * (y * side + x));
    }
  }
  const numbers = (value: number): ElementValue => ({ vr: "US", value });
  const dataSet: DataSet = new Map<number, ElementValue>([
    [0x0008_0060, { vr: "CS", value: "DX" }],
    [0x0028_0002, numbers(1)],
    [0x0028_0004, { vr: "CS", value: "MONOCHROME2" }],
    [0x0028_0010, numbers(side)],
    [0x0028_0011, numbers(side)],
    [0x0028_0100, numbers(16)],
    [0x0028_0101, numbers(12)],
    [0x0028_0102, numbers(11)],
    [0x0028_0103, numbers(0)],
    [0x7fe0_0010, { vr: "OW", value: pixels }],
  ]);
  return writeDicomFile(dataSet, {
    sopClass: "1.2.840.10008.5.1.4.1.1.1.1",
    sopInstance: `2.25.${noise >>> 0}`,
    transferSyntax: TRANSFER_SYNTAX.none,
  });
}
