/**
 * The detector's box head that is told, beside what it pools, where a region lies: `box-places.ts`. The numbers are further
 * inputs of its first layer, whose weights for them begin at 0, so that it begins as the head that is not told. Not started
 * by hand.
 */
import type { BoxHead, BoxPredictions, BoxPredictor, MaskRcnn } from "@malleolus/networks";
import { fromTypedArray, nn, type Tensor } from "@malleolus/torch";
import { PLACE_WIDTH, type Told } from "./box-places-frames.ts";

export interface TaughtHead {
  readonly name: string;
  readonly told: Told | null;
  /** Its weights are drawn, and not the detector's. */
  readonly isAnew: boolean;
}

const TOLD = [
  { name: "not told", told: null },
  { name: "told the plafond", told: "plafond" },
  { name: "told the picture", told: "picture" },
] as const;
export const HEADS: readonly TaughtHead[] = [
  ...TOLD.map((one) => ({ ...one, isAnew: false })),
  ...TOLD.map((one) => ({ ...one, name: `anew, ${one.name}`, isAnew: true })),
];
/** The detector's, which has not learned on. */
export const AS_IT_IS = "as it is";

export function fileOf(name: string): string {
  return `${name.replaceAll(/\W+/g, "-")}.safetensors`;
}

export interface PlacedBoxHead {
  readonly box_head: BoxHead;
  readonly box_predictor: BoxPredictor;
  /** [D, PLACE_WIDTH]; its bias is 0 and does not learn. */
  readonly place?: nn.Linear;
  /** What the last hidden layer makes of pooled regions [n, C, S, S] and their places [n * PLACE_WIDTH]. [n, D] */
  hidden(pooled: Tensor, places: Float32Array | null): Tensor;
  predict(pooled: Tensor, places: Float32Array | null): BoxPredictions;
}

/** The box head of a network, whose tensors stay the network's. */
export function placedBoxHead({ config, roi_heads }: MaskRcnn, isTold: boolean): PlacedBoxHead {
  const { box_head, box_predictor } = roi_heads;
  const { fullyConnectedLayers, fullyConnectedChannels } = config.roi.box;
  const layers = Array.from({ length: fullyConnectedLayers }, (_, i) => box_head[`fc${i + 1}`]);
  const place = isTold ? placeLayer(fullyConnectedChannels) : null;
  const hidden = (pooled: Tensor, places: Float32Array | null) =>
    layers.reduce(
      (input, layer, i) => {
        const said = layer.forward(input);
        if (i > 0 || place === null || places === null) return said.relu();
        const rows = fromTypedArray(places, [places.length / PLACE_WIDTH, PLACE_WIDTH]);
        return said.add(place.forward(rows)).relu();
      },
      pooled.flatten({ startDim: 1 }),
    );
  return {
    box_head,
    box_predictor,
    ...(place === null ? {} : { place }),
    hidden,
    predict: (pooled, places) => box_predictor.predict(hidden(pooled, places)),
  };
}

function placeLayer(channels: number): nn.Linear {
  const layer = nn.fullyConnected({ in: PLACE_WIDTH, out: channels });
  nn.constant(layer.weight, 0);
  layer.bias.requiresGrad_(false);
  return layer;
}
