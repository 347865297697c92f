"""Reference features, logits and gradients of packages/networks's MobileNetV2 and of DeepLab's
atrous spatial pyramid pooling, written by torchvision.

    UPDATE_GOLDEN=1 python3 tools/golden/networks_mobilenet.py

Needs Debian's python3-torchvision (written with 0.14 on torch 1.13). No weights are stored: both
sides fill the tensors, by torchvision's names, with the same hash of name and place. Norms take
their running statistics.
"""

import itertools
import pathlib

import numpy as np
import torch
from torchvision.models import mobilenet_v2
from torchvision.models.segmentation.deeplabv3 import ASPP
from torchvision.ops.misc import Conv2dNormActivation

from named_numbers import uniform
from seeded_numbers import finish

SOURCE = pathlib.Path(__file__).parents[2] / "packages/networks/src"
SAMPLES = 12
# A few times what other orders of summation change.
MARGIN = 1e-5


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


def gradients(module, output):
    """Of sum(output * plain("probe")): a parameter's length, and its product with plain numbers."""
    (output * plain("probe", output.shape)).sum().backward()
    return {
        name: [
            rounded(p.grad.norm()),
            rounded((p.grad.double() * plain(f"probe {name}", p.shape).double()).sum()),
        ]
        for name, p in module.named_parameters()
        if p.grad is not None
    }


def filled(module):
    state = {
        name: fill(name, tensor.shape)
        for name, tensor in module.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    module.load_state_dict(state, strict=False)
    return module.eval()


def without_doubt(model, run, shape):
    """The first image for which no value lies so near to a ReLU6's bends that rounding decides.

    Where it does, a gradient goes another way, and a thousandth of the first layer's with it.
    """
    nearest = []

    def look(_, __, output):
        nearest.append(float(torch.minimum(output.abs(), (output - 6).abs()).min()))

    hooks = [
        module[1].register_forward_hook(look)
        for module in model.modules()
        if isinstance(module, Conv2dNormActivation)
    ]
    for attempt in itertools.count():
        name = f"image {attempt}"
        nearest.clear()
        with torch.no_grad():
            run(plain(name, shape) * 2)
        if min(nearest) > MARGIN:
            break
    for hook in hooks:
        hook.remove()
    return name


def classified():
    model = filled(mobilenet_v2(num_classes=4))
    shape = (2, 3, 32, 64)
    image = without_doubt(model, model, shape)
    logits = model(plain(image, shape) * 2)
    return {"image": image, "logits": described(logits), "gradients": gradients(model, logits)}


def dilated():
    """DeepLab's output stride of 16: the last stride goes, and what follows it is dilated."""
    model = filled(mobilenet_v2(num_classes=4))
    model.features[14].conv[1][0].stride = (1, 1)
    for block in model.features[15:18]:
        block.conv[1][0].dilation = block.conv[1][0].padding = (2, 2)
    features = model.features[:18]
    shape = (1, 3, 64, 64)
    image = without_doubt(features, features, shape)
    low = []
    model.features[3].conv[1].register_forward_hook(lambda _, __, output: low.append(output))
    deep = features(plain(image, shape) * 2)
    return {
        "image": image,
        "low": described(low[0]),
        "deep": described(deep),
        "gradients": gradients(model, deep),
    }


def pooled_pyramid():
    module = filled(ASPP(16, [6, 12, 18], 32))
    features = (plain("features", (2, 16, 22, 26)) * 2).requires_grad_()
    output = module(features)
    return {
        "output": described(output),
        "gradients": gradients(module, output),
        "inputGradient": described(features.grad),
    }


def main():
    torch.set_num_threads(1)
    finish(
        SOURCE / "backbones/golden/mobilenet-v2.json",
        {"classified": classified(), "dilated": dilated()},
    )
    finish(SOURCE / "deeplab/golden/aspp.json", pooled_pyramid())


main()
