/**
 * A picture of findings as a DICOM Secondary Capture (PS3.3 A.8.1): for viewers that can show nothing
 * else. Its words are burned in, and it says so.
 */

import {
  type Analysis,
  lateralityElements,
  MANUFACTURER,
  NOTICE,
  orientationElements,
  resultInstance,
  resultSeries,
  sourceImages,
  writeResult,
} from "./result-object.ts";
import type { ResultSource } from "./result-source.ts";

/** Red, green and blue of each pixel; as its radiograph lies, with the words already in it. */
export interface ResultPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

export function secondaryCaptureFile(
  analysis: Analysis,
  source: ResultSource,
  picture: ResultPicture,
): Uint8Array {
  const { model } = analysis;
  const { width, height, pixels } = picture;
  if (pixels.length !== 3 * width * height) {
    throw new RangeError(
      `internal: expected ${3 * width * height} values of a picture, got ${pixels.length}`,
    );
  }
  return writeResult({
    kind: "picture",
    analysis,
    source,
    series: resultSeries(analysis, "picture", source),
    instance: resultInstance(analysis, "picture", source),
    elements: [
      ...orientationElements(source),
      ...lateralityElements(source),
      [0x00080008, { vr: "CS", value: ["DERIVED", "SECONDARY"] }],
      [0x00080023, { vr: "DA", value: source.date }],
      [0x00080033, { vr: "TM", value: source.time }],
      [0x00080064, { vr: "CS", value: "WSD" }],
      [0x00082111, { vr: "ST", value: `Findings of ${model.name} ${model.version}. ${NOTICE}` }],
      [0x00082112, sourceImages(source, "NO")],
      [0x00181012, { vr: "DA", value: source.date }],
      [0x00181014, { vr: "TM", value: source.time }],
      [0x00181016, { vr: "LO", value: MANUFACTURER }],
      [0x00181018, { vr: "LO", value: model.name }],
      [0x00181019, { vr: "LO", value: model.version }],
      [0x00204000, { vr: "LT", value: NOTICE }],
      [0x00280002, { vr: "US", value: 3 }],
      [0x00280004, { vr: "CS", value: "RGB" }],
      [0x00280006, { vr: "US", value: 0 }],
      [0x00280010, { vr: "US", value: height }],
      [0x00280011, { vr: "US", value: width }],
      [0x00280100, { vr: "US", value: 8 }],
      [0x00280101, { vr: "US", value: 8 }],
      [0x00280102, { vr: "US", value: 7 }],
      [0x00280103, { vr: "US", value: 0 }],
      [0x00280301, { vr: "CS", value: "YES" }],
      [0x00282110, { vr: "CS", value: "00" }],
      [0x7fe00010, { vr: "OB", value: pixels }],
    ],
  });
}
