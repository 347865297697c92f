/**
 * What the generator of the golden files, `tools/golden/result_objects.py`, is handed: the test's
 * radiograph and findings, and the UIDs that our objects have, so that only what is written differs.
 */
import { parseDataSet } from "../data-set.ts";
import { measurementReportFile } from "./measurement-report.ts";
import { presentationStateFile } from "./presentation-state.ts";
import { findingTracking, modelUid, NOTICE, type ResultKind, resultUid } from "./result-object.ts";
import { secondaryCaptureFile } from "./secondary-capture.ts";
import { segmentationFile } from "./segmentation.ts";
import { floats } from "./test-content-tree.ts";
import {
  testAnalysis,
  testAnswer,
  testFindings,
  testModel,
  testPicture,
  testRadiograph,
} from "./test-result-source.ts";

/** Our objects of the test's radiograph. */
export function ourObjects(): Readonly<Record<ResultKind, Uint8Array>> {
  const analysis = testAnalysis();
  const [source] = analysis.sources;
  const segmentation = segmentationFile(analysis, source, testFindings);
  const presentation = presentationStateFile(analysis, source, testFindings, "Weber B");
  if (segmentation === null || presentation === null) throw new Error("expected both objects");
  const examined = [{ source, findings: testFindings }];
  return {
    segmentation,
    report: measurementReportFile(analysis, { examined, answer: testAnswer }),
    presentation,
    picture: secondaryCaptureFile(analysis, source, testPicture()),
  };
}

export function expectedInput() {
  const analysis = testAnalysis();
  const [source] = analysis.sources;
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  const uids = Object.entries(ourObjects()).map(([kind, file]) => {
    const attributes = parseDataSet(file, kind);
    return [
      kind,
      { series: attributes.text("x0020000e"), instance: attributes.text("x00080018") },
    ] as const;
  });
  const [annotation] = parseDataSet(ourObjects().presentation, "state").items("x00700001");
  const { pixels, ...size } = testPicture();
  return {
    source: base64(testRadiograph()),
    model: testModel,
    modelUid: modelUid(testModel),
    notice: NOTICE,
    date: source.date,
    time: source.time,
    dimensionsUid: resultUid(analysis, "segmentation", source.sopInstance, "dimensions"),
    findings: testFindings,
    answer: testAnswer,
    tracking: testFindings.map((_, i) => findingTracking(analysis, source, i)),
    patientTracking: { identifier: "Patient", uid: resultUid(analysis, "patient") },
    texts: annotation.items("x00700008").map((text) => ({
      text: text.text("x00700006"),
      box: [...floats(text, "x00700010"), ...floats(text, "x00700011")],
    })),
    picture: { ...size, pixels: base64(pixels) },
    uids: Object.fromEntries(uids),
  };
}
