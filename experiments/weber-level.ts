/**
 * How often the class from geometry is the true one on simulated patients with a fracture, by the true outlines,
 * which is what `evaluation`'s weber-level.ts can do at best, and by those of the preliminary segmentation that
 * comes with the project; and how far the latter agrees with the class of the preliminary classifier, with the
 * patients whom each of the two rescues. Started by hand; 45 patients take some minutes:
 *
 *     node experiments/weber-level.ts [patients, 30]
 *
 * The patients are none of those that the networks learned from, whose seeds have other names.
 */
import {
  type FractureLevel,
  fractureLevel,
  geometryAgainstNetwork,
  type OutlinedAnkle,
  patientLevel,
  proportionOf,
  type TwiceClassified,
  weberClassAt,
} from "@malleolus/evaluation";
import { structureMask } from "@malleolus/imaging";
import { openClassifier, openSegmenter, shippedPreliminary } from "@malleolus/networks";
import {
  buildAnkle,
  internalXrayUnit,
  samplePatient,
  simulateRadiograph,
  withPitch,
} from "@malleolus/phantom";
import { ankleClassification, type Proportion } from "@malleolus/schema";

const patients = Number(process.argv[2] ?? 30);
const SIMULATED = ["A", "B", "C"] as const;
const CLASSES = ankleClassification.classes
  .map(({ id }) => id)
  .filter((id) => id !== ankleClassification.noFractureClass);
const VIEWS = ["ap", "mortise", "lateral"] as const;
const zones = ankleClassification.zonesMm;
const xrayUnit = withPitch(internalXrayUnit, 2 * internalXrayUnit.pitchMm);

const shipped = shippedPreliminary();
if (shipped === null)
  throw new Error("expected the preliminary networks in packages/networks/detectors");
const segmenter = openSegmenter(shipped.segmentation);
const classifier = openClassifier(shipped.classification);

/** Of a view or of all together, what was found of each class, and how many are right. */
interface Found {
  readonly truth: string;
  /** A class, or why there is none. */
  readonly said: string;
}
const found = new Map<string, Found[]>();
const note = (where: string, truth: string, said: string) =>
  found.set(where, [...(found.get(where) ?? []), { truth, said }]);
const twice: TwiceClassified[] = [];

for (let i = 0; i < patients; i++) {
  const truth = CLASSES[i % 3];
  const weberClass = SIMULATED[i % 3];
  const ankle = buildAnkle(samplePatient(`weber level ${i}`, { weberClass, exclusion: null }));
  const levels = {
    "true outlines": [] as FractureLevel[],
    "networks' outlines": [] as FractureLevel[],
  };
  const probabilities: Float32Array[] = [];
  for (const view of VIEWS) {
    const radiograph = simulateRadiograph(ankle, view, xrayUnit);
    const spacingMm = [radiograph.spacingMm, radiograph.spacingMm] as const;
    const { labels } = segmenter.segment(radiograph);
    const mask = (name: string) => structureMask(labels, segmenter.structures, name);
    const outlined: Record<keyof typeof levels, OutlinedAnkle> = {
      "true outlines": { ...radiograph.truth, spacingMm },
      "networks' outlines": {
        tibia: mask("tibia"),
        fibula: mask("fibula"),
        fracture: mask("fracture"),
        spacingMm,
      },
    };
    for (const by of ["true outlines", "networks' outlines"] as const) {
      const { level, missing } = fractureLevel(outlined[by], zones);
      if (level !== null) levels[by].push(level);
      note(`${by}, ${view}`, truth, level === null ? missing : weberClassAt(level, zones, CLASSES));
    }
    probabilities.push(classifier.classify(radiograph));
  }
  const together = (by: keyof typeof levels) => {
    const level = patientLevel(levels[by]);
    return level === null ? null : weberClassAt(level, zones, CLASSES);
  };
  for (const by of ["true outlines", "networks' outlines"] as const) {
    note(`${by}, all views`, truth, together(by) ?? "none");
  }
  const means = classifier.classes.map((_, k) =>
    probabilities.reduce((sum, one) => sum + one[k], 0),
  );
  const network = classifier.classes[means.indexOf(Math.max(...means))];
  note("the classifier, all views", truth, network);
  twice.push({ patient: `${i}`, truth, network, geometry: together("networks' outlines") });
}
segmenter.close();
classifier.close();

const words = ({ count, total, share, interval }: Proportion) =>
  `${count}/${total} = ${share?.toFixed(3) ?? "-"} (${interval?.map((end) => end.toFixed(3)).join(" to ") ?? "-"})`;
for (const [where, all] of found) {
  const known = all.filter(({ said }) => ankleClassification.classes.some(({ id }) => id === said));
  const right = known.filter(({ truth, said }) => truth === said);
  console.log(`${where}: a class of ${known.length} of ${all.length}`);
  console.log(`  right ${words(proportionOf(right.length, known.length))}`);
  for (const truth of CLASSES) {
    const own = all.filter((one) => one.truth === truth);
    const said = [...Map.groupBy(own, (one) => one.said)].map(
      ([what, some]) => `${what} ${some.length}`,
    );
    console.log(`  ${truth} is ${said.toSorted().join(", ")}`);
  }
}

const all = ankleClassification.classes.map(({ id }) => id);
const { determinable, agreement, right, rescuedByGeometry, rescuedByNetwork } =
  geometryAgainstNetwork(twice, all);
const { value, interval } = agreement;
const names = (some: readonly string[]) =>
  `${some.length}${some.length === 0 ? "" : ` (${some.map((one) => `${one}: ${twice[Number(one)].truth}`).join(", ")})`}`;
console.log(`millimetres beside the classifier, ${determinable} of ${twice.length} patients`);
console.log(
  `  kappa ${value?.toFixed(3) ?? "-"} (${interval?.map((end) => end.toFixed(3)).join(" to ") ?? "-"})`,
);
console.log(
  `  both right ${right.both}, neither ${right.neither}, McNemar's exact p ${right.exactP?.toFixed(3) ?? "-"}`,
);
console.log(`  rescued by millimetres ${names(rescuedByGeometry)}`);
console.log(`  rescued by the classifier ${names(rescuedByNetwork)}`);
