/** Blurring of rasters, by exact kernels where they are short and on a coarser grid where not. */

/** A Gaussian of `sigma` pixels over a raster, edges repeated. `values` is left as it is. */
export function gaussianBlur(
  values: Float32Array,
  width: number,
  height: number,
  sigma: number,
): Float32Array {
  const kernel = gaussianKernel(sigma);
  return blurColumns(blurRows(values, width, height, kernel), width, height, kernel);
}

/** A wide Gaussian: means of squares of pixels, blurred and interpolated. */
export function wideBlur(
  values: Float32Array,
  width: number,
  height: number,
  sigma: number,
): Float32Array {
  const step = Math.max(1, Math.floor(sigma / 2));
  const columns = Math.ceil(width / step);
  const rows = Math.ceil(height / step);
  const coarse = new Float32Array(columns * rows);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      let count = 0;
      for (let j = y * step; j < Math.min(height, (y + 1) * step); j++) {
        for (let i = x * step; i < Math.min(width, (x + 1) * step); i++) {
          sum += values[j * width + i];
          count++;
        }
      }
      coarse[y * columns + x] = sum / count;
    }
  }
  return enlarge(
    gaussianBlur(coarse, columns, rows, sigma / step),
    columns,
    rows,
    width,
    height,
    step,
  );
}

function enlarge(
  coarse: Float32Array,
  columns: number,
  rows: number,
  width: number,
  height: number,
  step: number,
): Float32Array {
  const values = new Float32Array(width * height);
  const left = new Int32Array(width);
  const share = new Float64Array(width);
  for (let x = 0; x < width; x++) {
    const u = Math.min(columns - 1, Math.max(0, (x + 0.5) / step - 0.5));
    left[x] = Math.max(0, Math.min(columns - 2, Math.floor(u)));
    share[x] = u - left[x];
  }
  // One column more, so that the last one has a neighbour.
  const line = new Float64Array(columns + 1);
  for (let y = 0; y < height; y++) {
    const v = Math.min(rows - 1, Math.max(0, (y + 0.5) / step - 0.5));
    const j = Math.max(0, Math.min(rows - 2, Math.floor(v)));
    const upper = j * columns;
    const lower = Math.min(rows - 1, j + 1) * columns;
    for (let i = 0; i < columns; i++) {
      line[i] = coarse[upper + i] + (v - j) * (coarse[lower + i] - coarse[upper + i]);
    }
    line[columns] = line[columns - 1];
    const row = y * width;
    for (let x = 0; x < width; x++) {
      const i = left[x];
      values[row + x] = line[i] + share[x] * (line[i + 1] - line[i]);
    }
  }
  return values;
}

function gaussianKernel(sigma: number): Float64Array {
  const radius = Math.max(1, Math.ceil(3 * sigma));
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const sum = kernel.reduce((total, value) => total + value, 0);
  return kernel.map((value) => value / sum);
}

function blurRows(
  values: Float32Array,
  width: number,
  height: number,
  kernel: Float64Array,
): Float32Array {
  const radius = (kernel.length - 1) / 2;
  const padded = new Float32Array(width + 2 * radius);
  const blurred = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    padded.fill(values[row], 0, radius);
    padded.set(values.subarray(row, row + width), radius);
    padded.fill(values[row + width - 1], radius + width);
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < kernel.length; k++) sum += kernel[k] * padded[x + k];
      blurred[row + x] = sum;
    }
  }
  return blurred;
}

function blurColumns(
  values: Float32Array,
  width: number,
  height: number,
  kernel: Float64Array,
): Float32Array {
  const radius = (kernel.length - 1) / 2;
  const blurred = new Float32Array(values.length);
  const sums = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let k = 0; k < kernel.length; k++) {
      const row = Math.min(height - 1, Math.max(0, y + k - radius)) * width;
      const weight = kernel[k];
      for (let x = 0; x < width; x++) sums[x] += weight * values[row + x];
    }
    blurred.set(sums, y * width);
  }
  return blurred;
}
