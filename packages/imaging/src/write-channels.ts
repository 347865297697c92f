/**
 * The three channels that a network takes of an image: blue, green and red of a grey picture, which are
 * equal, or the image and two bands of its detail; the mean subtracted. Every engine takes them from here,
 * each in the order in which it keeps them in memory.
 */
import { detailBand } from "./detail.ts";
import type { NetworkImage } from "./images.ts";

/** As a network's configuration says it. */
export interface ChannelOptions {
  readonly pixelMean: readonly [blue: number, green: number, red: number];
  readonly channels: "gray" | "detail";
}

/** How many numbers lie from one pixel, row or channel to the next. */
export interface ChannelLayout {
  readonly pixelStep: number;
  readonly rowStep: number;
  readonly channelStep: number;
}

/** Second and third channel: the window's radius in pixels, and the factor its detail is multiplied by. */
const BANDS = [
  { radius: 2, gain: 6 },
  { radius: 8, gain: 2.5 },
] as const;

/** Writes an image's channels into an array, from its begin on; what lies between stays as it is. */
export function writeChannels(
  image: NetworkImage,
  { pixelMean, channels }: ChannelOptions,
  into: Float32Array,
  layout: ChannelLayout,
): void {
  if (channels === "gray") writeGray(image, pixelMean, into, layout);
  else writeDetail(image, pixelMean[0], into, layout);
}

function writeGray(
  image: NetworkImage,
  [blue, green, red]: ChannelOptions["pixelMean"],
  into: Float32Array,
  { pixelStep, rowStep, channelStep }: ChannelLayout,
): void {
  for (let y = 0; y < image.height; y++) {
    let to = y * rowStep;
    const end = (y + 1) * image.width;
    for (let from = y * image.width; from < end; from++) {
      const value = image.pixels[from];
      into[to] = value - blue;
      into[to + channelStep] = value - green;
      into[to + 2 * channelStep] = value - red;
      to += pixelStep;
    }
  }
}

function writeDetail(
  image: NetworkImage,
  mean: number,
  into: Float32Array,
  { pixelStep, rowStep, channelStep }: ChannelLayout,
): void {
  const [fine, coarse] = BANDS.map(({ radius }) => detailBand(image, radius));
  const [{ gain: fineGain }, { gain: coarseGain }] = BANDS;
  for (let y = 0; y < image.height; y++) {
    let to = y * rowStep;
    const end = (y + 1) * image.width;
    for (let from = y * image.width; from < end; from++) {
      into[to] = image.pixels[from] - mean;
      into[to + channelStep] = fineGain * fine[from];
      into[to + 2 * channelStep] = coarseGain * coarse[from];
      to += pixelStep;
    }
  }
}
