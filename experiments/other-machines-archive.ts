/**
 * Simulated patients on machines that no hospital of the study has: each by an X-ray unit of its own, drawn from what
 * PHANTOM.md 3 tells of units, and once more by the unit of the hospital inside. A set to choose by, so that nothing has to
 * be chosen by the hospital outside. Started by hand; a call that was cut goes on:
 *
 *     node experiments/other-machines-archive.ts OUT [PER_CLASS, 15]
 *
 * It leaves OUT/inside and OUT/other, each with its radiographs, AP and lateral, and `set.json`, in the form in which
 * `malleolus export` writes a study's sets; classes and outlines are the phantom's own. 0.9 s a radiograph on one core.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type CocoDataset, cocoText } from "@malleolus/data";
import { writeFileWhole } from "@malleolus/host";
import {
  type Hospital,
  internalHospital,
  mixedSpecs,
  type PatientSpec,
  PHANTOM_VERSION,
  type PhantomRecord,
  phantomRecord,
  readPhantomRecord,
  simulateStudy,
  truthAnnotations,
} from "@malleolus/phantom";
import { randomStreams } from "@malleolus/random";

const [out, perClass = "15"] = process.argv.slice(2);
if (out === undefined) {
  console.error("usage: node experiments/other-machines-archive.ts OUT [PER_CLASS, 15]");
  process.exit(2);
}

const SEED = "other machines";
/** The study's; and its views outside. */
const PITCH_MM = 0.4;
const VIEWS: Hospital["views"] = ["ap", "lateral"];

type XrayUnit = Hospital["xrayUnit"];

/** Both hospitals' units lie within these ranges, which were set before anything was measured. */
function otherUnit(number: number): XrayUnit {
  const draw = randomStreams(1, number)("other machine", 0);
  const between = (low: number, high: number) => low + (high - low) * draw();
  const soft = draw();
  const fieldMm = between(130, 190);
  const isPlate = draw() < 0.5;
  return {
    ...internalHospital.xrayUnit,
    modality: isPlate ? "CR" : "DX",
    model: "Phantom other",
    kilovolts: Math.round(65 - 10 * soft),
    spectrum: [0.24 + 0.14 * soft, 0.42, 0.34 - 0.14 * soft],
    pitchMm: PITCH_MM,
    width: Math.round(fieldMm / PITCH_MM),
    height: Math.round((1.25 * fieldMm) / PITCH_MM),
    sourceToDetectorMm: Math.round(between(1000, 1150)),
    doseMicrogray: between(2.5, 5),
    quantumEfficiency: isPlate ? between(0.2, 0.3) : between(0.4, 0.6),
    focalBlurMm: between(0.02, 0.07),
    detectorBlurMm: isPlate ? between(0.15, 0.25) : between(0.1, 0.18),
    scatterFraction: between(0.2, 0.35),
    saturation: between(1.1, 1.4),
    bitsStored: isPlate ? 10 : 12,
    photometric: isPlate ? "MONOCHROME1" : "MONOCHROME2",
    border: draw() < 0.5 ? "white" : "cropped",
    processing: {
      latitude: between(0.5, 1),
      latitudeMm: between(8, 25),
      edgeGain: between(0, 1.5),
      edgeMm: between(0.5, 2),
      contrast: between(3, 5.5),
    },
  };
}

const { xrayUnit } = internalHospital;
const scale = xrayUnit.pitchMm / PITCH_MM;
const insideUnit: XrayUnit = {
  ...xrayUnit,
  pitchMm: PITCH_MM,
  width: Math.round(xrayUnit.width * scale),
  height: Math.round(xrayUnit.height * scale),
};

const specs = mixedSpecs(Number(perClass), 0);
const hospital: Hospital = { ...internalHospital, views: VIEWS };
const MACHINES: readonly (readonly [name: string, unitOf: (number: number) => XrayUnit])[] = [
  ["other", otherUnit],
  ["inside", () => insideUnit],
];
for (const [name, unitOf] of MACHINES) {
  const folder = join(out, name);
  const records: PhantomRecord[] = [];
  for (const [i, spec] of specs.entries()) {
    const path = join(folder, "truth", `${String(i + 1).padStart(5, "0")}.json`);
    if (!existsSync(path)) simulate(folder, path, i + 1, spec, unitOf(i + 1));
    records.push(readPhantomRecord(path));
    if ((i + 1) % 8 === 0) process.stderr.write(`${name}: ${i + 1} of ${specs.length} patients\n`);
  }
  writeFileWhole(join(folder, "set.json"), cocoText(wholeSet(records)));
}

/** A record is written after its files. */
function simulate(
  folder: string,
  path: string,
  number: number,
  spec: PatientSpec,
  unit: XrayUnit,
): void {
  const study = simulateStudy(hospital, SEED, number, spec, unit);
  const files = study.images.map(({ radiograph, file }) => {
    const own = join("dicom", study.header.patientId, `${radiograph.view}.dcm`);
    writeFileWhole(join(folder, own), file);
    return own;
  });
  const record = phantomRecord({
    phantomVersion: PHANTOM_VERSION,
    hospital: hospital.key,
    seed: SEED,
    number,
    spec,
    study,
    files,
  });
  writeFileWhole(path, `${JSON.stringify(record)}\n`);
}

/** With the radiographs, too, on which the fracture cannot be seen: a patient is judged by all views. */
function wholeSet(records: readonly PhantomRecord[]): CocoDataset {
  const outlined = truthAnnotations(records);
  const outlinedAs = new Map(outlined.images.map(({ fileName, id }) => [fileName, id]));
  const images = records.flatMap(({ patientId, fracture, images: own }) =>
    own.map(({ file, view, fibula: { size } }) => ({
      fileName: file,
      height: size[0],
      width: size[1],
      extra: {
        patient: patientId,
        class: fracture === null ? "no_fracture" : `weber_${fracture.weberClass.toLowerCase()}`,
        view,
        annotated: true,
      },
    })),
  );
  const numbered = images.map((image, i) => ({ ...image, id: i + 1 }));
  const annotations = numbered.flatMap(({ fileName, id }) => {
    const before = outlinedAs.get(fileName);
    const objects = before === undefined ? undefined : outlined.annotationsByImage.get(before);
    return (objects ?? []).map((object) => ({ ...object, imageId: id }));
  });
  const annotationsByImage = Map.groupBy(annotations, ({ imageId }) => imageId);
  return { images: numbered, categories: outlined.categories, annotations, annotationsByImage };
}
