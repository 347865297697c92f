"""scikit-learn and pycocotools doing what our evaluation does: one JSON line in, one out.

It needs no PyTorch, and so is a peer of its own. What a run times is the work alone. It is not called
"statistics": a file of that name here would stand before Python's own, which PyTorch imports.
"""
import contextlib
import io
import json
import sys
import time

import numpy as np
import pycocotools
import sklearn
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from sklearn.metrics import roc_auc_score

prepared = {}


def prepare(request):
    if request["work"] == "coco":
        with contextlib.redirect_stdout(io.StringIO()):
            truth = COCO()
            truth.dataset = request["truth"]
            truth.createIndex()
            found = truth.loadRes(request["found"])
        prepared["coco"] = (truth, found)
    else:
        prepared["scores"] = np.array(request["scores"])
        prepared["positive"] = np.array(request["positive"])
        prepared["resamples"] = np.array(request.get("resamples", []))


def area():
    return float(roc_auc_score(prepared["positive"], prepared["scores"]))


def bootstrap():
    scores, positive = prepared["scores"], prepared["positive"]
    areas = [roc_auc_score(positive[drawn], scores[drawn]) for drawn in prepared["resamples"]]
    return float(np.quantile(areas, 0.025))


def coco():
    truth, found = prepared["coco"]
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(truth, found, "segm")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return float(evaluation.stats[0])


def answer(request):
    if request["action"] == "hello":
        return {"scikit-learn": sklearn.__version__, "pycocotools": getattr(pycocotools, "__version__", "2")}
    if request["action"] == "prepare":
        prepare(request)
        return {}
    work = {"area": area, "bootstrap": bootstrap, "coco": coco}[request["work"]]
    start = time.perf_counter()
    value = work()
    return {"ms": 1000 * (time.perf_counter() - start), "value": value}


for line in sys.stdin:
    try:
        print(json.dumps(answer(json.loads(line))), flush=True)
    except Exception as error:  # Told to our side, which stops.
        print(json.dumps({"error": repr(error)}), flush=True)
