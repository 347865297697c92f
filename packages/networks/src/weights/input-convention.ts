/**
 * The conventions of published weights: the image and the network that they expect. Their tensors are
 * adapted to our input when they are read; what the network has to be for them, the recipe takes from
 * here.
 */
export interface InputConvention {
  readonly name: "detectron2" | "msra" | "torchvision";
  readonly channelOrder: "bgr" | "rgb";
  /** The value of white. */
  readonly white: 1 | 255;
  /** Of each channel, in their order and on their scale. */
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
  /** Where a block halves the resolution: at its first 1x1 convolution, or at its 3x3. */
  readonly strideIn1x1: boolean;
  /** Of RoIAlign; 0 adapts to the region. */
  readonly samplingRatio: number;
  /** Whether RoIAlign was shifted by half a pixel, as ours always is. */
  readonly aligned: boolean;
}

const MSRA: InputConvention = {
  name: "msra",
  channelOrder: "bgr",
  white: 255,
  mean: [103.53, 116.28, 123.675],
  deviation: [1, 1, 1],
  strideIn1x1: true,
  samplingRatio: 0,
  aligned: true,
};

export const inputConventions: Readonly<Record<InputConvention["name"], InputConvention>> = {
  /** MSRA's networks stand in most of its model zoo; the names do not tell where they do not. */
  detectron2: { ...MSRA, name: "detectron2" },
  msra: MSRA,
  torchvision: {
    name: "torchvision",
    channelOrder: "rgb",
    white: 1,
    mean: [0.485, 0.456, 0.406],
    deviation: [0.229, 0.224, 0.225],
    strideIn1x1: false,
    samplingRatio: 2,
    aligned: false,
  },
};
