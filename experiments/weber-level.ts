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
  weberClassAt,
} from "@malleolus/evaluation";
import {
  buildAnkle,
  internalXrayUnit,
  samplePatient,
  simulateRadiograph,
  withPitch,
} from "@malleolus/phantom";
import { ankleClassification } from "@malleolus/schema";

const patients = Number(process.argv[2] ?? 30);
const CLASSES = ["A", "B", "C"] as const;
const VIEWS = ["ap", "mortise", "lateral"] as const;
const zones = ankleClassification.zonesMm;
const xrayUnit = withPitch(internalXrayUnit, 2 * internalXrayUnit.pitchMm);

const counts = new Map<string, number>();
const count = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
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
    const found = level === null ? missing : weberClassAt(level, zones, CLASSES);
    count(`${view.padEnd(8)} ${weberClass} is ${found}`);
  }
  const together = patientLevel(levels);
  count(`patient  ${weberClass} is ${together && weberClassAt(together, zones, CLASSES)}`);
}
for (const [key, number] of [...counts].toSorted()) console.log(key.padEnd(36), number);
