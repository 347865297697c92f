"""Reference numbers of packages/torch's layers, losses, optimisers and autocast, by PyTorch 1.13.

    UPDATE_GOLDEN=1 /usr/bin/python3 tools/golden/torch_layers.py

With Debian's python3-torch. Inputs are seeded_numbers' formula; the files hold results only.
"""

import pathlib

import torch
import torch.nn.functional as F

from seeded_numbers import finish, numbers, written

FOLDER = pathlib.Path(__file__).parents[2] / "packages/torch/src/golden"


def gradients(output, seed, **inputs):
    """The gradients of sum(output * numbers(seed)), by the names of the inputs."""
    output.backward(numbers(seed, *output.shape))
    return {name: written(tensor.grad) for name, tensor in inputs.items()}


def convolution(stride, padding, dilation, groups):
    x = numbers(1, 1, 4, 7, 6).requires_grad_()
    weight = numbers(2, 4, 4 // groups, 3, 3).requires_grad_()
    bias = numbers(3, 4).requires_grad_()
    y = F.conv2d(x, weight, bias, stride, padding, dilation, groups)
    return {
        "stride": stride, "padding": padding, "dilation": dilation, "groups": groups,
        "shape": list(y.shape), "output": written(y),
        "gradients": gradients(y, 4, input=x, weight=weight, bias=bias),
    }


def transposed_convolution():
    x = numbers(5, 2, 3, 4, 3).requires_grad_()
    weight = numbers(6, 3, 2, 2, 2).requires_grad_()
    bias = numbers(7, 2).requires_grad_()
    y = F.conv_transpose2d(x, weight, bias, stride=2)
    return {
        "shape": list(y.shape), "output": written(y),
        "gradients": gradients(y, 8, input=x, weight=weight, bias=bias),
    }


def batch_norm():
    layer = torch.nn.BatchNorm2d(3, eps=1e-5, momentum=0.1)
    with torch.no_grad():
        layer.weight.copy_(numbers(9, 3))
        layer.bias.copy_(numbers(10, 3))
    steps = []
    for step in range(3):
        x = (numbers(11 + step, 2, 3, 4, 5) * 3 + 1).requires_grad_()
        layer.zero_grad()
        y = layer(x)
        steps.append({
            "output": written(y),
            "gradients": gradients(y, 14, input=x, weight=layer.weight, bias=layer.bias),
            "running_mean": written(layer.running_mean),
            "running_var": written(layer.running_var),
        })
    layer.eval()
    x = numbers(15, 2, 3, 4, 5).requires_grad_()
    layer.zero_grad()
    y = layer(x)
    evaluated = {
        "output": written(y),
        "gradients": gradients(y, 16, input=x, weight=layer.weight, bias=layer.bias),
    }
    return {"training": steps, "evaluated": evaluated}


def group_norm():
    x = numbers(17, 2, 6, 3, 2).requires_grad_()
    weight, bias = numbers(18, 6).requires_grad_(), numbers(19, 6).requires_grad_()
    y = F.group_norm(x, 3, weight, bias, 1e-5)
    return {"output": written(y), "gradients": gradients(y, 20, input=x, weight=weight, bias=bias)}


def losses():
    logits, labels = numbers(21, 6, 4) * 3, torch.tensor([0, 3, 1, 2, 3, 0])
    targets = (numbers(22, 6, 4) > 0).float()
    results = {}
    for name, loss in {
        "crossEntropy": lambda x: F.cross_entropy(x, labels),
        "crossEntropySum": lambda x: F.cross_entropy(x, labels, reduction="sum"),
        "binaryCrossEntropyWithLogits": lambda x: F.binary_cross_entropy_with_logits(x, targets),
        "smoothL1": lambda x: F.smooth_l1_loss(x, targets, beta=0.5),
        "l1": lambda x: F.l1_loss(x, targets, reduction="sum"),
    }.items():
        x = logits.clone().requires_grad_()
        value = loss(x)
        value.backward()
        results[name] = {"value": written(value)[0], "gradient": written(x.grad)}
    return results


def ten_steps(optimiser, **options):
    """Ten steps of a linear regression; the rate falls to a tenth after the fifth."""
    weight, bias = numbers(23, 3, 4).requires_grad_(), numbers(24, 3).requires_grad_()
    rule = optimiser([weight, bias], **options)
    steps = []
    for step in range(10):
        if step == 5:
            rule.param_groups[0]["lr"] /= 10
        rule.zero_grad()
        loss = (F.linear(numbers(25, 8, 4), weight, bias) - numbers(26, 8, 3)).square().mean()
        loss.backward()
        rule.step()
        steps.append({"loss": written(loss)[0], "weight": written(weight), "bias": written(bias)})
    return steps


def autocast():
    x = numbers(27, 2, 8, 6, 6)
    weight, bias = numbers(28, 4, 8, 3, 3).requires_grad_(), numbers(29, 4).requires_grad_()
    head = numbers(30, 5, 4).requires_grad_()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y = F.conv2d(x, weight, bias, padding=1)
        z = F.linear(y.relu().mean([2, 3]), head)
    z.float().backward(numbers(31, 2, 5))
    return {
        "dtypes": [str(y.dtype).replace("torch.", ""), str(z.dtype).replace("torch.", "")],
        "convolution": written(y), "linear": written(z),
        "gradients": {"bias": written(bias.grad), "head": written(head.grad)},
    }


def main():
    torch.set_num_threads(1)
    sgd, adam = torch.optim.SGD, torch.optim.Adam
    finish(FOLDER / "layers.json", {
        "convolutions": [
            convolution(1, 0, 1, 1), convolution(2, 1, 1, 1),
            convolution(1, 2, 2, 1), convolution(1, 1, 1, 2),
        ],
        "transposedConvolution": transposed_convolution(),
        "batchNorm": batch_norm(),
        "groupNorm": group_norm(),
        "autocast": autocast(),
    })
    finish(FOLDER / "training.json", {
        "losses": losses(),
        "sgd": {
            "plain": ten_steps(sgd, lr=0.1),
            "momentum": ten_steps(sgd, lr=0.1, momentum=0.9, weight_decay=0.01),
            "dampened": ten_steps(sgd, lr=0.1, momentum=0.9, dampening=0.3),
            "nesterov": ten_steps(sgd, lr=0.1, momentum=0.9, weight_decay=0.01, nesterov=True),
        },
        "adam": {
            "plain": ten_steps(adam, lr=0.05),
            "decayed": ten_steps(adam, lr=0.05, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1),
            "decoupled": ten_steps(torch.optim.AdamW, lr=0.05, betas=(0.8, 0.99), weight_decay=0.1),
        },
    })


main()
