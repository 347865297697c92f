/**
 * Names of torchvision's ResNets and Mask R-CNNs (models/resnet.py, models/detection/mask_rcnn.py)
 * as Detectron2's, and its classes in Detectron2's order.
 */
import { cat, type Tensor } from "@malleolus/torch";

/** Whether a file's names are those of torchvision's Mask R-CNN, or of its ResNet alone. */
export function areTorchvisionNames(names: readonly string[]): boolean {
  return names.some((name) => /^(backbone\.body\.)?layer1\.0\.conv1\.weight$/.test(name));
}

/**
 * Whether the heads are those of `maskrcnn_resnet50_fpn_v2`: norms in pyramid and heads, two
 * convolutions before the proposals, four in the box head. Only its ResNet is ours.
 */
export function isSecondVersion(names: readonly string[]): boolean {
  return names.some((name) => /^backbone\.fpn\.inner_blocks\.0\.1\./.test(name));
}

const RULES: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
  [/^conv1\.weight$/, () => "backbone.bottom_up.stem.conv1.weight"],
  [/^bn1\.(\w+)$/, (part) => `backbone.bottom_up.stem.conv1.norm.${part}`],
  [/^layer(\d)\.(\d+)\.conv(\d)\.(\w+)$/, (n, i, k, part) => `${block(n, i)}.conv${k}.${part}`],
  [/^layer(\d)\.(\d+)\.bn(\d)\.(\w+)$/, (n, i, k, part) => `${block(n, i)}.conv${k}.norm.${part}`],
  [/^layer(\d)\.(\d+)\.downsample\.0\.(\w+)$/, (n, i, part) => `${block(n, i)}.shortcut.${part}`],
  [
    /^layer(\d)\.(\d+)\.downsample\.1\.(\w+)$/,
    (n, i, part) => `${block(n, i)}.shortcut.norm.${part}`,
  ],
  // "0." since torchvision 0.14, in which every convolution became a block.
  [
    /^backbone\.fpn\.inner_blocks\.(\d)\.(?:0\.)?(\w+)$/,
    (n, part) => `backbone.fpn_lateral${Number(n) + 2}.${part}`,
  ],
  [
    /^backbone\.fpn\.layer_blocks\.(\d)\.(?:0\.)?(\w+)$/,
    (n, part) => `backbone.fpn_output${Number(n) + 2}.${part}`,
  ],
  [/^rpn\.head\.conv\.(?:0\.0\.)?(\w+)$/, (part) => `proposal_generator.rpn_head.conv.${part}`],
  [
    /^rpn\.head\.cls_logits\.(\w+)$/,
    (part) => `proposal_generator.rpn_head.objectness_logits.${part}`,
  ],
  [/^rpn\.head\.bbox_pred\.(\w+)$/, (part) => `proposal_generator.rpn_head.anchor_deltas.${part}`],
  [
    /^roi_heads\.box_head\.fc(\d)\.(\w+)$/,
    (n, part) => `roi_heads.box_head.fc${Number(n) - 5}.${part}`,
  ],
  [
    /^roi_heads\.box_predictor\.(cls_score|bbox_pred)\.(\w+)$/,
    (layer, part) => `roi_heads.box_predictor.${layer}.${part}`,
  ],
  [
    /^roi_heads\.mask_head\.(\d)\.0\.(\w+)$/,
    (n, part) => `roi_heads.mask_head.mask_fcn${Number(n) + 1}.${part}`,
  ],
  [
    /^roi_heads\.mask_head\.mask_fcn(\d)\.(\w+)$/,
    (n, part) => `roi_heads.mask_head.mask_fcn${n}.${part}`,
  ],
  [
    /^roi_heads\.mask_predictor\.conv5_mask\.(\w+)$/,
    (part) => `roi_heads.mask_head.deconv.${part}`,
  ],
  [
    /^roi_heads\.mask_predictor\.mask_fcn_logits\.(\w+)$/,
    (part) => `roi_heads.mask_head.predictor.${part}`,
  ],
];

/** The name in Detectron2, or null for what our network has not. */
export function torchvisionName(name: string): string | null {
  const own = name.replace(/^backbone\.body\./, "");
  for (const [pattern, rename] of RULES) {
    const match = pattern.exec(own);
    if (match !== null) return rename(...match.slice(1));
  }
  return null;
}

/**
 * A tensor with its classes in our order, under its name in Detectron2: torchvision has the
 * background first, and also gives it a box and a mask, which mean nothing.
 */
export function classesInOrder(name: string, tensor: Tensor): Tensor {
  const [rows = 0] = tensor.shape;
  const without = (count: number) => tensor.narrow(0, count, rows - count).clone();
  if (/\.cls_score\.\w+$/.test(name) && rows > 1) return cat([without(1), tensor.narrow(0, 0, 1)]);
  if (/\.bbox_pred\.\w+$/.test(name) && rows > 4) return without(4);
  if (/\.mask_head\.predictor\.\w+$/.test(name) && rows > 1) return without(1);
  return tensor;
}

function block(layer: string, index: string): string {
  return `backbone.bottom_up.res${Number(layer) + 1}.${index}`;
}
