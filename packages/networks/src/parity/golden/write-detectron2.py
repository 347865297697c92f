"""Reference numbers of Detectron2's own Mask R-CNN, written by Detectron2.

    git clone https://github.com/facebookresearch/detectron2 && touch detectron2/detectron2/_C.py
    apt-get install python3-torchvision
    python3 -m venv --system-site-packages venv
    venv/bin/pip install fvcore iopath omegaconf cloudpickle pycocotools packaging matplotlib
    UPDATE_GOLDEN=1 PYTHONPATH=detectron2 venv/bin/python \\
        packages/networks/src/parity/golden/write-detectron2.py
    npx biome format --write packages/networks/src/parity/golden

Written with Detectron2 at 02b5c4e295e9 on torch 1.13 and torchvision 0.14. Its C++ operators are
not compiled: an axis-aligned Mask R-CNN takes RoIAlign and suppression from torchvision.

No weights are stored: both sides fill the tensors from their names by the `rules` that stand in the
file. Nothing is drawn by chance, either: both samplers are asked for more than there is.
"""

import json
import os
import pathlib
import re
import sys

import numpy
import torch
import torchvision
from detectron2.config import get_cfg
from detectron2.modeling import build_model
from detectron2.structures import Boxes, Instances, PolygonMasks
from detectron2.utils.events import EventStorage
from pycocotools import mask as coco

OUT = pathlib.Path(__file__).parent / "detectron2.json"

# Of the first that is found in a name: `offset + scale * u`, u from -1 to 1; the scale of what has
# more than one dimension is times the square root of 3 / inputs, which makes it the gain.
RULES = [
    ["running_var", 1, 0.2],
    ["conv3.norm.weight", 0.3, 0.05],
    ["norm.weight", 1, 0.1],
    ["stem.conv1.weight", 0, 0.02],
    ["objectness_logits.weight", 0, 0.7],
    ["anchor_deltas.weight", 0, 0.12],
    ["cls_score.weight", 0, 0.3],
    ["bbox_pred.weight", 0, 0.2],
    ["predictor.weight", 0, 0.6],
    ["norm.bias", 0, 0.3],
    ["bias", 0, 0.1],
    ["", 0, 1.4],
]

# How much a result may change where every weight is off by a millionth.
STABLE = {"losses": 5e-5, "gradients": 1e-3, "proposals": 1e-5, "detections": 5e-3}
TRIALS = 6

SIZES = [[120, 157], [150, 130]]
TRUTHS = [
    {
        "boxes": [[12.3, 8.6, 52.7, 61.2], [60.4, 30.7, 118.9, 71.8]],
        "classes": [0, 2],
        "polygons": [
            [[12.3, 20.1, 30.2, 8.6, 52.7, 35.4, 40.3, 61.2, 18.8, 50.5]],
            [
                [60.4, 30.7, 90.2, 33.3, 84.1, 71.8],
                [95.5, 40.2, 118.9, 44.4, 117.2, 60.3, 99.8, 66.1],
            ],
        ],
    },
    {
        "boxes": [[20.2, 15.9, 74.6, 103.3]],
        "classes": [1],
        "polygons": [[[20.2, 40.7, 47.7, 15.9, 74.6, 60.2, 52.1, 103.3]]],
    },
]


def uniform(name, count):
    """`count` numbers in [-1, 1) that depend on the name and the place alone."""
    seed = 0
    for character in name:
        seed = (seed * 31 + ord(character)) & 0xFFFFFFFF
    x = (numpy.arange(count, dtype=numpy.uint64) + numpy.uint64(seed)) * numpy.uint64(2654435761)
    x &= numpy.uint64(0xFFFFFFFF)
    x ^= x >> numpy.uint64(15)
    x = (x * numpy.uint64(2246822519)) & numpy.uint64(0xFFFFFFFF)
    x ^= x >> numpy.uint64(13)
    return x.astype(numpy.float64) / 2**31 - 1


def fill(name, shape):
    _, offset, scale = next(rule for rule in RULES if rule[0] in name)
    if len(shape) > 1:
        scale *= numpy.sqrt(3 / numpy.prod(shape[1:]))
    values = offset + scale * uniform(name, int(numpy.prod(shape)))
    return torch.from_numpy(values.astype(numpy.float32).reshape(shape))


def image(index):
    """Grey stripes and noise, 0 to 255."""
    height, width = SIZES[index]
    y, x = numpy.mgrid[:height, :width]
    noise = uniform(f"image {index}", height * width).reshape(height, width)
    grey = (5 * x + (3 + 4 * index) * y) % 97 * 2 + 15 * (1 + noise)
    return torch.from_numpy(grey.astype(numpy.float32)).expand(3, -1, -1)


def configuration():
    cfg = get_cfg()
    root = pathlib.Path(sys.modules["detectron2"].__file__).parents[1]
    cfg.merge_from_file(str(root / "configs/COCO-InstanceSegmentation/mask_rcnn_R_50_FPN_3x.yaml"))
    cfg.MODEL.DEVICE = "cpu"
    cfg.MODEL.WEIGHTS = ""
    # A thin network; all that is not a width is Detectron2's.
    cfg.MODEL.RESNETS.STEM_OUT_CHANNELS = 16
    cfg.MODEL.RESNETS.RES2_OUT_CHANNELS = 64
    cfg.MODEL.RESNETS.WIDTH_PER_GROUP = 16
    cfg.MODEL.FPN.OUT_CHANNELS = 32
    cfg.MODEL.ROI_BOX_HEAD.FC_DIM = 32
    cfg.MODEL.ROI_MASK_HEAD.CONV_DIM = 16
    cfg.MODEL.ROI_HEADS.NUM_CLASSES = 3
    # Everything is taken.
    cfg.MODEL.RPN.BATCH_SIZE_PER_IMAGE = 20000
    cfg.MODEL.ROI_HEADS.BATCH_SIZE_PER_IMAGE = 4096
    cfg.MODEL.ROI_HEADS.POSITIVE_FRACTION = 0.5
    cfg.TEST.DETECTIONS_PER_IMAGE = 20
    return cfg


def batch(with_truths):
    result = []
    for index, truth in enumerate(TRUTHS):
        entry = {"image": image(index)}
        if with_truths:
            instances = Instances(tuple(SIZES[index]))
            instances.gt_boxes = Boxes(torch.tensor(truth["boxes"]))
            instances.gt_classes = torch.tensor(truth["classes"])
            instances.gt_masks = PolygonMasks(truth["polygons"])
            entry["instances"] = instances
        result.append(entry)
    return result


def sizes_of(proposals):
    """How many of each image, and the sum of their sides' lengths."""
    boxes = [each.proposal_boxes.tensor for each in proposals]
    return [[len(each), float((each[:, 2:] - each[:, :2]).sum())] for each in boxes]


def run(model):
    found = {}
    proposals = []
    hook = model.proposal_generator.register_forward_hook(
        lambda module, inputs, output: proposals.append(sizes_of(output[0]))
    )
    with EventStorage():
        losses = model.train()(batch(True))
    model.zero_grad()
    sum(losses.values()).backward()
    found["losses"] = {name: float(value) for name, value in sorted(losses.items())}
    found["gradients"] = {
        name: float(parameter.grad.norm())
        for name, parameter in model.named_parameters()
        if parameter.requires_grad
    }
    with torch.no_grad():
        detections = model.eval()(batch(False))
    hook.remove()
    found["proposals"] = dict(zip(("train", "test"), proposals))
    found["detections"] = [
        {
            "boxes": instances.pred_boxes.tensor.tolist(),
            "classes": instances.pred_classes.tolist(),
            "scores": instances.scores.tolist(),
            "masks": [run_lengths(mask) for mask in instances.pred_masks],
        }
        for instances in (each["instances"] for each in detections)
    ]
    return found


def run_lengths(mask):
    return coco.encode(numpy.asfortranarray(mask.numpy().astype(numpy.uint8)))["counts"].decode()


def largest_difference(one, other):
    """Relative to the larger; lists of different lengths differ by 1."""
    if isinstance(one, dict):
        return max((largest_difference(one[key], other[key]) for key in one), default=0)
    if isinstance(one, list):
        if len(one) != len(other):
            return 1
        return max((largest_difference(*pair) for pair in zip(one, other)), default=0)
    if isinstance(one, str):
        return 0  # a mask, of which a pixel may be in or out
    return abs(one - other) / max(abs(one), abs(other), 1e-9)


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [rounded(entry) for entry in value]
    return float(f"{value:.7g}") if isinstance(value, float) else value


def main():
    if os.environ.get("UPDATE_GOLDEN") != "1":
        sys.exit("set UPDATE_GOLDEN=1 to write the golden file")
    torch.set_num_threads(1)
    model = build_model(configuration())
    state = {
        name: fill(name, tensor.shape)
        for name, tensor in model.state_dict().items()
        if not name.startswith("pixel_") and "cell_anchors" not in name
    }
    model.load_state_dict(state, strict=False)
    found = run(model)

    # Another machine rounds otherwise, which must not decide which proposals survive.
    generator = torch.Generator().manual_seed(1)
    for _ in range(TRIALS):
        model.load_state_dict(
            {
                name: tensor * (1 + 1e-6 * torch.randn(tensor.shape, generator=generator))
                for name, tensor in state.items()
            },
            strict=False,
        )
        other = run(model)
        for key, limit in STABLE.items():
            difference = largest_difference(found[key], other[key])
            print(f"with noise, {key} differ by {difference:.1e}")
            if difference > limit:
                sys.exit(f"{key} depend on the last bit of the weights: change RULES a little")

    golden = {
        "detectron2": "02b5c4e295e9",
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "rules": RULES,
        "sizes": SIZES,
        "truths": TRUTHS,
        **rounded(found),
    }
    OUT.write_text(json.dumps(golden) + "\n")
    print(OUT, OUT.stat().st_size, "bytes")


main()
