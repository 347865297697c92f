/** The first convolution of published weights, made for our input. */
import { fromTypedArray, type Tensor } from "@malleolus/torch";
import type { InputConvention } from "./input-convention.ts";

/**
 * The first convolution for blue, green and red less the mean, on a scale of 0 to 255:
 *
 *     w * (x / 255 - mean) / deviation = w / (255 * deviation) * (x - 255 * mean)
 *
 * 255 times torchvision's means are Detectron2's, so that no constant is left over, which a
 * convolution could not take: it would be missing where its window hangs over the border. And
 * both sides have 0 for the mean colour, so that the border's padding and that of a batch, both
 * with 0 after the mean was subtracted, are the same pixels as before.
 */
export function forOurInput(
  weight: Tensor,
  convention: Pick<InputConvention, "channelOrder" | "white" | "deviation">,
): Tensor {
  const { channelOrder, white, deviation } = convention;
  const isOurs = channelOrder === "bgr" && white === 255 && deviation.every((d) => d === 1);
  if (isOurs || weight.shape.length !== 4 || weight.shape[1] !== 3) return weight;
  const factors = deviation.map((d) => white / (255 * d));
  const scaled = weight.to("float32").mul(fromTypedArray(Float32Array.from(factors), [1, 3, 1, 1]));
  return channelOrder === "rgb" ? scaled.flip([1]) : scaled;
}
