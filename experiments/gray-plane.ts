/** Grey values as patches are cut and matched on: looked up between pixels, blurred and shrunk. Not started by hand. */
import type { DisplayImage } from "@malleolus/imaging";

/** Between the centres of pixels; beyond the border the nearest pixel's. `x` and `y` in pixels. */
export function grayAt({ width, height, pixels }: DisplayImage, x: number, y: number): number {
  const left = Math.min(Math.max(x - 0.5, 0), width - 1);
  const upper = Math.min(Math.max(y - 0.5, 0), height - 1);
  const column = Math.floor(left);
  const row = Math.floor(upper);
  const right = column + 1 < width ? 1 : 0;
  const below = row + 1 < height ? width : 0;
  const at = row * width + column;
  const above = pixels[at] + (left - column) * (pixels[at + right] - pixels[at]);
  const beneath =
    pixels[at + below] + (left - column) * (pixels[at + below + right] - pixels[at + below]);
  return above + (upper - row) * (beneath - above);
}

/** By a Gaussian of `sigma` pixels; itself for 0. */
export function blurred(image: DisplayImage, sigma: number): DisplayImage {
  if (sigma === 0) return image;
  const radius = Math.max(1, Math.ceil(2.5 * sigma));
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const shares = weights.map((weight) => weight / sum);
  const { width, height } = image;
  const along = alongRows(image.pixels, width, height, shares);
  return { width, height, pixels: alongColumns(along, width, height, shares) };
}

/** Means of blocks of `factor` pixels a side; what fills no block at the right and below is left out. */
export function shrunk(image: DisplayImage, factor: number): DisplayImage {
  if (factor === 1) return image;
  const width = Math.floor(image.width / factor);
  const height = Math.floor(image.height / factor);
  const pixels = new Float32Array(width * height);
  for (let y = 0; y < height * factor; y++) {
    const row = Math.floor(y / factor) * width;
    for (let x = 0; x < width; x++) {
      let sum = 0;
      const from = y * image.width + x * factor;
      for (let i = from; i < from + factor; i++) sum += image.pixels[i];
      pixels[row + x] += sum / factor ** 2;
    }
  }
  return { width, height, pixels };
}

function alongRows(
  pixels: Float32Array,
  width: number,
  height: number,
  shares: Float64Array,
): Float32Array {
  const radius = (shares.length - 1) / 2;
  const out = new Float32Array(pixels.length);
  const padded = new Float64Array(width + 2 * radius);
  for (let from = 0; from < width * height; from += width) {
    for (let i = 0; i < padded.length; i++) {
      padded[i] = pixels[from + Math.min(Math.max(i - radius, 0), width - 1)];
    }
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < shares.length; k++) sum += shares[k] * padded[x + k];
      out[from + x] = sum;
    }
  }
  return out;
}

function alongColumns(
  pixels: Float32Array,
  width: number,
  height: number,
  shares: Float64Array,
): Float32Array {
  const radius = (shares.length - 1) / 2;
  const out = new Float32Array(pixels.length);
  const row = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    row.fill(0);
    for (let k = 0; k < shares.length; k++) {
      const from = Math.min(Math.max(y + k - radius, 0), height - 1) * width;
      for (let x = 0; x < width; x++) row[x] += shares[k] * pixels[from + x];
    }
    out.set(row, y * width);
  }
  return out;
}
