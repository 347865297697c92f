/**
 * How a simulated radiograph looks, by chance: detector, dose, blur and processing as an X-ray unit of the phantom, then grey
 * tones, an unexposed edge, the turn of the picture. Never inverted. Not started by hand.
 */
import type { Polygon } from "@malleolus/geometry";
import { internalXrayUnit, type XrayUnit } from "@malleolus/phantom";

/** In [0, 1), one after the other. */
export type Draw = () => number;

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 0 black to 1 white. */
  readonly pixels: Float32Array;
  readonly outlines: readonly Polygon[];
}

/** Most of FracAtlas' radiographs have this size. */
const [WIDTH, HEIGHT] = [373, 454];
/** What FracAtlas shows beside limbs is dark grey rather than black. */
const MOST_FLOOR = 0.16;

export function between(draw: Draw, low: number, high: number): number {
  return low + (high - low) * draw();
}

/** A unit whose image has FracAtlas' size, at a pitch within the given limits. */
export function sampleUnit(draw: Draw, pitch: readonly [low: number, high: number]): XrayUnit {
  const soft = between(draw, 0.2, 0.42);
  const hard = between(draw, 0.15, 0.35);
  const pitchMm = between(draw, ...pitch);
  return {
    ...internalXrayUnit,
    width: WIDTH,
    height: HEIGHT,
    pitchMm,
    spectrum: [soft, 1 - soft - hard, hard],
    // A pixel holds many of a detector's: only a fraction of the dose leaves any grain.
    doseMicrogray: 10 ** between(draw, -0.9, 0.6),
    focalBlurMm: between(draw, 0.02, 0.3),
    detectorBlurMm: pitchMm * between(draw, 0.15, 0.75),
    scatterFraction: between(draw, 0.1, 0.42),
    saturation: between(draw, 1.05, 1.4),
    border: draw() < 0.12 ? "white" : "cropped",
    processing: {
      latitude: between(draw, 0.25, 0.65),
      latitudeMm: between(draw, 12, 35),
      edgeGain: between(draw, 0, 1.2),
      edgeMm: between(draw, 0.8, 2.6),
      contrast: between(draw, 2.2, 4),
    },
  };
}

/** Other greys, sometimes an unexposed edge, and turned by a quarter of a turn or more. */
export function styled(picture: Picture, draw: Draw): Picture {
  const floor = draw() < 0.8 ? between(draw, 0.02, MOST_FLOOR) : 0;
  const gamma = between(draw, 0.9, 1.8);
  const pixels = picture.pixels.map((value) => floor + (1 - floor) * value ** gamma);
  const toned = { ...picture, pixels };
  const edged = draw() < 0.25 ? withEdge(toned, draw) : toned;
  // Limbs stand upright more often than not, and hang down as often as not.
  const share = draw();
  const turns = share < 0.4 ? 0 : share < 0.75 ? 2 : share < 0.875 ? 1 : 3;
  return turned(edged, turns);
}

/** Plate or film that no beam has reached, along the lower edge: white, with an uneven border. */
function withEdge(picture: Picture, draw: Draw): Picture {
  const { width, height } = picture;
  const rows = height * between(draw, 0.01, 0.1);
  const slope = between(draw, -0.05, 0.05);
  const wave = between(draw, 0, 2.5);
  const phase = between(draw, 0, 6);
  const white = between(draw, 0.85, 1);
  const pixels = picture.pixels.slice();
  for (let x = 0; x < width; x++) {
    const edge = rows + slope * (x - width / 2) + wave * Math.sin(x / 37 + phase);
    for (let y = 0; y < height; y++) {
      const share = Math.min(1, Math.max(0, (y + 0.5 - (height - edge)) / 2.5 + 0.5));
      const i = y * width + x;
      pixels[i] += share * (white - pixels[i]);
    }
  }
  return { ...picture, pixels };
}

/** By quarters, clockwise. */
export function turned(picture: Picture, quarters: number): Picture {
  if (quarters === 0) return picture;
  const { width, height, pixels, outlines } = picture;
  const once = new Float32Array(pixels.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) once[x * height + (height - 1 - y)] = pixels[y * width + x];
  }
  return turned(
    {
      width: height,
      height: width,
      pixels: once,
      outlines: outlines.map((outline) =>
        outline.map((_, i) => (i % 2 === 0 ? height - outline[i + 1] : outline[i - 1])),
      ),
    },
    quarters - 1,
  );
}
