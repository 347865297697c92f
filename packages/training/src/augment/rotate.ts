/**
 * Rotation about the centre, in the same frame: a limb lies on the cassette as it hurts least. What
 * comes in from outside is black, as beyond a collimator's edge.
 */
import type { Polygon } from "@malleolus/geometry";
import { clipTarget } from "./clip-target.ts";
import type { Sample } from "./sample.ts";

/** From -greatest to greatest, in degrees. `random` gives [0, 1). */
export function sampleRotation(greatest: number, random: () => number): number {
  return (2 * random() - 1) * greatest;
}

/**
 * Turned by `degrees`, clockwise as it is seen. Values between pixels are bilinear; an object that
 * leaves the frame is cut or dropped as `clipTarget` says.
 */
export function rotate({ image, target }: Sample, degrees: number): Sample {
  const { width, height } = image;
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [centerX, centerY] = [width / 2, height / 2];
  const turn = (polygon: Polygon): Polygon =>
    polygon.map((value, i) => {
      const isX = i % 2 === 0;
      const x = (isX ? value : polygon[i - 1]) - centerX;
      const y = (isX ? polygon[i + 1] : value) - centerY;
      return isX ? centerX + x * cos - y * sin : centerY + x * sin + y * cos;
    });
  const pixels = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const down = y + 0.5 - centerY;
    for (let x = 0; x < width; x++) {
      const right = x + 0.5 - centerX;
      const fromX = centerX + right * cos + down * sin - 0.5;
      const fromY = centerY - right * sin + down * cos - 0.5;
      pixels[y * width + x] = bilinear(image.pixels, width, height, fromX, fromY);
    }
  }
  return {
    image: { width, height, pixels },
    target: clipTarget(target, [0, 0, width, height], turn),
  };
}

/** At pixel centres the pixel's value; 0 from one pixel outside on. */
function bilinear(
  pixels: Float32Array,
  width: number,
  height: number,
  x: number,
  y: number,
): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  if (left < -1 || top < -1 || left >= width || top >= height) return 0;
  const [right, down] = [x - left, y - top];
  const hasLeft = left >= 0;
  const hasRight = left + 1 < width;
  let sum = 0;
  if (top >= 0) {
    const row = top * width + left;
    if (hasLeft) sum += (1 - down) * (1 - right) * pixels[row];
    if (hasRight) sum += (1 - down) * right * pixels[row + 1];
  }
  if (top + 1 < height) {
    const row = (top + 1) * width + left;
    if (hasLeft) sum += down * (1 - right) * pixels[row];
    if (hasRight) sum += down * right * pixels[row + 1];
  }
  return sum;
}
