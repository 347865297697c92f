/**
 * A picture of a radiograph from a PNG or JPEG file, as the browser decodes it, in 256 grey levels. The colours
 * of a file that has any are weighed as television does.
 */
import { LARGEST_SIDE, type Picture, PictureError } from "./picture.ts";

/** @throws PictureError `unreadable` or `too large`. */
export async function readBrowserImage(file: Blob): Promise<Picture> {
  const bitmap = await decoded(file);
  try {
    const { width, height } = bitmap;
    if (Math.max(width, height) > LARGEST_SIDE) throw new PictureError("too large");
    const context = new OffscreenCanvas(width, height).getContext("2d");
    if (context === null) throw new Error("internal: this browser has no canvas to read from");
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, pixels: grayOf(data), notes: [] };
  } finally {
    bitmap.close();
  }
}

async function decoded(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, { colorSpaceConversion: "none" });
  } catch (cause) {
    throw new PictureError("unreadable", { cause });
  }
}

/** Red, green, blue and opacity to 0 black to 1 white. */
function grayOf(data: Uint8ClampedArray): Float32Array {
  const pixels = new Float32Array(data.length / 4);
  for (let i = 0; i < pixels.length; i++) {
    const [red, green, blue] = [data[4 * i], data[4 * i + 1], data[4 * i + 2]];
    const isGray = red === green && green === blue;
    pixels[i] = (isGray ? red : 0.299 * red + 0.587 * green + 0.114 * blue) / 255;
  }
  return pixels;
}
