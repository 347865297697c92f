"""Reference numbers of packages/networks's heads, written by torchvision.

    apt-get install python3-torchvision
    UPDATE_GOLDEN=1 /usr/bin/python3 tools/golden/networks_heads.py
    npx biome format --write packages/networks/src/mask-rcnn/*/golden

Weights, features and predictions come from `wave`, which the tests compute alike. Where
torchvision's conventions differ from Detectron2's, its parts are put together by Detectron2's:
anchors are not rounded, RoIAlign is aligned and adaptive, losses are divided as there, and the
background is the last class (torchvision's first).
"""

import json
import math
import os
import pathlib
import sys

import torch
import torch.nn.functional as F
from torchvision.models.detection import _utils, anchor_utils, image_list, roi_heads, rpn
from torchvision.ops import boxes as box_ops
from torchvision.ops import poolers, roi_align

SRC = pathlib.Path(__file__).parents[2] / "packages/networks/src"
STRIDES = [4, 8, 16, 32, 64]


def wave(shape, seed, scale):
    count = math.prod(shape)
    values = [scale * math.sin(0.013 * i * i + 1.7 * i + seed) for i in range(count)]
    return torch.tensor(values, dtype=torch.float64).to(torch.float32).reshape(shape)


def rounded(tensor, digits=5):
    if tensor.dim() > 1:
        return [rounded(row, digits) for row in tensor]
    return [round(float(v), digits) for v in tensor]


def significant(value):
    return float(f"{float(value):.7g}")


def gradients(parameters):
    """Of each parameter the sum of absolute gradients, and the first three."""
    return {
        name: [significant(p.grad.abs().sum())] + [significant(v) for v in p.grad.flatten()[:3]]
        for name, p in parameters.items()
    }


def conv(parameters, name, shape, seed, scale):
    parameters[f"{name}.weight"] = wave(shape, seed, scale).requires_grad_()
    parameters[f"{name}.bias"] = wave(shape[:1], seed + 1, 0.1).requires_grad_()


def proposals():
    channels, sizes = 8, [[8], [16], [32], [64], [128]]
    ratios = [0.5, 1.0, 2.0]
    image_sizes = [(64, 96), (60, 90)]
    features = [
        wave([2, channels, math.ceil(64 / s), math.ceil(96 / s)], 10 + i, 1.0)
        for i, s in enumerate(STRIDES)
    ]
    p = {}
    conv(p, "conv", [channels, channels, 3, 3], 1, 0.2)
    conv(p, "objectness_logits", [3, channels, 1, 1], 3, 1.0)
    conv(p, "anchor_deltas", [12, channels, 1, 1], 5, 0.2)

    generator = anchor_utils.AnchorGenerator()
    generator.cell_anchors = []
    for (size,) in sizes:
        cell = []
        for ratio in ratios:
            w = math.sqrt(size * size / ratio)
            cell.append([-w / 2, -ratio * w / 2, w / 2, ratio * w / 2])
        generator.cell_anchors.append(torch.tensor(cell))
    grids = [list(f.shape[-2:]) for f in features]
    strides = [[torch.tensor(s), torch.tensor(s)] for s in STRIDES]
    levels = generator.grid_anchors(grids, strides)
    anchors = torch.cat(levels)

    logits, deltas = [], []
    for f in features:
        t = F.relu(F.conv2d(f, p["conv.weight"], p["conv.bias"], padding=1))
        l = F.conv2d(t, p["objectness_logits.weight"], p["objectness_logits.bias"])
        d = F.conv2d(t, p["anchor_deltas.weight"], p["anchor_deltas.bias"])
        logits.append(rpn.permute_and_flatten(l, 2, 3, 1, *l.shape[-2:]).flatten(1))
        deltas.append(rpn.permute_and_flatten(d, 2, 3, 4, *d.shape[-2:]))
    counts = [l.shape[1] for l in logits]
    logits, deltas = torch.cat(logits, 1), torch.cat(deltas, 1)

    coder = _utils.BoxCoder((1.0, 1.0, 1.0, 1.0))
    network = rpn.RegionProposalNetwork(
        generator, None, 0.7, 0.3, 256, 0.5,
        {"training": 100, "testing": 100}, {"training": 50, "testing": 50}, 0.7,
    )  # fmt: skip
    with torch.no_grad():
        decoded = torch.stack([coder.decode(d, [anchors]).squeeze(1) for d in deltas])
        found, _ = network.filter_proposals(decoded, logits, image_sizes, counts)

    truths = [torch.tensor([[10.0, 8.0, 41.0, 37.5], [60.2, 5.0, 70.0, 61.0]]), torch.zeros(0, 4)]
    matcher = _utils.Matcher(0.7, 0.3, allow_low_quality_matches=True)
    class_loss, box_loss, label_counts = 0, 0, []
    for image, truth in enumerate(truths):
        if len(truth) == 0:
            match = torch.full([len(anchors)], -1)
        else:
            match = matcher(box_ops.box_iou(truth, anchors))
        used, objects = match != -2, match >= 0
        label_counts.append([int(objects.sum()), int((match == -1).sum()), int((match == -2).sum())])
        class_loss = class_loss + F.binary_cross_entropy_with_logits(
            logits[image][used], objects[used].float(), reduction="sum"
        )
        if objects.any():
            wanted = coder.encode_single(truth[match[objects]], anchors[objects])
            box_loss = box_loss + F.l1_loss(deltas[image][objects], wanted, reduction="sum")
    normaliser = len(anchors) * len(truths)
    class_loss, box_loss = class_loss / normaliser, box_loss / normaliser
    (class_loss + box_loss).backward()
    return {
        "anchorCount": len(anchors),
        "anchors": rounded(anchors[::97]),
        "labelCounts": label_counts,
        "proposals": [rounded(boxes, 4) for boxes in found],
        "classLoss": significant(class_loss),
        "boxLoss": significant(box_loss),
        "gradients": gradients(p),
    }


def background_first(scores):
    return torch.cat([scores[:, -1:], scores[:, :-1]], 1)


def regions():
    channels, classes, hidden = 8, 3, 32
    features = [
        wave([2, channels, 256 // s, 320 // s], 20 + i, 1.0) for i, s in enumerate(STRIDES[:4])
    ]
    proposals = [
        torch.tensor([[5.5, 7.25, 60.0, 48.0], [0.0, 0.0, 320.0, 256.0], [30.0, 20.0, 142.0, 132.0],
                      [100.0, 10.0, 312.0, 250.0], [200.5, 100.0, 215.0, 140.25]]),
        torch.tensor([[12.0, 30.0, 180.0, 200.0], [40.0, 40.0, 152.1, 152.1], [300.0, 200.0, 320.0, 256.0],
                      [10.0, 10.0, 11.0, 13.0]]),
    ]  # fmt: skip
    labels = [torch.tensor([0, 3, 2, 1, 3]), torch.tensor([1, 3, 3, 0])]
    truths = [[[8.0, 9.0, 62.0, 50.0], [20.0, 25.0, 150.0, 120.0]], [[14.0, 14.0, 170.0, 190.0]]]
    matched = [torch.tensor([0, 0, 1, 1, 0]), torch.tensor([0, 0, 0, 0])]

    p = {}
    conv(p, "box_head.fc1", [hidden, channels * 49], 1, 0.1)
    conv(p, "box_head.fc2", [hidden, hidden], 3, 0.3)
    conv(p, "box_predictor.cls_score", [classes + 1, hidden], 5, 0.5)
    conv(p, "box_predictor.bbox_pred", [classes * 4, hidden], 7, 0.2)
    for i in range(4):
        conv(p, f"mask_head.mask_fcn{i + 1}", [channels, channels, 3, 3], 9 + 2 * i, 0.25)
    p["mask_head.deconv.weight"] = wave([channels, channels, 2, 2], 17, 0.4).requires_grad_()
    p["mask_head.deconv.bias"] = wave([channels], 18, 0.1).requires_grad_()
    conv(p, "mask_head.predictor", [classes, channels, 1, 1], 19, 0.5)

    level_of = poolers.LevelMapper(2, 5, canonical_scale=112)(proposals)
    rois = torch.cat([torch.cat([torch.full([len(b), 1], float(i)), b], 1) for i, b in enumerate(proposals)])

    def pool(size, chosen):
        out = torch.zeros(len(chosen), channels, size, size)
        for level, f in enumerate(features):
            own = (level_of[chosen] == level).nonzero().squeeze(1)
            out[own] = roi_align(f, rois[chosen][own], size, 1 / STRIDES[level], -1, True)
        return out

    everything = torch.arange(len(rois))
    x = pool(7, everything)
    pooled = [significant(v) for v in x.abs().sum((1, 2, 3))]
    x = x.flatten(1)
    for name in ["box_head.fc1", "box_head.fc2"]:
        x = F.relu(F.linear(x, p[f"{name}.weight"], p[f"{name}.bias"]))
    logits = F.linear(x, p["box_predictor.cls_score.weight"], p["box_predictor.cls_score.bias"])
    deltas = F.linear(x, p["box_predictor.bbox_pred.weight"], p["box_predictor.bbox_pred.bias"])

    coder = _utils.BoxCoder((10.0, 10.0, 5.0, 5.0))
    wanted = coder.encode([torch.tensor(t)[m] for t, m in zip(truths, matched)], proposals)
    first = [(own + 1) % (classes + 1) for own in labels]
    with_background = torch.cat([torch.zeros(len(rois), 4), deltas], 1)
    class_loss, box_loss = roi_heads.fastrcnn_loss(background_first(logits), with_background, first, list(wanted))

    objects = (torch.cat(labels) < classes).nonzero().squeeze(1)
    y = pool(14, objects)
    for i in range(4):
        y = F.relu(F.conv2d(y, p[f"mask_head.mask_fcn{i + 1}.weight"], p[f"mask_head.mask_fcn{i + 1}.bias"], padding=1))
    y = F.relu(F.conv_transpose2d(y, p["mask_head.deconv.weight"], p["mask_head.deconv.bias"], stride=2))
    y = F.conv2d(y, p["mask_head.predictor.weight"], p["mask_head.predictor.bias"])
    # The outlines of the test cover every region, so that each target is all ones.
    own = y[torch.arange(len(objects)), torch.cat(labels)[objects]]
    mask_loss = F.binary_cross_entropy_with_logits(own, torch.ones_like(own))
    (class_loss + box_loss + mask_loss).backward()

    sharp = wave([40, classes + 1], 31, 2.0)
    moves = wave([40, classes * 4], 33, 1.5)
    boxes = wave([40, 4], 35, 40.0) + torch.tensor([110.0, 90.0, 200.0, 170.0])
    heads = roi_heads.RoIHeads(None, None, None, 0.5, 0.5, 512, 0.25, None, 0.05, 0.5, 20)
    found, scores, found_classes = heads.postprocess_detections(
        background_first(sharp),
        torch.cat([torch.zeros(40, 4), moves], 1),
        [boxes[:25], boxes[25:]],
        [(200, 240), (190, 220)],
    )
    return {
        "levels": [int(v) for v in level_of],
        "pooled": pooled,
        "logits": rounded(logits),
        "deltas": rounded(deltas),
        "masks": [[significant(v) for v in m.flatten()[::97]] for m in y],
        "boxClass": significant(class_loss),
        "boxRegression": significant(box_loss),
        "mask": significant(mask_loss),
        "gradients": gradients(p),
        "detections": [
            {"boxes": rounded(b, 3), "scores": rounded(s), "classes": [int(v) - 1 for v in c]}
            for b, s, c in zip(found, scores, found_classes)
        ],
    }


def write(path, value):
    if os.environ.get("UPDATE_GOLDEN") != "1":
        if json.loads(path.read_text()) != value:
            sys.exit(f"{path} differs; UPDATE_GOLDEN=1 rewrites it")
        return
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value) + "\n")


torch.set_num_threads(1)
write(SRC / "mask-rcnn/proposals/golden/proposals.json", proposals())
write(SRC / "mask-rcnn/regions/golden/regions.json", regions())
