/**
 * A radiograph to the network's size and range. Training and serving both come through here, so
 * that they cannot differ.
 *
 * Resampling is bilinear, as Detectron2 does it through Pillow: a triangle filter that widens
 * with the factor when the image shrinks (antialiased), pixel centres at half coordinates. Unlike
 * there, grey levels are not rounded to 8 bits.
 */
import { type Box, type Polygon, scaleBox, scalePolygon } from "@malleolus/geometry";
import type { Preprocess } from "@malleolus/schema";
import { blackenCollimation } from "./collimation.ts";
import { ImagingError } from "./errors.ts";
import type { DisplayImage, NetworkImage } from "./images.ts";
import type { Target } from "./target.ts";

export interface PreparedImage {
  readonly image: NetworkImage;
  /** Pixels of the network's image per pixel of the radiograph. */
  readonly scaleX: number;
  readonly scaleY: number;
}

/** @throws ImagingError `input` where the pixels do not fill the size. */
export function prepareImage(
  radiograph: DisplayImage,
  preprocess: Omit<Preprocess, "testTimeFlip">,
): PreparedImage {
  const { width, height } = radiograph;
  if (!(width > 0 && height > 0 && radiograph.pixels.length === width * height)) {
    throw new ImagingError(
      "input",
      `expected ${width} x ${height} pixels, got ${radiograph.pixels.length}`,
    );
  }
  const shown = maskCollimation(radiograph, preprocess.maskCollimation).pixels;
  const pixels = new Float32Array(shown.length);
  for (let i = 0; i < shown.length; i++) pixels[i] = shown[i] * 255;
  const size = resizedSize(width, height, preprocess);
  const image = resizeImage({ width, height, pixels }, size.width, size.height);
  return { image, scaleX: size.width / width, scaleY: size.height / height };
}

/**
 * The radiograph, on request without the white border of its collimation. Masked before anything else,
 * because a crop moves the border from which white is followed, and a gamma makes other values white.
 */
export function maskCollimation(radiograph: DisplayImage, isMasked: boolean): DisplayImage {
  if (!isMasked) return radiograph;
  const { width, height, pixels } = radiograph;
  return { width, height, pixels: blackenCollimation(pixels, width, height) };
}

/** Width and height in whole pixels, the ratio of sides kept as far as they allow. */
export function resizedSize(
  width: number,
  height: number,
  preprocess: Pick<Preprocess, "minSize" | "maxSize">,
): { width: number; height: number } {
  const wanted = preprocess.minSize / Math.min(width, height);
  const allowed = preprocess.maxSize / Math.max(width, height);
  const scale = Math.min(wanted, allowed);
  return {
    width: Math.max(1, Math.floor(width * scale + 0.5)),
    height: Math.max(1, Math.floor(height * scale + 0.5)),
  };
}

/** The image resampled; itself where the size stays. */
export function resizeImage(image: NetworkImage, width: number, height: number): NetworkImage {
  if (width === image.width && height === image.height) return image;
  const narrowed = resampleRows(image.pixels, image.width, image.height, width);
  return { width, height, pixels: resampleColumns(narrowed, width, image.height, height) };
}

/** Flips left to right. */
export function mirrorImage({ width, height, pixels }: NetworkImage): NetworkImage {
  const mirrored = new Float32Array(pixels.length);
  for (let from = 0; from < pixels.length; from += width) {
    mirrored.set(pixels.subarray(from, from + width).toReversed(), from);
  }
  return { width, height, pixels: mirrored };
}

/** A target of an image that was resampled by these factors. */
export function resizeTarget(target: Target, scaleX: number, scaleY: number): Target {
  return {
    boxes: target.boxes.map((box): Box => scaleBox(box, scaleX, scaleY)),
    classes: target.classes,
    polygons: target.polygons.map((polygons) =>
      polygons.map((polygon): Polygon => scalePolygon(polygon, scaleX, scaleY)),
    ),
  };
}

/** Which inputs make an output, and with what weights; these sum to 1 for every output. */
interface Filter {
  /** Number of weights kept for every output. */
  readonly taps: number;
  /** First input of each output. */
  readonly starts: Int32Array;
  /** [outputs * taps] */
  readonly weights: Float32Array;
}

function triangleFilter(inputs: number, outputs: number): Filter {
  const step = inputs / outputs;
  const radius = Math.max(step, 1);
  const taps = Math.min(inputs, Math.ceil(radius) * 2 + 1);
  const starts = new Int32Array(outputs);
  const weights = new Float32Array(outputs * taps);
  for (let o = 0; o < outputs; o++) {
    const center = (o + 0.5) * step;
    const from = Math.max(0, Math.floor(center - radius + 0.5));
    const to = Math.min(inputs, Math.floor(center + radius + 0.5));
    const values = Array.from({ length: to - from }, (_, i) =>
      Math.max(0, 1 - Math.abs(from + i + 0.5 - center) / radius),
    );
    const sum = values.reduce((total, value) => total + value, 0);
    // Kept inside the image, so that the taps without weight read no value beyond its end.
    starts[o] = Math.min(from, inputs - taps);
    values.forEach((value, i) => {
      weights[o * taps + from - starts[o] + i] = value / sum;
    });
  }
  return { taps, starts, weights };
}

function resampleRows(
  pixels: Float32Array,
  width: number,
  height: number,
  newWidth: number,
): Float32Array {
  if (width === newWidth) return pixels;
  const { taps, starts, weights } = triangleFilter(width, newWidth);
  const out = new Float32Array(newWidth * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < newWidth; x++) {
      const from = y * width + starts[x];
      let sum = 0;
      for (let t = 0; t < taps; t++) sum += weights[x * taps + t] * pixels[from + t];
      out[y * newWidth + x] = sum;
    }
  }
  return out;
}

function resampleColumns(
  pixels: Float32Array,
  width: number,
  height: number,
  newHeight: number,
): Float32Array {
  if (height === newHeight) return pixels;
  const { taps, starts, weights } = triangleFilter(height, newHeight);
  const out = new Float32Array(width * newHeight);
  const row = new Float64Array(width);
  for (let y = 0; y < newHeight; y++) {
    row.fill(0);
    for (let t = 0; t < taps; t++) {
      const weight = weights[y * taps + t];
      const from = (starts[y] + t) * width;
      for (let x = 0; x < width; x++) row[x] += weight * pixels[from + x];
    }
    out.set(row, y * width);
  }
  return out;
}
