import { detectron2Config, type MaskRcnnConfig } from "@malleolus/schema";

/** Of a network that is small enough for tests, of two classes, with few detections of low scores. */
export function thinConfig(): MaskRcnnConfig {
  const config = detectron2Config(["fracture", "implant"]);
  return {
    ...config,
    backbone: { ...config.backbone, fpnChannels: 32 },
    roi: {
      ...config.roi,
      scoreThreshold: 0.01,
      detectionsPerImage: 5,
      box: { ...config.roi.box, fullyConnectedChannels: 32 },
      mask: { ...config.roi.mask, channels: 32, convolutions: 1 },
    },
  };
}
