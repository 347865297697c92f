"""One convolution, channels-last, forward or backward, in float32 or bfloat16."""
import torch
import torch.nn.functional as functional


def prepare(request):
    dtype = getattr(torch, request["dtype"])
    n, channels, height, width = request["input"]
    torch.manual_seed(0)
    image = torch.randn(n, channels, height, width).to(dtype).to(memory_format=torch.channels_last)
    kernel = request["kernel"]
    weight = torch.randn(request["out"], channels, kernel, kernel).to(dtype)
    weight = weight.to(memory_format=torch.channels_last)
    stride = request["stride"]
    if request["pass"] == "forward":

        def forward():
            with torch.no_grad():
                functional.conv2d(image, weight, None, stride, kernel // 2)

        return forward, {}

    image.requires_grad_()
    weight.requires_grad_()
    gradient = torch.ones_like(functional.conv2d(image, weight, None, stride, kernel // 2))

    def forward_and_backward():
        output = functional.conv2d(image, weight, None, stride, kernel // 2)
        torch.autograd.grad(output, [image, weight], gradient)

    return forward_and_backward, {}
