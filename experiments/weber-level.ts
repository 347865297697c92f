/**
 * How often the class from geometry is the true one on simulated patients, with the outlines as they
 * are: what `evaluation`'s weber-level.ts can do at best, and in which view it is wrong.
 *
 *     node experiments/weber-level.ts [patients, 30]
 */
import {
  type FractureLevel,
  fractureLevel,
  patientLevel,
  proportionOf,
  weberClassAt,
} from "@malleolus/evaluation";
import {
  buildAnkle,
  internalXrayUnit,
  samplePatient,
  simulateRadiograph,
  withPitch,
} from "@malleolus/phantom";
import { ankleClassification, type Proportion } from "@malleolus/schema";

const patients = Number(process.argv[2] ?? 30);
const CLASSES = ["A", "B", "C"] as const;
const VIEWS = ["ap", "mortise", "lateral"] as const;
const zones = ankleClassification.zonesMm;
const xrayUnit = withPitch(internalXrayUnit, 2 * internalXrayUnit.pitchMm);

/** Of a view or of all together, what was found of each class, and how many are right. */
interface Found {
  readonly truth: string;
  /** A class, or why there is none. */
  readonly said: string;
}
const found = new Map<string, Found[]>();
const note = (where: string, truth: string, said: string) =>
  found.set(where, [...(found.get(where) ?? []), { truth, said }]);

for (let i = 0; i < patients; i++) {
  const weberClass = CLASSES[i % 3];
  const ankle = buildAnkle(samplePatient(`weber level ${i}`, { weberClass, exclusion: null }));
  const levels: FractureLevel[] = [];
  for (const view of VIEWS) {
    const { truth, spacingMm } = simulateRadiograph(ankle, view, xrayUnit);
    const { level, missing } = fractureLevel(
      { ...truth, spacingMm: [spacingMm, spacingMm] },
      zones,
    );
    if (level !== null) levels.push(level);
    note(view, weberClass, level === null ? missing : weberClassAt(level, zones, CLASSES));
  }
  const together = patientLevel(levels);
  const said = together === null ? "none" : weberClassAt(together, zones, CLASSES);
  note("all views", weberClass, said);
}

const words = ({ count, total, share, interval }: Proportion) =>
  `${count}/${total} = ${share?.toFixed(3) ?? "-"} (${interval?.map((end) => end.toFixed(3)).join(" to ") ?? "-"})`;
for (const [where, all] of found) {
  const known = all.filter(({ said }) => CLASSES.some((name) => name === said));
  const right = known.filter(({ truth, said }) => truth === said);
  console.log(`${where}: a level in ${known.length} of ${all.length}`);
  console.log(`  right ${words(proportionOf(right.length, known.length))}`);
  for (const truth of CLASSES) {
    const own = all.filter((one) => one.truth === truth);
    const said = [...Map.groupBy(own, (one) => one.said)].map(
      ([what, some]) => `${what} ${some.length}`,
    );
    console.log(`  ${truth} is ${said.toSorted().join(", ")}`);
  }
}
