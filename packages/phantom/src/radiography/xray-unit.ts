/** An X-ray unit: tube, detector and the processing that its maker applies. */
export interface XrayUnit {
  readonly modality: "CR" | "DX";
  readonly manufacturer: string;
  readonly model: string;
  readonly kilovolts: number;
  /** Shares of the detected open beam at the energies of `attenuation.ts`. */
  readonly spectrum: readonly [number, number, number];
  /** Of the detector's pixels, and how many an image has. */
  readonly pitchMm: number;
  readonly width: number;
  readonly height: number;
  readonly sourceToDetectorMm: number;
  /** Mean dose at the detector behind the ankle. */
  readonly doseMicrogray: number;
  /** Share of the quanta that the image makes use of. */
  readonly quantumEfficiency: number;
  /** Standard deviations, in mm at the detector. */
  readonly focalBlurMm: number;
  readonly detectorBlurMm: number;
  /** Share of the signal behind the thickest part that is scatter. */
  readonly scatterFraction: number;
  /** Signal at which the detector saturates, over the open beam's. */
  readonly saturation: number;
  readonly bitsStored: number;
  readonly photometric: "MONOCHROME1" | "MONOCHROME2";
  /** Of its files; none of them loses anything. */
  readonly compression: "none" | "lossless JPEG";
  /** Collimators leave a border in the image, white; or the image is cropped to the field. */
  readonly border: "white" | "cropped";
  readonly processing: Processing;
}

export interface Processing {
  /** Share of wide differences that is left, and how wide they are. */
  readonly latitude: number;
  readonly latitudeMm: number;
  /** Gain of fine detail, and its size. */
  readonly edgeGain: number;
  readonly edgeMm: number;
  /** Steepness of the final curve. */
  readonly contrast: number;
}
