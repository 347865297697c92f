/**
 * A finding in a structured report: one group of TID 1410 (PS3.16) for each of its outlines and one for
 * its box. A group has one region, and a box is no outline; that they are one finding, their tracking
 * identifier says.
 *
 * A region of a report has no holes: these are in the segmentation alone.
 */
import { polygonSignedArea } from "@malleolus/geometry";
import type { Finding } from "@malleolus/schema";
import type { DataSet } from "../write/data-set.ts";
import { CODES, classCodes } from "./code.ts";
import {
  codeContent,
  container,
  numberContent,
  polylineContent,
  textContent,
  uidContent,
} from "./content-item.ts";
import { boxPoints, closedPoints } from "./outline-points.ts";
import { type Analysis, findingTracking, parametersOf, type ResultModel } from "./result-object.ts";
import type { ResultSource } from "./result-source.ts";

/** Groups of the finding at a place of its radiograph's list: outlines first, the box last. */
export function findingGroups(
  analysis: Analysis,
  source: ResultSource,
  finding: Finding,
  index: number,
): DataSet[] {
  const outlines = finding.polygons.filter((polygon) => polygonSignedArea(polygon) > 0);
  const regions = outlines.map((outline) => ({
    rows: [polylineContent(CODES.imageRegion, closedPoints(outline), source)],
    // What the outlines measure together is no measure of one of them.
    sizes: outlines.length === 1 ? sizes(finding) : [],
  }));
  const box = {
    rows: [
      codeContent("CONTAINS", CODES.geometricPurpose, CODES.boundedBy),
      polylineContent(CODES.imageRegion, boxPoints(finding.box), source),
    ],
    sizes: [],
  };
  return [...regions, box].map((region) =>
    container(
      "CONTAINS",
      CODES.measurementGroup,
      [
        ...trackingRows(findingTracking(analysis, source, index)),
        codeContent("CONTAINS", CODES.finding, CODES.fracture),
        ...region.rows,
        ...siteAndAlgorithm(analysis.model),
        ...region.sizes,
        numberContent(CODES.certainty, inPercent(finding.score), CODES.percent),
        classEvaluation(finding.class),
      ],
      "1410",
    ),
  );
}

/** What a group speaks of. */
export function trackingRows(tracking: {
  readonly identifier: string;
  readonly uid: string;
}): DataSet[] {
  return [
    textContent("HAS OBS CONTEXT", CODES.trackingIdentifier, tracking.identifier),
    uidContent("HAS OBS CONTEXT", CODES.trackingUid, tracking.uid),
  ];
}

/** Where it is, and what says so (TID 4019). */
export function siteAndAlgorithm(model: ResultModel): DataSet[] {
  return [
    codeContent("HAS CONCEPT MOD", CODES.findingSite, CODES.ankle),
    textContent("HAS CONCEPT MOD", CODES.algorithmName, model.name),
    textContent("HAS CONCEPT MOD", CODES.algorithmVersion, model.version),
    ...parametersOf(model).map((text) =>
      textContent("HAS CONCEPT MOD", CODES.algorithmParameters, text),
    ),
  ];
}

/** The class, in the classification that it is one of. */
export function classEvaluation(name: string): DataSet {
  const { concept, value } = classCodes(name);
  return codeContent("CONTAINS", concept, value);
}

/** A probability from 0 to 1; a sum of some may exceed 1 by a last bit. */
export function inPercent(probability: number): number {
  return 100 * Math.min(1, probability);
}

/** Millimetres of a finding with one outline, and how they were measured. */
function sizes({ areaMm2, lengthMm, calibration }: Finding): DataSet[] {
  if (areaMm2 === null || lengthMm === null || calibration === "none") return [];
  const method = codeContent(
    "HAS CONCEPT MOD",
    CODES.measurementMethod,
    calibration === "calibrated" ? CODES.calibrated : CODES.atDetector,
  );
  return [
    numberContent(CODES.area, areaMm2, CODES.squareMillimetre, [method]),
    numberContent(CODES.length, lengthMm, CODES.millimetre, [method]),
  ];
}
