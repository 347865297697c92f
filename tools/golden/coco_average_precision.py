"""Reference measures of packages/evaluation's average precision, written by pycocotools.

    python3 -m venv venv && venv/bin/pip install pycocotools==2.0.11 numpy
    UPDATE_GOLDEN=1 venv/bin/python tools/golden/coco_average_precision.py

Objects are octagons: a box `[x, y, width, height]` whose corners are cut by `cut` pixels. A truth is
`[image, class, x, y, width, height, cut, crowd]` and has its mask's area, as COCO's truths do; a
detection is `[image, class, x, y, width, height, cut, score]`. `expected` holds pycocotools' twelve
figures for all classes and for each, -1 where there are none, and the recall at IoU 0.5.
"""

import contextlib
import io
import json
import os
import pathlib
import random
import sys

import numpy
from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

OUT = pathlib.Path(__file__).parents[2] / "packages/evaluation/src/average-precision/golden"
OUT /= "coco-average-precision.json"


def octagon(x, y, width, height, cut):
    right, bottom = x + width, y + height
    return [
        *(x + cut, y, right - cut, y, right, y + cut, right, bottom - cut),
        *(right - cut, bottom, x + cut, bottom, x, bottom - cut, x, y + cut),
    ]


def random_set(rng, size, images, classes, truths, detections, digits):
    """Truths of classes but the last, detections of classes but the first, near truths or anywhere."""

    def anywhere():
        width, height = (int(2 ** rng.uniform(3, numpy.log2(size * 0.8))) for _ in range(2))
        return [rng.randint(0, size - width), rng.randint(0, size - height), width, height]

    def near(box):
        x, y, width, height = box
        moved = [x + rng.randint(-4, 4), y + rng.randint(-4, 4)]
        grown = [max(6, width + rng.randint(-5, 5)), max(6, height + rng.randint(-5, 5))]
        left, top = max(1, moved[0]), max(1, moved[1])
        right, bottom = min(size, moved[0] + grown[0]), min(size, moved[1] + grown[1])
        whole = [left, top, max(right - left, 1), max(bottom - top, 1)]
        return whole if digits == 0 else [round(v + rng.uniform(-0.5, 0), digits) for v in whole]

    def cut(box):
        return rng.randint(0, int(min(box[2:])) // 3)

    # The last image is empty, the one before it has no truths.
    placed = []
    for _ in range(truths):
        image, name, box = rng.randrange(images - 2), rng.randrange(len(classes) - 1), anywhere()
        placed.append([image, name, *box, cut(box), int(rng.random() < 0.15)])
    found = []
    for _ in range(detections):
        if rng.random() < 0.6:
            image, name, *box = rng.choice(placed)[:6]
            name, box, score = max(1, name), near(box), rng.betavariate(3, 2)
        else:
            image, name = rng.randrange(images - 1), rng.randrange(1, len(classes))
            box, score = anywhere(), rng.betavariate(2, 3)
        found.append([image, name, *box, cut(box), round(score, 2)])
    return {"size": size, "images": images, "classes": classes, "truths": placed, "detections": found}


def at_limits(rng, size, images, classes, pairs):
    """Boxes in tenths whose overlap is exactly a threshold, or whose area is exactly a size's limit."""
    tenths = lambda value: round(value, 1)
    placed, found = [], []
    for i in range(pairs):
        image, name = i % images, rng.randrange(len(classes))
        if i % 4 == 3:
            side = rng.choice([32, 96])
            width, height = rng.choice([(side, side), (side / 2, side * 2)])
        else:
            width, height = 20 * rng.randint(1, 3), 20 * rng.randint(1, 3)
        x = tenths(rng.uniform(0.1, size - width - 0.2))
        y = tenths(rng.uniform(0.1, size - height - 0.2))
        placed.append([image, name, x, y, width, height, 0, 0])
        share = rng.choice([0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1])
        seen = [tenths(share * width), height] if rng.random() < 0.5 else [width, tenths(share * height)]
        found.append([image, name, x, y, *seen, 0, round(rng.random(), 2)])
    return {"size": size, "images": images, "classes": classes, "truths": placed, "detections": found}


def evaluated(case, shape):
    size = case["size"]

    def runs(row):
        return masks.merge(masks.frPyObjects([octagon(*row[2:7])], size, size))

    def text(row):
        own = runs(row)
        return {"size": own["size"], "counts": own["counts"].decode()}

    truth = COCO()
    truth.dataset = {
        "info": {},
        "images": [{"id": i, "width": size, "height": size} for i in range(case["images"])],
        "categories": [{"id": i, "name": name} for i, name in enumerate(case["classes"])],
        "annotations": [
            {
                "id": i + 1,
                "image_id": row[0],
                "category_id": row[1],
                "bbox": row[2:6],
                "area": int(masks.area(runs(row))),
                "segmentation": text(row),
                "iscrowd": row[7],
            }
            for i, row in enumerate(case["truths"])
        ],
    }
    truth.createIndex()
    region = (lambda row: {"bbox": row[2:6]}) if shape == "bbox" else (lambda row: {"segmentation": text(row)})
    found = truth.loadRes(
        [
            {"image_id": row[0], "category_id": row[1], "score": row[7], **region(row)}
            for row in case["detections"]
        ]
    )
    evaluation = COCOeval(truth, found, shape)
    evaluation.evaluate()
    evaluation.accumulate()

    def figures(recall, precision):
        evaluation.eval["recall"], evaluation.eval["precision"] = recall, precision
        evaluation.summarize()
        return [float(value) for value in evaluation.stats]

    precision, recall = evaluation.eval["precision"], evaluation.eval["recall"]
    classes = range(len(case["classes"]))
    return {
        "all": figures(recall, precision),
        "classes": [figures(recall[:, [k]], precision[:, :, [k]]) for k in classes],
        "recall50": [float(recall[0, k, 0, 2]) for k in classes],
    }


def main():
    rng = random.Random(50)
    classes = ["only truths", "both", "both too", "only detections"]
    cases = [
        random_set(rng, 160, 9, classes, 40, 150, 0),
        random_set(rng, 200, 12, classes, 60, 160, 2),
        # Few images and more than a hundred detections of a class in each.
        random_set(rng, 128, 3, ["none", "fracture", "no truths"], 9, 330, 0),
        at_limits(rng, 200, 24, ["one", "other"], 72),
    ]
    for case in cases:
        with contextlib.redirect_stdout(io.StringIO()):
            case["expected"] = {"box": evaluated(case, "bbox"), "mask": evaluated(case, "segm")}
    text = json.dumps(cases, separators=(",", ":"))
    text = text.replace("],[", "],\n[").replace('},{"size"', '},\n{"size"') + "\n"
    if len(text) > 50_000:
        sys.exit(f"{OUT}: {len(text)} bytes are more than 50 kB")
    if os.environ.get("UPDATE_GOLDEN") == "1":
        OUT.parent.mkdir(exist_ok=True)
        OUT.write_text(text)
    elif not OUT.exists() or OUT.read_text() != text:
        sys.exit(f"{OUT} is not what this generator writes; UPDATE_GOLDEN=1 writes it anew")


main()
