"""Detectron2's Mask R-CNN doing the same work, from the weights that torchvision's side drew.

Its own configuration of ResNet-50-FPN, but where torchvision's network differs: the stride lies on the
3x3 convolution, and regions are sampled at two points a side. It is imported before anything of
torchvision is replaced, so that it runs as its users run it.
"""
import torch
from detectron2.config import get_cfg
from detectron2.modeling import build_model
from detectron2.structures import BitMasks, Boxes, Instances
from detectron2.utils.events import EventStorage

CLASSES = 1


def configuration():
    cfg = get_cfg()
    cfg.MODEL.DEVICE = "cpu"
    cfg.MODEL.META_ARCHITECTURE = "GeneralizedRCNN"
    cfg.MODEL.MASK_ON = True
    cfg.MODEL.BACKBONE.NAME = "build_resnet_fpn_backbone"
    cfg.MODEL.BACKBONE.FREEZE_AT = 2
    cfg.MODEL.RESNETS.DEPTH = 50
    cfg.MODEL.RESNETS.OUT_FEATURES = ["res2", "res3", "res4", "res5"]
    cfg.MODEL.RESNETS.STRIDE_IN_1X1 = False
    cfg.MODEL.FPN.IN_FEATURES = ["res2", "res3", "res4", "res5"]
    cfg.MODEL.ANCHOR_GENERATOR.SIZES = [[32], [64], [128], [256], [512]]
    cfg.MODEL.ANCHOR_GENERATOR.ASPECT_RATIOS = [[0.5, 1.0, 2.0]]
    cfg.MODEL.RPN.IN_FEATURES = ["p2", "p3", "p4", "p5", "p6"]
    cfg.MODEL.RPN.PRE_NMS_TOPK_TRAIN = 2000
    cfg.MODEL.RPN.PRE_NMS_TOPK_TEST = 1000
    cfg.MODEL.RPN.POST_NMS_TOPK_TRAIN = 1000
    cfg.MODEL.RPN.POST_NMS_TOPK_TEST = 1000
    cfg.MODEL.ROI_HEADS.NAME = "StandardROIHeads"
    cfg.MODEL.ROI_HEADS.IN_FEATURES = ["p2", "p3", "p4", "p5"]
    cfg.MODEL.ROI_HEADS.NUM_CLASSES = CLASSES
    cfg.MODEL.ROI_BOX_HEAD.NAME = "FastRCNNConvFCHead"
    cfg.MODEL.ROI_BOX_HEAD.NUM_FC = 2
    cfg.MODEL.ROI_BOX_HEAD.POOLER_RESOLUTION = 7
    cfg.MODEL.ROI_BOX_HEAD.POOLER_SAMPLING_RATIO = 2
    cfg.MODEL.ROI_MASK_HEAD.NAME = "MaskRCNNConvUpsampleHead"
    cfg.MODEL.ROI_MASK_HEAD.NUM_CONV = 4
    cfg.MODEL.ROI_MASK_HEAD.POOLER_RESOLUTION = 14
    cfg.MODEL.ROI_MASK_HEAD.POOLER_SAMPLING_RATIO = 2
    cfg.MODEL.PIXEL_MEAN = [0.0, 0.0, 0.0]
    cfg.MODEL.PIXEL_STD = [1.0, 1.0, 1.0]
    return cfg


def load(state):
    model = build_model(configuration())
    with torch.no_grad():
        own = model.state_dict()
        missing = [name for name in own if name not in state and "cell_anchors" not in name
                   and not name.startswith("pixel_")]
        if missing:
            raise ValueError(f"the weights lack {missing}")
        for name, tensor in own.items():
            if name in state:
                tensor.copy_(state[name])
    return model


def instances_of(boxes, height, width):
    instances = Instances((height, width))
    masks = torch.zeros(len(boxes), height, width, dtype=torch.bool)
    for index, (x1, y1, x2, y2) in enumerate(boxes):
        masks[index, y1:y2, x1:x2] = True
    instances.gt_boxes = Boxes(torch.tensor(boxes, dtype=torch.float32))
    instances.gt_classes = torch.zeros(len(boxes), dtype=torch.int64)
    instances.gt_masks = BitMasks(masks)
    return instances


def prepare(request, state, images):
    height, width = request["height"], request["width"]
    model = load(state)
    if request["variant"].endswith("channels-last"):
        model = model.to(memory_format=torch.channels_last)
    batch = [{"image": image, "height": height, "width": width} for image in images]
    if request["task"] == "detection":
        model.eval()

        def detect():
            with torch.no_grad():
                return model(batch)

        found = [one["instances"] for one in detect()]
        return detect, {
            "boxes": [one.pred_boxes.tensor.tolist() for one in found],
            "scores": [one.scores.tolist() for one in found],
        }

    model.train()
    for one, boxes in zip(batch, request["boxes"]):
        one["instances"] = instances_of(boxes, height, width)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(trained, lr=1e-4, momentum=0.9, weight_decay=1e-4, foreach=True)

    def step():
        with EventStorage(0):
            losses = model(batch)
        total = sum(losses.values())
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        return losses

    names = {
        "loss_rpn_cls": "loss_objectness",
        "loss_rpn_loc": "loss_rpn_box_reg",
        "loss_cls": "loss_classifier",
        "loss_box_reg": "loss_box_reg",
        "loss_mask": "loss_mask",
    }
    first = {names[name]: float(value) for name, value in step().items()}
    return step, {"losses": first, "trained": sum(p.numel() for p in trained)}
