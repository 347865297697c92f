"""torchvision's Mask R-CNN trained with batches that ours is trained with: one JSON line in, one out.

"prepare" builds it from weights of ours; "step" trains on a file of images; "detect" examines one; "keep" writes a
checkpoint, from which "prepare" goes on. Sizes, anchors, counts, thresholds, frozen parts and the optimizer are ours; losses,
sampling, box coding, pooling and the rounding of anchors are torchvision's own.
"""
import json
import os
import struct
import sys
import traceback

import torch
import torchvision
from torch import nn
from torchvision.models import resnet50
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.backbone_utils import BackboneWithFPN
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.mask_rcnn import MaskRCNNHeads, MaskRCNNPredictor
from torchvision.models.detection.transform import GeneralizedRCNNTransform
from torchvision.ops.misc import FrozenBatchNorm2d

from mask_rcnn import CLASSES, detectron2_name

LEVELS = 4
STAGES = ("res2", "res3", "res4", "res5")


class AsItComes(GeneralizedRCNNTransform):
    """Pads to a batch and does nothing else: images come at their size, and boxes stay in it."""

    def normalize(self, image):
        return image

    def resize(self, image, target):
        return image, target

    def postprocess(self, result, image_shapes, original_image_sizes):
        return result


class MeasuredNorm(nn.BatchNorm2d):
    """Keeps its statistics; weight and bias are trained."""

    def train(self, mode=True):
        return super().train(False)


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        if entry["dtype"] != "F32":
            raise ValueError(f"{path}: {name}: expected F32, got {entry['dtype']}")
        begin, end = entry["data_offsets"]
        values = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32)
        tensors[name] = values.reshape(entry["shape"])
    return tensors


def backbone_of(config):
    body = resnet50(weights=None, norm_layer=FrozenBatchNorm2d)
    if config["backbone"]["strideIn1x1"]:
        for stage in (body.layer2, body.layer3, body.layer4):
            stage[0].conv1.stride, stage[0].conv2.stride = (2, 2), (1, 1)
    for place, name in enumerate(STAGES):
        if name in config["backbone"]["trainedNorms"]:
            train_norms(getattr(body, f"layer{place + 1}"))
    parts = [nn.ModuleList([body.conv1, body.bn1]), body.layer1, body.layer2, body.layer3, body.layer4]
    for part in parts[: config["backbone"]["freezeAt"]]:
        part.requires_grad_(False)
    return BackboneWithFPN(
        body,
        {f"layer{place + 1}": str(place) for place in range(LEVELS)},
        [256, 512, 1024, 2048],
        config["backbone"]["fpnChannels"],
    )


def train_norms(module):
    for name, child in module.named_children():
        if isinstance(child, FrozenBatchNorm2d):
            setattr(module, name, MeasuredNorm(child.weight.numel(), eps=child.eps))
        else:
            train_norms(child)


def build(config):
    rpn, roi, anchors = config["rpn"], config["roi"], config["anchors"]
    channels = config["backbone"]["fpnChannels"]
    hidden, masked = roi["box"]["fullyConnectedChannels"], roi["mask"]["channels"]
    sizes = tuple(tuple(level) for level in anchors["sizes"])
    model = MaskRCNN(
        backbone_of(config),
        rpn_anchor_generator=AnchorGenerator(sizes, (tuple(anchors["aspectRatios"]),) * len(sizes)),
        rpn_pre_nms_top_n_train=rpn["preNms"]["train"],
        rpn_pre_nms_top_n_test=rpn["preNms"]["test"],
        rpn_post_nms_top_n_train=rpn["postNms"]["train"],
        rpn_post_nms_top_n_test=rpn["postNms"]["test"],
        rpn_nms_thresh=rpn["nmsThreshold"],
        rpn_fg_iou_thresh=rpn["iouThresholds"][1],
        rpn_bg_iou_thresh=rpn["iouThresholds"][0],
        rpn_batch_size_per_image=rpn["batchSizePerImage"],
        rpn_positive_fraction=rpn["positiveFraction"],
        box_head=TwoMLPHead(channels * roi["box"]["pooledSize"] ** 2, hidden),
        box_predictor=FastRCNNPredictor(hidden, CLASSES),
        box_score_thresh=roi["scoreThreshold"],
        box_nms_thresh=roi["nmsThreshold"],
        box_detections_per_img=roi["detectionsPerImage"],
        box_fg_iou_thresh=roi["iouThreshold"],
        box_bg_iou_thresh=roi["iouThreshold"],
        box_batch_size_per_image=roi["batchSizePerImage"],
        box_positive_fraction=roi["positiveFraction"],
        mask_head=MaskRCNNHeads(channels, (masked,) * roi["mask"]["convolutions"], 1),
        mask_predictor=MaskRCNNPredictor(masked, masked, CLASSES),
    )
    model.transform = AsItComes(1, 1, [0.0], [1.0], size_divisible=config["sizeDivisibility"])
    return model


def load(model, tensors):
    """Ours has background last, and neither boxes nor masks for it: those stay as torchvision drew them."""
    known = set()
    state = model.state_dict()
    for name, own in state.items():
        if "num_batches_tracked" in name:
            continue
        tensor = tensors[detectron2_name(name)]
        known.add(detectron2_name(name))
        if "box_predictor.cls_score" in name:
            own.copy_(torch.roll(tensor, 1, 0))
        elif "box_predictor.bbox_pred" in name:
            own[4:].copy_(tensor)
        elif "mask_fcn_logits" in name:
            own[1:].copy_(tensor)
        elif own.shape != tensor.shape:
            raise ValueError(f"{name}: expected {list(own.shape)}, got {list(tensor.shape)}")
        else:
            own.copy_(tensor)
    left = sorted(set(tensors) - known)
    if left:
        raise ValueError(f"the weights have what torchvision's network lacks: {left}")


def in_bfloat16(module):
    """Within it bfloat16, to it and from it float32: a box of several hundred pixels has no place in 8 bits of mantissa."""
    forward = module.forward

    def cast(*inputs):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = forward(*inputs)
        return as_float(found)

    module.forward = cast


def as_float(found):
    if isinstance(found, torch.Tensor):
        return found.float()
    if isinstance(found, dict):
        return type(found)((name, value.float()) for name, value in found.items())
    return type(found)(as_float(one) for one in found)


class Training:
    def __init__(self, request):
        self.config = request["model"]
        torch.manual_seed(request["seed"])
        self.model = build(self.config)
        with torch.no_grad():
            load(self.model, read_safetensors(request["weights"]))
        if request["dtype"] == "bfloat16":
            heads = self.model.roi_heads
            for module in (self.model.backbone, self.model.rpn.head, heads.box_head, heads.mask_head):
                in_bfloat16(module)
        rule = request["optimizer"]
        self.clip = rule["clipNorm"]
        self.optimizer = torch.optim.AdamW(
            self.groups(rule),
            betas=(rule["method"]["beta1"], rule["method"]["beta2"]),
        )
        self.path = request["checkpoint"]
        self.done = 0
        if os.path.exists(self.path):
            kept = torch.load(self.path)
            self.model.load_state_dict(kept["model"])
            self.optimizer.load_state_dict(kept["optimizer"])
            torch.set_rng_state(kept["random"])
            self.done = kept["step"]

    def groups(self, rule):
        norms, others = [], []
        for module in self.model.modules():
            for parameter in module.parameters(recurse=False):
                if parameter.requires_grad:
                    (norms if isinstance(module, MeasuredNorm) else others).append(parameter)
        return [
            {"params": others, "weight_decay": rule["weightDecay"]},
            {"params": norms, "weight_decay": rule["normWeightDecay"]},
        ]

    def images(self, request):
        """float32 grey values of each image, then the masks of its objects as bytes."""
        mean = torch.tensor(self.config["pixelMean"]).reshape(3, 1, 1)
        images, targets = [], []
        with open(request["file"], "rb") as file:
            for one in request["images"]:
                height, width, boxes = one["height"], one["width"], one["boxes"]
                gray = torch.frombuffer(bytearray(file.read(4 * height * width)), dtype=torch.float32)
                images.append(gray.reshape(1, height, width) - mean)
                masks = bytearray(file.read(len(boxes) * height * width))
                masks = torch.frombuffer(masks, dtype=torch.uint8) if boxes else torch.zeros(0, dtype=torch.uint8)
                targets.append(
                    {
                        "boxes": torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4),
                        "labels": torch.ones(len(boxes), dtype=torch.int64),
                        "masks": masks.reshape(len(boxes), height, width),
                    }
                )
        return images, targets

    def step(self, request):
        images, targets = self.images(request)
        self.model.train()
        losses = self.model(images, targets)
        self.optimizer.zero_grad()
        sum(losses.values()).backward()
        trained = [parameter for group in self.optimizer.param_groups for parameter in group["params"]]
        nn.utils.clip_grad_norm_(trained, self.clip)
        for group in self.optimizer.param_groups:
            group["lr"] = request["learningRate"]
        self.optimizer.step()
        self.done += 1
        return {"losses": {name: float(value) for name, value in losses.items()}}

    def detect(self, request):
        images, _ = self.images(request)
        self.model.eval()
        with torch.no_grad():
            (found,) = self.model(images)
        return {
            "boxes": found["boxes"].tolist(),
            "scores": found["scores"].tolist(),
            "masks": found["masks"].flatten(1).tolist(),
        }

    def keep(self, request):
        kept = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "random": torch.get_rng_state(),
            "step": self.done,
        }
        torch.save(kept, self.path + ".tmp")
        os.replace(self.path + ".tmp", self.path)
        return {}


def main():
    torch.set_num_threads(int(sys.argv[1]))
    training = None
    for line in sys.stdin:
        try:
            request = json.loads(line)
            if request["action"] == "hello":
                reply = {"torch": torch.__version__, "torchvision": torchvision.__version__}
            elif request["action"] == "prepare":
                training = Training(request)
                reply = {"done": training.done}
            else:
                reply = getattr(training, request["action"])(request)
        except Exception as error:  # told to the asker, who decides
            traceback.print_exc()
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


main()
