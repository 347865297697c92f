"""The other side of the benchmarks: PyTorch and torchvision, asked by lines of JSON.

Every request names an action; "prepare" builds something and keeps it, "run" times it once,
"memory" says how much was needed at most.
"""
import json
import resource
import sys
import time

import torch

import convolution
import operators

BENCHES = {"operators": operators, "convolution": convolution}
try:
    import torchvision
except ImportError:
    torchvision = None
else:
    import mask_rcnn
    import preliminary

    BENCHES["mask-rcnn"] = mask_rcnn
    BENCHES["preliminary"] = preliminary
try:
    import detectron2
    import detectron2_mask_rcnn  # before any benchmark replaces a function of torchvision's
except ImportError:
    detectron2 = None


def hello():
    versions = {"python": sys.version.split()[0], "torch": torch.__version__}
    if torchvision is not None:
        versions["torchvision"] = torchvision.__version__
    if detectron2 is not None:
        versions["detectron2"] = detectron2.__version__
    return versions


def timed(work):
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def answer(request, kept):
    if request["action"] == "hello":
        return hello()
    if request["action"] == "memory":  # the most that was resident, which Linux gives in KiB
        return {"kibibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}
    bench = BENCHES[request["bench"]]
    key = request["key"]
    if request["action"] == "prepare":
        kept[key], reply = bench.prepare(request)
        return reply
    if request["action"] == "forget":
        kept.pop(key)
        return {}
    return {"ms": timed(kept[key])}


def main():
    torch.set_num_threads(int(sys.argv[1]))
    kept = {}
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line), kept)
        except Exception as error:  # told to the asker, who decides
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


main()
