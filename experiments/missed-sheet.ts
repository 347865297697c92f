/**
 * The sheet of one fracture, for `missed-fractures.ts`: its radiograph with the annotations dashed and what a detector
 * finds, a window of it, and rows of windows of other fractures. Not started by hand.
 */
import type { Box, Polygon } from "@malleolus/geometry";
import sharp from "sharp";
import type { ScoredBox } from "./missed-stages.ts";
import { outlinedCrop } from "./outlined-crop.ts";

export interface OutlinedBox {
  readonly path: string;
  readonly box: Box;
  readonly polygons: readonly Polygon[];
}

export interface Sheet {
  /** Lines above the pictures. */
  readonly text: readonly string[];
  readonly fracture: OutlinedBox;
  /** Of the same radiograph, the fracture's own too. */
  readonly annotations: readonly (readonly Polygon[])[];
  /** Drawn whole. */
  readonly findings: readonly ScoredBox[];
  /** Drawn dotted; null for none. */
  readonly faint: ScoredBox | null;
  readonly rows: readonly Row[];
}

export interface Row {
  readonly title: string;
  readonly tiles: readonly (OutlinedBox & { readonly caption: readonly string[] })[];
}

const [WHOLE, WINDOW, TILE, GAP, LINE] = [700, 343, 250, 14, 17] as const;
const TIMES = 4;
const COLUMNS = 5;
const WIDTH = COLUMNS * (TILE + GAP) + GAP;

interface Layer {
  readonly input: Buffer;
  readonly left: number;
  readonly top: number;
}

export async function writeSheet(path: string, sheet: Sheet): Promise<void> {
  const { fracture, rows } = sheet;
  const layers: Layer[] = [];
  const words: string[] = [];
  const write = (line: string, x: number, y: number, color = "#d8d8d8") =>
    words.push(`<text x="${x}" y="${y}" fill="${color}">${escaped(line)}</text>`);

  for (const [i, line] of sheet.text.entries()) {
    write(line, GAP, LINE * (i + 1) + 2, i === 0 ? "#ffffff" : undefined);
  }
  const top = LINE * sheet.text.length + GAP;
  layers.push({ input: await wholeRadiograph(sheet), left: GAP, top });
  for (const [i, outlines] of [[], fracture.polygons].entries()) {
    const input = await outlinedCrop(fracture.path, fracture.box, {
      side: WINDOW,
      times: TIMES,
      outlines,
      isDashed: true,
    });
    layers.push({ input, left: WHOLE + 2 * GAP, top: top + i * (WINDOW + GAP) });
  }
  let y = top + WHOLE + GAP;
  for (const { title, tiles } of rows) {
    write(title, GAP, y + LINE - 4, "#ffffff");
    y += LINE + 4;
    for (const [i, tile] of tiles.slice(0, COLUMNS).entries()) {
      const left = GAP + i * (TILE + GAP);
      const input = await outlinedCrop(tile.path, tile.box, {
        side: TILE,
        times: TIMES,
        outlines: tile.polygons,
        isDashed: true,
      });
      layers.push({ input, left, top: y });
      for (const [k, line] of tile.caption.entries()) write(line, left, y + TILE + LINE * (k + 1));
    }
    const lines = Math.max(0, ...tiles.map(({ caption }) => caption.length));
    y += TILE + LINE * lines + GAP;
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" font-family="DejaVu Sans, sans-serif" font-size="13">${words.join("")}</svg>`;
  await sharp({ create: { width: WIDTH, height: y, channels: 3, background: "#101820" } })
    .composite([...layers, { input: Buffer.from(svg), left: 0, top: 0 }])
    .png()
    .toFile(path);
}

/** In a square, at its top left. */
async function wholeRadiograph(sheet: Sheet): Promise<Buffer> {
  const { path } = sheet.fracture;
  const { width, height } = await sharp(path).metadata();
  const scale = WHOLE / Math.max(width, height);
  const shown = await sharp(path)
    .resize(Math.round(width * scale), Math.round(height * scale))
    .toColourspace("srgb")
    .removeAlpha()
    .png()
    .toBuffer();
  const outlines = sheet.annotations.flat().map((polygon) => {
    const points = polygon.map((v) => (v * scale).toFixed(1)).join(" ");
    return `<polygon points="${points}" fill="none" stroke="#ffffff" stroke-width="1.3" stroke-dasharray="4 3"/>`;
  });
  const framed = ({ box, score }: ScoredBox, dashes: string) => {
    const [x1, y1, x2, y2] = box.map((v) => v * scale);
    return (
      `<rect x="${x1}" y="${y1}" width="${x2 - x1}" height="${y2 - y1}" fill="none" stroke="#56c2f0" stroke-width="1.6"${dashes}/>` +
      `<text x="${x1}" y="${y1 < 16 ? y2 + 13 : y1 - 3}" fill="#56c2f0" stroke="#000" stroke-width="2.5" paint-order="stroke">${score.toFixed(3)}</text>`
    );
  };
  const [x1, y1, x2, y2] = sheet.fracture.box.map((v) => v * scale);
  const marked = `<rect x="${x1 - 6}" y="${y1 - 6}" width="${x2 - x1 + 12}" height="${y2 - y1 + 12}" fill="none" stroke="#ffb000" stroke-width="1" stroke-dasharray="2 4"/>`;
  const drawn = [
    ...outlines,
    marked,
    ...(sheet.faint === null ? [] : [framed(sheet.faint, ` stroke-dasharray="2 3"`)]),
    // The surest last, above the others.
    ...sheet.findings.map((one) => framed(one, "")).reverse(),
  ];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.round(width * scale)}" height="${Math.round(height * scale)}" font-family="DejaVu Sans, sans-serif" font-size="13">${drawn.join("")}</svg>`;
  return sharp(shown)
    .composite([{ input: Buffer.from(svg), left: 0, top: 0 }])
    .png()
    .toBuffer();
}

function escaped(text: string): string {
  return text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
}
