/**
 * A ResNet-50-FPN detector of Detectron2's configuration whose weights are drawn, for questions of engines where
 * no trained one is at hand: what it finds means nothing. Norms keep values from growing from block to block, and
 * predictors are drawn wide, so that scores and boxes spread as a trained detector's do and ties are rare.
 */
import { maskRcnn, writeDetector } from "@malleolus/networks";
import { detectron2Config, type MaskRcnnConfig, type Preprocess } from "@malleolus/schema";
import { manualSeed, nn, noGrad, scope } from "@malleolus/torch";

/** Of the paper's recipe. */
const PREPROCESS: Preprocess = {
  minSize: 800,
  maxSize: 1333,
  maskCollimation: false,
  testTimeFlip: false,
};

/** Writes it to a file. */
export function writeDrawnDetector(path: string, preprocess: Preprocess = PREPROCESS): void {
  const config: MaskRcnnConfig = detectron2Config(["weber_a", "weber_b", "weber_c"]);
  manualSeed(1);
  scope(() => {
    const model = maskRcnn(config);
    noGrad(() => {
      for (const [name, tensor] of nn.stateDict(model)) {
        if (name.endsWith("stem.conv1.norm.running_var")) nn.normal(tensor, 100, 20_000);
        if (name.endsWith("conv3.norm.weight")) nn.normal(tensor, 0.1, 0.3);
        if (/(running_mean|bias)$/.test(name)) nn.normal(tensor, 0.1);
      }
    });
    const { cls_score: scores, bbox_pred: deltas } = model.roi_heads.box_predictor;
    nn.normal(scores.weight, 1);
    nn.normal(deltas.weight, 0.1);
    nn.normal(model.roi_heads.mask_head.predictor.weight, 0.1);
    nn.normal(model.proposal_generator.rpn_head.objectness_logits.weight, 0.2);
    writeDetector(path, model, preprocess);
  });
}
