"""The cost of calling an operator: tiny tensors, many calls."""
import torch

X = torch.ones(4)
Y = torch.ones(4)
IMAGE = torch.ones(1, 1, 4, 4)
WEIGHT = torch.ones(1, 1, 3, 3)

CALLS = {
    "add": lambda: torch.add(X, Y),
    "view": lambda: X.view(2, 2),
    "sum": lambda: torch.sum(X, dim=[0]),
    "multiply by a number": lambda: torch.mul(X, 2.0),
    "conv2d": lambda: torch.conv2d(IMAGE, WEIGHT, None, 1, 1),
}


def prepare(request):
    call = CALLS[request["case"]]
    count = request["count"]

    def work():
        with torch.no_grad():
            for _ in range(count):
                call()

    return work, {}
