/** Annotators of a small simulated hospital mend a model's proposals, and an audit tells what these did. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { auditAssistance } from "@malleolus/evaluation";
import { maskArea, maskOutlines, translatePolygon } from "@malleolus/geometry";
import {
  externalHospital,
  mixedSpecs,
  storedMask,
  withPitch,
  writeArchive,
} from "@malleolus/phantom";
import type { Outline, Prelabel } from "@malleolus/schema";
import {
  ankleProtocol,
  assignAnnotators,
  auditedAnnotations,
  closeStudy,
  createStudy,
  findHospital,
  importDicom,
  importReports,
  openKeys,
  openStudy,
  screenCases,
  storeProposals,
} from "@malleolus/studies";
import type { KnownImage } from "./known-cases.ts";
import { demoParticipants, demoPlan } from "./plan.ts";
import { annotateAll } from "./simulated-annotators.ts";
import { readAll } from "./simulated-readers.ts";

const PASSPHRASE = "simulated, and no secret";
const MODEL = { sha256: "a1".repeat(32), name: "simulated model", version: "1" };

/** How far the simulated model's bones are beside the truth on every third radiograph. */
const WRONG_MM = 12;

test("annotateAll: proposals save time, and lead those astray who accept what is wrong", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-annotators-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const archive = join(folder, "archive");
  const stop = new AbortController().signal;
  const records = await writeArchive({
    folder: archive,
    hospital: externalHospital,
    xrayUnit: withPitch(externalHospital.xrayUnit, 1),
    seed: "annotators",
    specs: mixedSpecs(2, 0),
    stop,
    onStudy: () => undefined,
  });
  assert(records !== null);
  await createStudy({
    folder: join(folder, "study"),
    name: "Simulated annotators",
    passphrase: PASSPHRASE,
    simulation: "annotators",
    protocol: {
      ...ankleProtocol,
      annotation: { ...ankleProtocol.annotation, unassistedShare: 0.4 },
      splits: demoPlan.splits,
    },
    participants: demoParticipants,
  });
  const study = await openStudy(join(folder, "study"));
  context.after(() => closeStudy(study));
  const keys = await openKeys(study, PASSPHRASE);
  const hospital = findHospital(study, "two");
  const imageOf = new Map(
    records.flatMap((record) =>
      record.images.map((image) => [join(archive, image.file), { record, image }] as const),
    ),
  );
  const known = new Map<string, KnownImage>();
  await importDicom(study, {
    paths: [join(archive, "dicom")],
    hospital,
    keys,
    who: "demo",
    stop,
    onEvent(event) {
      const image = imageOf.get(event.file);
      assert(event.outcome !== "refused" && image !== undefined);
      known.set(event.sha256, image);
    },
  });
  await importReports(study, { path: join(archive, "reports.csv"), hospital, keys, who: "demo" });
  keys.close();
  await screenCases(study, "demo");
  await readAll({ study, known, panel: "curation", onReading: () => undefined });

  const rows = await study.database
    .selectFrom("cases")
    .select(["id", "class"])
    .where("class", "is not", null)
    .execute();
  await assignAnnotators(
    study,
    rows.map(({ id }) => id),
  );
  await storeProposals(study, [...known].map(proposalsOf), "model");
  await annotateAll({
    study,
    known,
    classOf: new Map(rows.map(({ id, class: name }) => [id, name ?? ""])),
    onAnnotation: () => undefined,
  });

  const { annotations, agreements } = await auditedAnnotations(study, (sha256) => {
    const found = known.get(sha256);
    return found === undefined ? null : trueBones(found, 0);
  });
  const audit = auditAssistance(annotations, agreements, { seed: 1, resamples: 200 });
  const { assisted, unassisted } = audit.drawings;
  assert.ok(assisted > 0 && unassisted > 0, `${assisted} and ${unassisted}`);
  assert.ok((audit.seconds.difference.value ?? 0) < 0);
  const { accepted, mended } = audit.decisions;
  assert.ok(accepted.count > 0 && mended.count > 0);
  // Who mends draws as if alone: further away than what was accepted, which was not moved.
  assert.ok((audit.editDistanceMm.value ?? 0) > WRONG_MM / 4);
  const { wrongShapesAccepted, pull } = audit.anchoring;
  assert.ok(wrongShapesAccepted.count > 0, "nobody was led: choose another seed");
  assert.ok((wrongShapesAccepted.share ?? 1) < 0.6);
  assert.ok((pull.difference.value ?? -1) > 0, `${pull.difference.value}`);
});

function proposalsOf([image, found]: readonly [string, KnownImage], place: number): Prelabel {
  const shift = place % 3 === 0 ? WRONG_MM / found.image.spacingMm : 0;
  const shapes = trueBones(found, shift).map(({ structure, polygons }) => {
    return { structure, polygons, line: null, score: 0.9 };
  });
  const none = { flippedProbabilities: null, segmentation: null, view: null, side: null };
  return { image, model: MODEL, isLowerLeg: true, shapes, probabilities: null, ...none };
}

/** Fibula and tibia as they are simulated, moved sideways. */
function trueBones({ image }: KnownImage, shift: number): Outline[] {
  const bones = [
    ["fibula", storedMask(image.fibula)],
    ["tibia", storedMask(image.tibia)],
  ] as const;
  return bones.flatMap(([structure, mask]) => {
    if (maskArea(mask) === 0) return [];
    const polygons = maskOutlines(mask).map((ring) => [...translatePolygon(ring, shift, 0)]);
    return [{ structure, polygons: polygons.slice(0, 1) }];
  });
}
