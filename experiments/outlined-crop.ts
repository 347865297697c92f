/** A square window of a radiograph's file around a box, with outlines drawn or without. Not started by hand. */
import { type Box, boxHeight, boxWidth, type Polygon } from "@malleolus/geometry";
import sharp from "sharp";

export interface CropOptions {
  /** Of the PNG, in pixels. */
  readonly side: number;
  /** The window's side, in greater sides of the box. */
  readonly times: number;
  /** In pixels of the radiograph. */
  readonly outlines: readonly Polygon[];
  readonly isDashed: boolean;
}

/** A PNG; the window is moved where it would leave the radiograph, and is never greater than its lesser side. */
export async function outlinedCrop(
  path: string,
  box: Box,
  { side, times, outlines, isDashed }: CropOptions,
): Promise<Buffer> {
  const { width, height } = await sharp(path).metadata();
  const [x1, y1, x2, y2] = box;
  const own = Math.round(Math.min(times * Math.max(boxWidth(box), boxHeight(box)), width, height));
  const within = (middle: number, end: number) =>
    Math.min(Math.max(Math.round(middle - own / 2), 0), end - own);
  const [left, top] = [within((x1 + x2) / 2, width), within((y1 + y2) / 2, height)];
  const dashes = isDashed ? ` stroke-dasharray="4 3"` : "";
  const drawn = outlines.map((outline) => {
    const points = outline.map((v, i) => ((v - (i % 2 === 0 ? left : top)) * side) / own);
    return `<polygon points="${points.join(" ")}" fill="none" stroke="#ffb000" stroke-width="1.2"${dashes}/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}">${drawn.join("")}</svg>`;
  const tile = await sharp(path)
    .extract({ left, top, width: own, height: own })
    .resize(side, side)
    .toColourspace("srgb")
    .removeAlpha()
    .png()
    .toBuffer();
  if (outlines.length === 0) return tile;
  return sharp(tile)
    .composite([{ input: Buffer.from(svg), left: 0, top: 0 }])
    .png()
    .toBuffer();
}
