/** Findings rendered over a radiograph as a viewer would show it. */
import {
  type FindingLine,
  type OverlayGround,
  overlayLayout,
  overlaySvg,
  type TrueOutlines,
} from "@malleolus/imaging";
import type { Finding } from "@malleolus/schema";
import sharp, { type Sharp } from "sharp";

export interface OverlayImage extends OverlayGround {
  /** Displayed values, 0 (black) to 1 (white). */
  readonly pixels: Float32Array;
}

/** The same in 8 bits, which is all that is shown of it: a quarter of the memory. */
export interface ShownImage extends OverlayGround {
  readonly gray: Uint8Array;
}

export interface RenderedOverlay {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each pixel. */
  readonly pixels: Uint8Array;
}

export function shownImage(image: OverlayImage): ShownImage {
  const { pixels, ...ground } = image;
  // A loop: `from` with a function takes thirty times as long. Rounded, since none is below 0: `Math.round` is slower.
  const gray = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) gray[i] = (255 * pixels[i] + 0.5) | 0;
  return { ...ground, gray };
}

/**
 * A PNG. `classes` gives each class its colour by its place; a sentence, such as that there is no
 * fracture, stands below the image. What is in doubt is drawn dotted.
 */
export async function renderOverlay(
  image: OverlayImage,
  findings: readonly Finding[],
  classes: readonly string[],
  truths: TrueOutlines = [],
  sentence: string | null = null,
  style: FindingLine = "solid",
): Promise<Buffer> {
  const shown = shownImage(image);
  const overlay = await composeOverlay(shown, findings, classes, truths, sentence, style);
  return overlay.png().toBuffer();
}

/** The same without a file's compression, for what has one of its own or none. */
export async function renderOverlayPixels(
  image: ShownImage,
  findings: readonly Finding[],
  classes: readonly string[],
  sentence: string | null,
  style: FindingLine,
): Promise<RenderedOverlay> {
  const overlay = await composeOverlay(image, findings, classes, [], sentence, style);
  const { data, info } = await overlay.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: data };
}

async function composeOverlay(
  image: ShownImage,
  findings: readonly Finding[],
  classes: readonly string[],
  truths: TrueOutlines,
  sentence: string | null,
  style: FindingLine,
): Promise<Sharp> {
  const layout = overlayLayout(image, sentence);
  const radiograph = await sharp(image.gray, {
    raw: { width: image.width, height: image.height, channels: 1 },
  })
    .resize(layout.width, layout.height, { kernel: "cubic", fit: "fill" })
    .extend({ bottom: layout.footer, background: "#000000" })
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const svg = Buffer.from(overlaySvg(image, findings, classes, truths, sentence, style));
  const drawn = await sharp(radiograph.data, { raw: radiograph.info })
    .composite([{ input: svg }])
    .raw()
    .toBuffer({ resolveWithObject: true });
  // Within one pipeline sharp would remove the alpha channel before it composes.
  return sharp(drawn.data, { raw: drawn.info }).removeAlpha();
}
