/**
 * The border outside the exposed field. Many storage-phosphor plates and shutters come out white there,
 * and a large white frame moves everything that a network measures over the whole image.
 */

/** From here on a pixel is white: bones do not get there, and noise does not leave it. */
const WHITE = 0.97;
/** The frame's edge is blurred, so this many more pixels are masked. */
const EDGE_PIXELS = 2;

/**
 * The values with all white that touches the image's border made black; the same array where there
 * is none. `pixels` holds displayed values, row-major, 0 (black) to 1 (white).
 */
export function blackenCollimation(
  pixels: Float32Array,
  width: number,
  height: number,
): Float32Array {
  const outside = whiteFromBorder(pixels, width, height);
  if (outside === null) return pixels;
  const masked = pixels.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (outside[y * width + x] === 0) continue;
      const [fromX, toX] = [Math.max(0, x - EDGE_PIXELS), Math.min(width, x + EDGE_PIXELS + 1)];
      const [fromY, toY] = [Math.max(0, y - EDGE_PIXELS), Math.min(height, y + EDGE_PIXELS + 1)];
      const isInner =
        outside[fromY * width + x] === 1 &&
        outside[(toY - 1) * width + x] === 1 &&
        outside[y * width + fromX] === 1 &&
        outside[y * width + toX - 1] === 1;
      if (isInner) masked[y * width + x] = 0;
      else for (let v = fromY; v < toY; v++) masked.fill(0, v * width + fromX, v * width + toX);
    }
  }
  return masked;
}

/** 1 where white is connected with the border by white; null where nothing is. */
function whiteFromBorder(pixels: Float32Array, width: number, height: number): Uint8Array | null {
  const found = new Uint8Array(pixels.length);
  const waiting: number[] = [];
  const visit = (index: number) => {
    if (found[index] === 1 || pixels[index] < WHITE) return;
    found[index] = 1;
    waiting.push(index);
  };
  for (let x = 0; x < width; x++) {
    visit(x);
    visit((height - 1) * width + x);
  }
  for (let y = 0; y < height; y++) {
    visit(y * width);
    visit(y * width + width - 1);
  }
  if (waiting.length === 0) return null;
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    const x = index % width;
    if (x > 0) visit(index - 1);
    if (x < width - 1) visit(index + 1);
    if (index >= width) visit(index - width);
    if (index < (height - 1) * width) visit(index + width);
  }
  return found;
}
