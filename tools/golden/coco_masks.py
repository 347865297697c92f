"""Reference masks of packages/geometry, written by pycocotools.

    python3 -m venv venv && venv/bin/pip install pycocotools==2.0.11
    UPDATE_GOLDEN=1 venv/bin/python tools/golden/coco_masks.py

`cases`: polygons and a grid, and the run lengths of their union as frPyObjects and merge give
them. `boxed`: polygons and a box, and the run lengths of the box's mask target by the rule of
Detectron2's rasterize_polygons_within_box.
"""

import json
import os
import pathlib
import random
import sys

from pycocotools import mask as coco

OUT = pathlib.Path(__file__).parents[2] / "packages/geometry/src/golden/coco-masks.json"


def union(polygons, height, width):
    return coco.merge(coco.frPyObjects(polygons, height, width))["counts"].decode()


def boxed(polygons, box, size):
    x1, y1, x2, y2 = box
    sx = size / max(x2 - x1, 0.1)
    sy = size / max(y2 - y1, 0.1)
    moved = [
        [(v - (x1, y1)[i % 2]) * (sx, sy)[i % 2] for i, v in enumerate(polygon)]
        for polygon in polygons
    ]
    return union(moved, size, size)


def polygon(rng, width, height, points, margin):
    return [
        round(rng.uniform(-margin, (width, height)[i % 2] + margin), 2) for i in range(2 * points)
    ]


def main():
    rng = random.Random(20)
    cases = [
        {"polygons": [[1, 1, 4, 1, 4, 3, 1, 3]], "width": 6, "height": 5},
        {"polygons": [[1.5, 1.5, 4.5, 1.5, 4.5, 3.5, 1.5, 3.5]], "width": 6, "height": 5},
        {"polygons": [[2, 2, 2, 2, 5, 2, 5, 5, 5, 5]], "width": 8, "height": 8},
        {"polygons": [[0.1, 0.1, 0.4, 0.1, 0.4, 0.4]], "width": 3, "height": 3},
        {"polygons": [[-3.3, -2.7, 9.9, -0.3, 9.9, 9.9, -0.7, 9.9]], "width": 8, "height": 7},
        {"polygons": [[20, 20, 30, 20, 30, 30]], "width": 8, "height": 8},
    ]
    for n in range(54):
        width, height = rng.randint(1, 40), rng.randint(1, 40)
        margin = 0 if n % 2 else 12
        polygons = [
            polygon(rng, width, height, rng.randint(3, 9), margin) for _ in range(rng.randint(1, 3))
        ]
        cases.append({"polygons": polygons, "width": width, "height": height})
    for case in cases:
        case["counts"] = union(case["polygons"], case["height"], case["width"])

    targets = []
    for n in range(30):
        polygons = [polygon(rng, 200, 150, rng.randint(3, 7), 0) for _ in range(rng.randint(1, 2))]
        x1, y1 = round(rng.uniform(-5, 150), 3), round(rng.uniform(-5, 100), 3)
        box = [x1, y1, round(x1 + rng.uniform(5, 120), 3), round(y1 + rng.uniform(5, 120), 3)]
        if n == 0:
            box[2] = box[0]
        size = 28 if n % 3 else 14
        targets.append(
            {"polygons": polygons, "box": box, "size": size, "counts": boxed(polygons, box, size)}
        )

    text = '{"cases": [\n' + ",\n".join(map(json.dumps, cases))
    text += '\n], "boxed": [\n' + ",\n".join(map(json.dumps, targets)) + "\n]}\n"
    if os.environ.get("UPDATE_GOLDEN") != "1":
        sys.exit(0 if OUT.read_text() == text else f"{OUT} differs; UPDATE_GOLDEN=1 rewrites it")
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(text)


main()
