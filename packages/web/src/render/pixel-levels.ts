/**
 * A radiograph's grey values as the browser holds them: at full size, and halved again and again.
 *
 * A radiograph of 3000 rows in a view of 860 pixels is made smaller by three and a half. Four
 * neighbours of a pixel would then skip most rows and lose a hairline; so the renderer reads from
 * the level that is nearest in size, each of whose pixels is the mean of four of the level before.
 */
import { halveLevels, type LevelImage } from "@malleolus/imaging";

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

/** All levels of a radiograph of so many columns and rows, from the finest that there is. */
export function makeLevels(
  width: number,
  height: number,
  shift: number,
  finest: LevelImage,
): PixelLevels {
  const levels: PixelLevel[] = [];
  let image = finest;
  for (let level = shift; ; level++) {
    levels.push({ shift: level, width: image.width, height: image.height, pixels: image.levels });
    if (Math.max(image.width, image.height) <= LEAST_SIDE) return { width, height, levels };
    image = halveLevels(image);
  }
}

/** The level nearest in size to what `scale` view pixels for each image pixel show. */
export function levelFor({ levels }: PixelLevels, scale: number): PixelLevel {
  const wanted = Math.round(Math.log2(1 / scale));
  const finest = levels[0];
  const coarsest = levels[levels.length - 1];
  const shift = Math.min(Math.max(wanted, finest.shift), coarsest.shift);
  return levels[shift - finest.shift];
}
