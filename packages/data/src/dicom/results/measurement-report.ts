/**
 * Findings of one study as a Comprehensive 3D SR (PS3.3 A.35.13) by TID 1500, Measurement Report
 * (PS3.16): preliminary, and verified by nobody.
 *
 * It names every radiograph that was looked at, so that "nothing found" is an answer, too. A study whose
 * findings come with a decision of the patient's class has that as a group of TID 1501.
 */
import type { Finding, PatientAnswer } from "@malleolus/schema";
import type { DataSet, ElementValue } from "../write/data-set.ts";
import { CODES, classCodes, privateSchemeElement } from "./code.ts";
import {
  codeContent,
  container,
  imageContent,
  numberContent,
  textContent,
  uidContent,
} from "./content-item.ts";
import {
  classEvaluation,
  findingGroups,
  inPercent,
  siteAndAlgorithm,
  trackingRows,
} from "./measurement-group.ts";
import {
  type Analysis,
  MANUFACTURER,
  modelUid,
  NOTICE,
  RESULT_KINDS,
  type ResultModel,
  resultSeries,
  resultUid,
  sopReference,
  writeResult,
} from "./result-object.ts";
import type { Elements, ResultSource } from "./result-source.ts";

/** What was found on one radiograph. */
export interface ExaminedRadiograph {
  readonly source: ResultSource;
  readonly findings: readonly Finding[];
}

export interface ReportContent {
  /** All of one study, at least one. */
  readonly examined: readonly ExaminedRadiograph[];
  /** Of the patient, from all radiographs of the analysis; null where the detector decides nothing. */
  readonly answer: PatientAnswer | null;
  /** An earlier analysis whose report this one stands in for: of fewer views, say. */
  readonly predecessor?: Analysis;
}

/** The object's file. */
export function measurementReportFile(analysis: Analysis, content: ReportContent): Uint8Array {
  const [first] = content.examined;
  if (
    first === undefined ||
    content.examined.some(({ source }) => source.study !== first.source.study)
  ) {
    throw new RangeError("internal: expected the radiographs of one study");
  }
  const { source } = first;
  const root = reportTree(analysis, content);
  return writeResult({
    kind: "report",
    analysis,
    source,
    ...reportReference(analysis, source),
    elements: [
      ...root,
      privateSchemeElement(),
      [0x00080023, { vr: "DA", value: source.date }],
      [0x00080033, { vr: "TM", value: source.time }],
      [0x00081111, { vr: "SQ", value: [] }],
      [0x00200013, { vr: "IS", value: "1" }],
      ...predecessorElements(content.predecessor, source),
      [0x0040a372, { vr: "SQ", value: [] }],
      [0x0040a375, { vr: "SQ", value: [evidence(content.examined, source.study)] }],
      [0x0040a491, { vr: "CS", value: "COMPLETE" }],
      [0x0040a493, { vr: "CS", value: "UNVERIFIED" }],
      [0x0040a496, { vr: "CS", value: "PRELIMINARY" }],
    ],
  });
}

/** The report of an analysis on the study of one of its radiographs. */
function reportReference(analysis: Analysis, source: ResultSource) {
  return {
    series: resultSeries(analysis, "report", { ...source, series: source.study }),
    instance: resultUid(analysis, "report", source.study),
  };
}

/** TID 1500, row by row. */
function reportTree(analysis: Analysis, { examined, answer }: ReportContent): DataSet {
  const { model, sources } = analysis;
  const [{ source }] = examined;
  const procedures = source.procedures.length === 0 ? [CODES.radiography] : source.procedures;
  const groups = examined.flatMap((one) =>
    one.findings.flatMap((finding, i) => findingGroups(analysis, one.source, finding, i)),
  );
  const decided = answer === null ? [] : [patientGroup(analysis, answer, examined)];
  return container(
    null,
    CODES.imagingReport,
    [
      codeContent("HAS CONCEPT MOD", CODES.language, CODES.english),
      ...observerContext(model),
      ...procedures.map((code) => codeContent("HAS CONCEPT MOD", CODES.procedureReported, code)),
      imageLibrary(examined),
      ...(groups.length + decided.length === 0
        ? []
        : // Regions are row 7, what has none is row 9.
          [container("CONTAINS", CODES.imagingMeasurements, [...groups, ...decided])]),
      container("CONTAINS", CODES.qualitativeEvaluations, [
        textContent("CONTAINS", CODES.comment, NOTICE),
        textContent("CONTAINS", CODES.comment, summary(examined, answer, sources.length)),
      ]),
    ],
    "1500",
  );
}

/** TID 1001 and 1004: a device observed. */
function observerContext(model: ResultModel): DataSet[] {
  return [
    codeContent("HAS OBS CONTEXT", CODES.observerType, CODES.device),
    uidContent("HAS OBS CONTEXT", CODES.deviceUid, modelUid(model)),
    textContent("HAS OBS CONTEXT", CODES.deviceName, model.name),
    textContent("HAS OBS CONTEXT", CODES.deviceManufacturer, MANUFACTURER),
    textContent("HAS OBS CONTEXT", CODES.deviceModel, `${model.name} ${model.version}`),
  ];
}

/** TID 1600: every radiograph, found on or not. */
function imageLibrary(examined: readonly ExaminedRadiograph[]): DataSet {
  const images = examined.map(({ source }) => imageContent("CONTAINS", source));
  const group = container("CONTAINS", CODES.imageLibraryGroup, images);
  return container("CONTAINS", CODES.imageLibrary, [group], "1600");
}

/** TID 1501: the patient's class and the probability of a fracture. */
function patientGroup(
  analysis: Analysis,
  answer: PatientAnswer,
  examined: readonly ExaminedRadiograph[],
): DataSet {
  const tracking = { identifier: "Patient", uid: resultUid(analysis, "patient") };
  return container(
    "CONTAINS",
    CODES.measurementGroup,
    [
      ...trackingRows(tracking),
      ...siteAndAlgorithm(analysis.model),
      numberContent(
        CODES.fractureProbability,
        inPercent(answer.fractureProbability),
        CODES.percent,
      ),
      ...examined.map(({ source }) => imageContent("CONTAINS", source, CODES.sourceOfMeasurement)),
      classEvaluation(answer.class),
    ],
    "1501",
  );
}

/** For whoever reads the report as text. */
function summary(
  examined: readonly ExaminedRadiograph[],
  answer: PatientAnswer | null,
  views: number,
): string {
  const count = examined.reduce((sum, { findings }) => sum + findings.length, 0);
  const found = count === 1 ? "1 finding is shown" : `${count} findings are shown`;
  if (answer === null) return `${found}.`;
  const name = classCodes(answer.class).value.meaning;
  const probability = Math.round(100 * Math.min(1, answer.fractureProbability));
  const looked = views === 1 ? "1 radiograph" : `${views} radiographs`;
  return `${name}, from ${looked}; probability of a fracture ${probability} %. ${found}.`;
}

/** Current Requested Procedure Evidence: all that the report names, by series. */
function evidence(examined: readonly ExaminedRadiograph[], study: string): DataSet {
  const bySeries = Map.groupBy(examined, ({ source }) => source.series);
  const series = [...bySeries].map(
    ([uid, ofSeries]) =>
      new Map<number, ElementValue>([
        [0x00081199, { vr: "SQ", value: ofSeries.map(({ source }) => sopReference(source)) }],
        [0x0020000e, { vr: "UI", value: uid }],
      ]),
  );
  return new Map<number, ElementValue>([
    [0x00081115, { vr: "SQ", value: series }],
    [0x0020000d, { vr: "UI", value: study }],
  ]);
}

/** Predecessor Documents: the report that this one stands in for. */
function predecessorElements(predecessor: Analysis | undefined, source: ResultSource): Elements {
  if (predecessor === undefined) return [];
  const { series, instance } = reportReference(predecessor, source);
  const reference = new Map<number, ElementValue>([
    [0x00081150, { vr: "UI", value: RESULT_KINDS.report.sopClass }],
    [0x00081155, { vr: "UI", value: instance }],
  ]);
  const ofSeries = new Map<number, ElementValue>([
    [0x00081199, { vr: "SQ", value: [reference] }],
    [0x0020000e, { vr: "UI", value: series }],
  ]);
  const ofStudy = new Map<number, ElementValue>([
    [0x00081115, { vr: "SQ", value: [ofSeries] }],
    [0x0020000d, { vr: "UI", value: source.study }],
  ]);
  return [[0x0040a360, { vr: "SQ", value: [ofStudy] }]];
}
