/** Findings rendered over a radiograph as a viewer would show it: a PNG. */
import {
  type OverlayGround,
  overlayLayout,
  overlaySvg,
  type TrueOutlines,
} from "@malleolus/imaging";
import type { Finding } from "@malleolus/schema";
import sharp from "sharp";

export interface OverlayImage extends OverlayGround {
  /** Displayed values, 0 (black) to 1 (white). */
  readonly pixels: Float32Array;
}

/**
 * A PNG. `classes` gives each class its colour by its place; a sentence, such as that there is no
 * fracture, stands below the image.
 */
export async function renderOverlay(
  image: OverlayImage,
  findings: readonly Finding[],
  classes: readonly string[],
  truths: TrueOutlines = [],
  sentence: string | null = null,
): Promise<Buffer> {
  const layout = overlayLayout(image, sentence);
  const gray = Uint8Array.from(image.pixels, (value) => Math.round(255 * value));
  const radiograph = await sharp(gray, {
    raw: { width: image.width, height: image.height, channels: 1 },
  })
    .resize(layout.width, layout.height, { kernel: "cubic", fit: "fill" })
    .extend({ bottom: layout.footer, background: "#000000" })
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const svg = Buffer.from(overlaySvg(image, findings, classes, truths, sentence));
  const drawn = await sharp(radiograph.data, { raw: radiograph.info })
    .composite([{ input: svg }])
    .raw()
    .toBuffer({ resolveWithObject: true });
  // Within one pipeline sharp would remove the alpha channel before it composes.
  return sharp(drawn.data, { raw: drawn.info }).removeAlpha().png().toBuffer();
}
