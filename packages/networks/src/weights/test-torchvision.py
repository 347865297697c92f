"""torchvision's Mask R-CNN with random weights, and what it makes of an image that needs padding.

    python3 test-torchvision.py <folder>

Writes model.pth as a trainer would, and expected.pth: the image, its features, and the logits of
its proposals. The heads are small: what matters of them is the order of their rows.
"""

import sys

import torch
from torchvision.models.detection import MaskRCNN, faster_rcnn, mask_rcnn
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone

folder = sys.argv[1]
torch.manual_seed(0)
torch.set_num_threads(1)
HIDDEN = 8
CLASSES = 4  # three and background
model = MaskRCNN(
    resnet_fpn_backbone(
        backbone_name="resnet50", weights=None, norm_layer=torch.nn.BatchNorm2d, trainable_layers=5
    ),
    box_head=faster_rcnn.TwoMLPHead(256 * 7 * 7, HIDDEN),
    box_predictor=faster_rcnn.FastRCNNPredictor(HIDDEN, CLASSES),
    mask_predictor=mask_rcnn.MaskRCNNPredictor(256, 256, CLASSES),
    min_size=60,
    max_size=90,
).eval()
with torch.no_grad():
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            # A block's last norm adds little, or the activations would double with every block.
            gain = 0.3 if name.endswith("bn3") else 1.0
            module.weight.uniform_(0.9 * gain, 1.1 * gain)
            module.bias.uniform_(-0.1, 0.1)
            module.running_mean.uniform_(-0.1, 0.1)
            module.running_var.uniform_(0.8, 1.2)
    image = torch.rand(3, 60, 90)
    batch, _ = model.transform([image])
    features = model.backbone(batch.tensors)
    logits, deltas = model.rpn.head(list(features.values()))
expected = {"image": image, "logits of p5": logits[3], "deltas of p5": deltas[3]}
expected.update({f"feature {i}": feature for i, feature in enumerate(features.values())})
for name in ("cls_score", "bbox_pred"):
    expected[name] = getattr(model.roi_heads.box_predictor, name).weight.detach()
expected["mask"] = model.roi_heads.mask_predictor.mask_fcn_logits.weight.detach()
torch.save({"model": model.state_dict(), "epoch": 3}, f"{folder}/model.pth")
torch.save(expected, f"{folder}/expected.pth")
