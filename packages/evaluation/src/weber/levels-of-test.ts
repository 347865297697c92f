/**
 * The class by millimetres of a test's patients with a fracture, beside the network's: from the best
 * fracture that is shown on each view, the bones as somebody has outlined them, and the pixel's size.
 *
 * Who outlined the bones is told with it: a model's are what a clinic would have, an annotator's are the
 * best that there could be.
 */
import { type Mask, type Polygon, rasterizePolygons } from "@malleolus/geometry";
import type { Proportion, Protocol } from "@malleolus/schema";
import { type Evaluation, type EvaluationOptions, shownPatients } from "../evaluate.ts";
import type { TestImage, TestPatient } from "../patient.ts";
import { proportionOf } from "../proportion.ts";
import type { PixelSpacing } from "../segmentation/distance-transform.ts";
import { type GeometryAgainstNetwork, geometryAgainstNetwork } from "./geometry-against-network.ts";
import { type LegFrame, legFrame } from "./leg-frame.ts";
import {
  type FractureLevel,
  type LevelResult,
  levelInFrame,
  type NotDeterminable,
  patientLevel,
  weberClassAt,
} from "./weber-level.ts";

/** Of one radiograph; without a ring where it was not outlined. */
export interface OutlinedBones {
  readonly fibula: readonly Polygon[];
  readonly tibia: readonly Polygon[];
  readonly by: "model" | "annotators";
  /** Millimetres a pixel, DICOM's order; null where the file gives none. */
  readonly spacingMm: PixelSpacing | null;
}

export interface LevelsOfTest {
  /** Every patient with a fracture, in the order of the outcomes. */
  readonly patients: readonly PatientAtLevel[];
  readonly comparison: GeometryAgainstNetwork;
  /** Right classes, of those whose level can be determined. */
  readonly geometry: Proportion;
  readonly network: Proportion;
  /** Why there is no level, in patients without one: what most of their views lack. */
  readonly missing: Readonly<Partial<Record<NotDeterminable, number>>>;
  /** Radiographs with a level, by whose bones. */
  readonly bonesBy: Readonly<Record<OutlinedBones["by"], number>>;
}

export interface PatientAtLevel {
  /** Among the outcomes. */
  readonly place: number;
  /** Null where it cannot be determined. */
  readonly level: FractureLevel | null;
  readonly class: string | null;
  readonly missing: NotDeterminable | null;
}

/**
 * `bones` are by the image's id; `patients` are those of the evaluation. Null without a patient with a
 * fracture.
 *
 * @throws EvaluationError `input` for a study without three classes of fractures, low to high.
 */
export function levelsOfTest(
  patients: readonly TestPatient[],
  { outcomes, settings }: Evaluation,
  bones: ReadonlyMap<string, OutlinedBones>,
  zones: Protocol["zonesMm"],
): LevelsOfTest | null {
  const { classes, noFractureClass } = settings;
  const fractureClasses = classes.filter((name) => name !== noFractureClass);
  const bonesBy = { model: 0, annotators: 0 };
  const found = shownPatients(patients, settings).flatMap((patient, place): PatientAtLevel[] => {
    if (patient.class === noFractureClass) return [];
    const views = patient.images.map((image) => {
      const own = bones.get(image.id) ?? null;
      const result = levelOn(image, own, settings, zones);
      if (result.level !== null && own !== null) bonesBy[own.by]++;
      return result;
    });
    const level = patientLevel(views.flatMap((one) => one.level ?? []));
    return [
      {
        place,
        level,
        class: level === null ? null : weberClassAt(level, zones, fractureClasses),
        missing: level === null ? commonest(views.flatMap((one) => one.missing ?? [])) : null,
      },
    ];
  });
  if (found.length === 0) return null;
  const comparison = geometryAgainstNetwork(
    found.map(({ place, class: geometry }) => ({
      patient: outcomes[place].patient,
      truth: outcomes[place].truth,
      network: outcomes[place].prediction.class,
      geometry,
    })),
    classes,
  );
  const { both, firstOnly, secondOnly } = comparison.right;
  const missing: Partial<Record<NotDeterminable, number>> = {};
  for (const { missing: why } of found) {
    if (why !== null) missing[why] = (missing[why] ?? 0) + 1;
  }
  return {
    patients: found,
    comparison,
    geometry: proportionOf(both + firstOnly, comparison.determinable),
    network: proportionOf(both + secondOnly, comparison.determinable),
    missing,
    bonesBy,
  };
}

function levelOn(
  { findings, width, height }: TestImage,
  bones: OutlinedBones | null,
  { classes, noFractureClass, decision, findingThreshold }: EvaluationOptions,
  zones: Protocol["zonesMm"],
): LevelResult {
  const shown = findings.filter(
    ({ class: name, score }) =>
      name !== noFractureClass &&
      classes.includes(name) &&
      (decision !== null || score >= findingThreshold),
  );
  const best = shown.toSorted((a, b) => b.score - a.score).at(0);
  // Nothing is rasterised of a radiograph that lacks something.
  if (best === undefined) return { level: null, missing: "no fracture" };
  if (bones === null || bones.fibula.length === 0) return { level: null, missing: "no fibula" };
  if (bones.tibia.length === 0) return { level: null, missing: "no tibia" };
  if (bones.spacingMm === null) return { level: null, missing: "no millimetres" };
  const { fibula, frame } = legOf(bones, bones.spacingMm, width, height);
  return levelInFrame(
    { fracture: rasterizePolygons(best.polygons, width, height), fibula },
    frame,
    zones,
  );
}

interface Leg {
  readonly fibula: Mask;
  readonly frame: LegFrame | null;
}

/** A radiograph is in the difficult test and in the easy one: its bones are measured once. */
const legs = new WeakMap<OutlinedBones, Leg>();

function legOf(bones: OutlinedBones, spacing: PixelSpacing, width: number, height: number): Leg {
  const known = legs.get(bones);
  if (known !== undefined) return known;
  const leg = {
    fibula: rasterizePolygons(bones.fibula, width, height),
    frame: legFrame(rasterizePolygons(bones.tibia, width, height), spacing),
  };
  legs.set(bones, leg);
  return leg;
}

/** The first of the most frequent; a patient without a view has no fracture shown. */
function commonest(reasons: readonly NotDeterminable[]): NotDeterminable {
  const groups = [...Map.groupBy(reasons, (reason) => reason)];
  const [first] = groups.toSorted(([, a], [, b]) => b.length - a.length);
  return first?.[0] ?? "no fracture";
}
