"""torchvision's Mask R-CNN doing the same work as ours: one training step, or one detection.

Frozen norms, stem and res2 frozen, images of the exact size (no resize), Detectron2's
proposal counts. Its random weights and the images go to a file, under Detectron2's names,
from which our side starts.
"""
import json
import struct

import torch
import torch.nn.functional as functional
import torchvision
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.ops.misc import FrozenBatchNorm2d

CLASSES = 2  # one class and background


def follow_detectron2(model):
    """Detectron2 does not round its anchors, and pools with RoIAlign's half-pixel shift."""
    generator = model.rpn.anchor_generator
    generator.cell_anchors = [
        exact_anchors(sizes, ratios) for sizes, ratios in zip(generator.sizes, generator.aspect_ratios)
    ]
    torchvision.ops.poolers.roi_align = aligned_roi_align


def exact_anchors(sizes, ratios):
    """Centred boxes of the area size * size and each height-to-width ratio, ratios first."""
    heights = torch.sqrt(torch.tensor(ratios))
    widths = 1 / heights
    w = (widths[:, None] * torch.tensor(sizes, dtype=torch.float32)[None]).flatten()
    h = (heights[:, None] * torch.tensor(sizes, dtype=torch.float32)[None]).flatten()
    return torch.stack([-w, -h, w, h], 1) / 2


def aligned_roi_align(features, boxes, *args, **kwargs):
    return torchvision.ops.roi_align(features, boxes, *args, aligned=True, **kwargs)


def build(height, width):
    torch.manual_seed(0)
    backbone = resnet_fpn_backbone(
        backbone_name="resnet50", weights=None, norm_layer=FrozenBatchNorm2d, trainable_layers=3
    )
    model = MaskRCNN(
        backbone,
        num_classes=CLASSES,
        min_size=min(height, width),
        max_size=max(height, width),
        image_mean=[0.0, 0.0, 0.0],
        image_std=[1.0, 1.0, 1.0],
        rpn_pre_nms_top_n_train=2000,
        rpn_pre_nms_top_n_test=1000,
        rpn_post_nms_top_n_train=1000,
        rpn_post_nms_top_n_test=1000,
    )
    follow_detectron2(model)
    # Random deltas as large as random initialisation makes them would put boxes anywhere.
    with torch.no_grad():
        model.roi_heads.box_predictor.bbox_pred.weight.mul_(0.01)
        model.roi_heads.box_predictor.cls_score.weight.mul_(0.1)
    # Random convolutions under the identity as norm would blow up: a unit gain at every block.
    for name, module in model.named_modules():
        if isinstance(module, FrozenBatchNorm2d) and name.endswith("bn3"):
            module.weight.fill_(0.2)
    return model


def detectron2_name(name):
    """The parameter's name in Detectron2, where torchvision's differs."""
    table = [
        ("backbone.body.conv1.", "backbone.bottom_up.stem.conv1."),
        ("backbone.body.bn1.", "backbone.bottom_up.stem.conv1.norm."),
        ("rpn.head.conv.0.0.", "proposal_generator.rpn_head.conv."),
        ("rpn.head.cls_logits.", "proposal_generator.rpn_head.objectness_logits."),
        ("rpn.head.bbox_pred.", "proposal_generator.rpn_head.anchor_deltas."),
        ("roi_heads.box_head.fc6.", "roi_heads.box_head.fc1."),
        ("roi_heads.box_head.fc7.", "roi_heads.box_head.fc2."),
        ("roi_heads.mask_predictor.conv5_mask.", "roi_heads.mask_head.deconv."),
        ("roi_heads.mask_predictor.mask_fcn_logits.", "roi_heads.mask_head.predictor."),
    ]
    for layer in range(1, 5):
        table.append((f"backbone.body.layer{layer}.", f"backbone.bottom_up.res{layer + 1}."))
        table.append((f"backbone.fpn.inner_blocks.{layer - 1}.0.", f"backbone.fpn_lateral{layer + 1}."))
        table.append((f"backbone.fpn.layer_blocks.{layer - 1}.0.", f"backbone.fpn_output{layer + 1}."))
        table.append((f"roi_heads.mask_head.{layer - 1}.0.", f"roi_heads.mask_head.mask_fcn{layer}."))
    for theirs, ours in table:
        if name.startswith(theirs):
            name = ours + name[len(theirs):]
            break
    for number in (1, 2, 3):
        name = name.replace(f".bn{number}.", f".conv{number}.norm.")
    return name.replace(".downsample.0.", ".shortcut.").replace(".downsample.1.", ".shortcut.norm.")


def detectron2_state(model):
    """Detectron2 has background last and no boxes or masks for it."""
    state = {}
    for name, tensor in model.state_dict().items():
        if "num_batches_tracked" in name:
            continue
        if "box_predictor.cls_score" in name:
            tensor = torch.roll(tensor, -1, 0)
        elif "box_predictor.bbox_pred" in name:
            tensor = tensor[4:]
        elif "mask_fcn_logits" in name:
            tensor = tensor[1:]
        state[detectron2_name(name)] = tensor.detach().float().contiguous()
    return state


def write_safetensors(path, tensors):
    header, offset, parts = {}, 0, []
    for name, tensor in tensors.items():
        data = tensor.numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
        parts.append(data)
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for part in parts:
            file.write(part)


def images_of(count, height, width):
    """Smooth random structure at several scales, about as strong as a radiograph's."""
    torch.manual_seed(1)
    image = torch.zeros(count, 1, height, width)
    for size in (4, 16, 64):
        noise = torch.randn(count, 1, size, size)
        image += functional.interpolate(noise, (height, width), mode="bicubic", align_corners=False)
    return (image * 40).repeat(1, 3, 1, 1).contiguous()


def targets_of(boxes, height, width):
    targets = []
    for of_image in boxes:
        masks = torch.zeros(len(of_image), height, width, dtype=torch.uint8)
        for index, (x1, y1, x2, y2) in enumerate(of_image):
            masks[index, y1:y2, x1:x2] = 1
        targets.append(
            {
                "boxes": torch.tensor(of_image, dtype=torch.float32),
                "labels": torch.ones(len(of_image), dtype=torch.int64),
                "masks": masks,
            }
        )
    return targets


def force_bfloat16():
    """What torchvision 0.14 lacks for training in bfloat16 on a CPU: casts around three operators."""
    nms, roi_align = torchvision.ops.boxes.nms, torchvision.ops.roi_align

    def nms_float(boxes, scores, threshold):
        return nms(boxes.float(), scores.float(), threshold)

    def roi_align_float(features, boxes, *args, **kwargs):
        boxes = [b.float() for b in boxes] if isinstance(boxes, (list, tuple)) else boxes.float()
        return roi_align(features.float(), boxes, *args, aligned=True, **kwargs).to(features.dtype)

    torchvision.ops.boxes.nms = nms_float
    torchvision.ops.poolers.roi_align = roi_align_float
    torchvision.models.detection.roi_heads.roi_align = roi_align_float


def cast_transposed(model):
    deconvolution = model.roi_heads.mask_predictor.conv5_mask

    def forward(x):
        return functional.conv_transpose2d(
            x, deconvolution.weight.to(x.dtype), deconvolution.bias.to(x.dtype), stride=2
        )

    deconvolution.forward = forward


def prepare(request):
    height, width = request["height"], request["width"]
    variant = request["variant"]
    model = build(height, width)
    if variant.startswith("detectron2"):
        import detectron2_mask_rcnn

        images = images_of(request["images"], height, width)
        return detectron2_mask_rcnn.prepare(request, detectron2_state(model), images)
    images = images_of(request["images"], height, width)
    if "write" in request:
        write_safetensors(request["write"], {**detectron2_state(model), "images": images})
    if variant == "bfloat16":
        force_bfloat16()
        cast_transposed(model)
    if variant != "float32":
        model = model.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    autocast = lambda: torch.autocast("cpu", dtype=torch.bfloat16, enabled=variant == "bfloat16")
    batch = list(images)
    if request["task"] == "detection":
        model.eval()

        def detect():
            with torch.no_grad(), autocast():
                return model(batch)

        found = detect()
        return detect, {
            "boxes": [image["boxes"].float().tolist() for image in found],
            "scores": [image["scores"].float().tolist() for image in found],
            "maskAreas": [(image["masks"] > 0.5).float().sum((1, 2, 3)).tolist() for image in found],
        }

    model.train()
    targets = targets_of(request["boxes"], height, width)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(trained, lr=1e-4, momentum=0.9, weight_decay=1e-4, foreach=True)

    def step():
        with autocast():
            losses = model(batch, targets)
        total = sum(loss.float() for loss in losses.values())
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        return losses

    first = {name: float(value) for name, value in step().items()}
    return step, {"losses": first, "trained": sum(p.numel() for p in trained)}
