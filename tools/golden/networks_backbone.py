"""Reference features and gradients of packages/networks's backbone, written by torchvision.

    UPDATE_GOLDEN=1 python3 tools/golden/networks_backbone.py

Needs Debian's python3-torchvision (written with 0.14 on torch 1.13). No weights are stored: both
sides fill the tensors, by Detectron2's names, with the same hash of name and place.
"""

import json
import os
import pathlib
import sys

import numpy as np
import torch
import torchvision
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.ops.misc import FrozenBatchNorm2d

from named_numbers import uniform

OUT = pathlib.Path(__file__).parents[2] / "packages/networks/src/backbones/golden/backbone.json"
SAMPLES = 12
HEIGHT, WIDTH = 64, 96


def fill(name, shape):
    u = uniform(name, int(np.prod(shape)))
    if name.endswith("running_var"):
        u = 1 + 0.2 * u
    elif name.endswith("conv3.norm.weight"):
        u = 0.3 + 0.05 * u
    elif name.endswith("norm.weight"):
        u = 1 + 0.1 * u
    elif len(shape) == 1:
        u = 0.1 * u
    else:
        u = u * np.sqrt(3 / np.prod(shape[1:]))
    return torch.from_numpy(u.astype(np.float32).reshape(shape))


def detectron2_name(name):
    """backbone.* names of Detectron2 from torchvision's."""
    head, rest = name.split(".", 1)
    if head == "fpn":
        kind, level, _, parameter = rest.split(".")
        kind = {"inner_blocks": "fpn_lateral", "layer_blocks": "fpn_output"}[kind]
        return f"{kind}{int(level) + 2}.{parameter}"
    rest = rest.replace("layer1", "res2").replace("layer2", "res3")
    rest = rest.replace("layer3", "res4").replace("layer4", "res5")
    rest = rest.replace("downsample.0", "shortcut").replace("downsample.1", "shortcut.norm")
    for i in "123":
        rest = rest.replace(f"bn{i}.", f"conv{i}.norm.")
    return "bottom_up." + (rest if rest.startswith("res") else "stem." + rest)


def samples(tensor):
    flat = tensor.detach().flatten()
    step = max(1, flat.numel() // SAMPLES)
    return [float(v) for v in flat[::step][:SAMPLES]]


def main():
    if os.environ.get("UPDATE_GOLDEN") != "1":
        sys.exit("set UPDATE_GOLDEN=1 to write the golden file")
    torch.set_num_threads(1)
    model = resnet_fpn_backbone(
        backbone_name="resnet50", weights=None, norm_layer=FrozenBatchNorm2d, trainable_layers=3
    )
    model.load_state_dict(
        {k: fill(detectron2_name(k), v.shape) for k, v in model.state_dict().items()}
    )
    grey = uniform("image", 3 * HEIGHT * WIDTH).astype(np.float32) * 10
    image = torch.from_numpy(grey.reshape(1, 3, HEIGHT, WIDTH))
    features = model(image)
    loss = sum(
        (f * fill(f"weigh{i}", f.shape)).sum() for i, f in enumerate(features.values())
    )
    loss.backward()
    golden = {
        "torchvision": torchvision.__version__,
        "features": [
            {"shape": list(f.shape), "meanAbs": float(f.abs().mean()), "samples": samples(f)}
            for f in features.values()
        ],
        "gradients": {
            detectron2_name(k): float(p.grad.norm())
            for k, p in model.named_parameters()
            if p.grad is not None
        },
    }
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(golden, indent=1) + "\n")
    print(OUT, OUT.stat().st_size, "bytes")


main()
