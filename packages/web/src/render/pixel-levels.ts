/**
 * A radiograph's grey values as the browser holds them: at full size, and halved again and again.
 *
 * A radiograph of 3000 rows in a view of 860 pixels is made smaller by three and a half. Four
 * neighbours of a pixel would then skip most rows and lose a hairline; so the renderer reads from
 * the level that is nearest in size, each of whose pixels is the mean of four of the level before.
 */

export interface PixelLevel {
  /** How often the full size was halved. */
  readonly shift: number;
  readonly width: number;
  readonly height: number;
  /** Row by row. */
  readonly pixels: Uint16Array;
}

/** The levels that are there, the finest first; a preview begins at half size. */
export interface PixelLevels {
  /** Columns and rows of the full radiograph. */
  readonly width: number;
  readonly height: number;
  readonly levels: readonly PixelLevel[];
}

/** Levels are made until the longer side is at most this. */
const LEAST_SIDE = 256;

/** All levels from the finest that there is. */
export function makeLevels(width: number, height: number, finest: PixelLevel): PixelLevels {
  const levels = [finest];
  for (let last = finest; Math.max(last.width, last.height) > LEAST_SIDE; ) {
    last = halve(last);
    levels.push(last);
  }
  return { width, height, levels };
}

/** Means of two by two pixels, rounded; at an odd edge the last row or column counts twice. */
export function halve({ shift, width, height, pixels }: PixelLevel): PixelLevel {
  const halfWidth = (width + 1) >> 1;
  const halfHeight = (height + 1) >> 1;
  const means = new Uint16Array(halfWidth * halfHeight);
  for (let y = 0; y < halfHeight; y++) {
    const upper = 2 * y * width;
    const lower = Math.min(2 * y + 1, height - 1) * width;
    for (let x = 0; x < halfWidth; x++) {
      const left = 2 * x;
      const right = Math.min(left + 1, width - 1);
      means[y * halfWidth + x] =
        (pixels[upper + left] +
          pixels[upper + right] +
          pixels[lower + left] +
          pixels[lower + right] +
          2) >>
        2;
    }
  }
  return { shift: shift + 1, width: halfWidth, height: halfHeight, pixels: means };
}

/** The level nearest in size to what `scale` view pixels for each image pixel show. */
export function levelFor({ levels }: PixelLevels, scale: number): PixelLevel {
  const wanted = Math.round(Math.log2(1 / scale));
  const finest = levels[0];
  const coarsest = levels[levels.length - 1];
  const shift = Math.min(Math.max(wanted, finest.shift), coarsest.shift);
  return levels[shift - finest.shift];
}
