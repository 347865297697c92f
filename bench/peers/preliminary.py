"""DeepLabV3+ on torchvision's MobileNetV2, with the layers of the project's segmentation and weights as they come.

Its backbone's stride stops at 16 as its authors do it, and its first block has the expansion that the weights of the
preliminary CNN have. Batch norms are folded into their convolutions, as they are on our side.
"""
import torch
import torch.nn.functional as functional
import torchvision
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def normed(input, out, kernel=1, dilation=1, groups=1):
    return nn.Sequential(
        nn.Conv2d(input, out, kernel, padding=dilation * (kernel // 2), dilation=dilation, groups=groups, bias=False),
        nn.GroupNorm(out // 8, out),
        nn.ReLU(inplace=True),
    )


def separable(input, out, dilation=1):
    return nn.Sequential(normed(input, input, 3, dilation, groups=input), normed(input, out))


def mobile_net():
    features = torchvision.models.mobilenet_v2().features[:18]
    first = features[1].conv
    features[1].conv = nn.Sequential(
        nn.Sequential(nn.Conv2d(32, 32, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU6(inplace=True)), *first
    )
    # From 320 at a stride of 32 back to 16: its one stride is left out, and what follows is dilated.
    features[14].conv[1][0].stride = (1, 1)
    for block in features[15:]:
        block.conv[1][0].dilation = block.conv[1][0].padding = (2, 2)
    return features


def fold(module):
    """Every batch norm that follows a convolution, into it."""
    children = list(module.named_children())
    for (name, child), (after, following) in zip(children, children[1:]):
        if isinstance(child, nn.Conv2d) and isinstance(following, nn.BatchNorm2d):
            setattr(module, name, fuse_conv_bn_eval(child, following))
            setattr(module, after, nn.Identity())
    for _, child in children:
        fold(child)


class DeepLab(nn.Module):
    def __init__(self, pyramid, low, fused, convolutions, labels):
        super().__init__()
        self.features = mobile_net()
        self.branches = nn.ModuleList([normed(320, pyramid), *(separable(320, pyramid, rate) for rate in (6, 12, 18))])
        self.average = nn.Conv2d(320, pyramid, 1)
        self.project = normed(5 * pyramid, pyramid)
        self.narrow = normed(144, low)
        widths = [pyramid + low, *([fused] * convolutions)]
        self.fuse = nn.Sequential(*(separable(a, b) for a, b in zip(widths, widths[1:])))
        self.predictor = nn.Conv2d(fused, labels, 1)

    def forward(self, images):
        features = self.features
        before = features[:3](images)
        conv = features[3].conv
        low = conv[1](conv[0](before))
        deep = features[4:](before + conv[3](conv[2](low)))
        average = functional.relu_(self.average(deep.mean((2, 3), keepdim=True))).expand(-1, -1, *deep.shape[2:])
        seen = self.project(torch.cat([*(branch(deep) for branch in self.branches), average], 1))
        wide = functional.interpolate(seen, low.shape[2:], mode="bilinear", align_corners=False)
        logits = self.predictor(self.fuse(torch.cat([wide, self.narrow(low)], 1)))
        return functional.interpolate(logits, images.shape[2:], mode="bilinear", align_corners=False).softmax(1)


def prepare(request):
    torch.manual_seed(0)
    shape = request["shape"]
    model = DeepLab(request["pyramid"], request["low"], request["fused"], request["convolutions"], request["labels"])
    model.eval()
    fold(model.features)
    model = model.to(memory_format=torch.channels_last)
    images = torch.randn(shape).to(memory_format=torch.channels_last)

    def forward():
        with torch.inference_mode():
            return model(images)

    out = forward()
    return forward, {"shape": list(out.shape), "parameters": sum(one.numel() for one in model.parameters())}
