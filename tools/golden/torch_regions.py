"""Reference numbers of packages/torch's own operators, by torchvision 0.14: roi_align and nms.

    UPDATE_GOLDEN=1 /usr/bin/python3 tools/golden/torch_regions.py

With Debian's python3-torchvision. Inputs are seeded_numbers' formula, but for the regions.
"""

import pathlib

import torch
from torchvision.ops import nms, roi_align
from torchvision.ops.boxes import _batched_nms_vanilla

from seeded_numbers import finish, numbers, written

FOLDER = pathlib.Path(__file__).parents[2] / "packages/torch/src/golden"

# Batch index, x1, y1, x2, y2; the features are 8 x 7 pixels at scale 1.
REGIONS = [
    [0, 1.0, 1.0, 6.0, 5.0],
    [1, 0.3, 0.7, 7.9, 6.9],
    [1, -3.0, -2.5, 4.2, 3.1],  # partly outside, above and left
    [0, 5.5, 4.25, 14.0, 12.0],  # partly outside, below and right
    [0, 20.0, 20.0, 30.0, 30.0],  # wholly outside
    [1, 2.2, 3.1, 2.3, 3.15],  # tiny
    [0, 4.0, 4.0, 4.0, 4.0],  # empty
    [1, 5.0, 5.0, 2.0, 1.0],  # its end lies before its start
    [0, -0.5, -0.5, 7.5, 6.5],  # to the outermost half pixels
]


def pooled(regions, height, width, scale, ratio, aligned):
    features = numbers(40, 2, 2, 7, 8).requires_grad_()
    # To float32 and back to the full-size image: exact for scales that are powers of two.
    rois = torch.tensor(regions)
    rois[:, 1:] /= scale
    output = roi_align(features, rois, (height, width), scale, ratio if ratio > 0 else -1, aligned)
    output.backward(numbers(41, *output.shape))
    return {
        "regions": len(regions), "height": height, "width": width, "scale": scale, "ratio": ratio,
        "aligned": aligned, "output": written(output), "gradient": written(features.grad),
    }


def boxes(seed, count, extent, grid):
    """Corners on a grid, so that overlaps meet thresholds exactly."""
    unit = (numbers(seed, count, 4) + 1) / 2
    corner = (unit[:, :2] * extent / grid).floor() * grid
    size = ((unit[:, 2:] * extent / 3) / grid).floor() * grid + grid
    return torch.cat([corner, corner + size], 1)


def suppressed(seed, count, extent, grid, threshold, groups, score_levels):
    scores = numbers(seed + 1, count)
    if score_levels:
        scores = (scores * score_levels).floor() / score_levels
    rectangles = boxes(seed, count, extent, grid)
    if groups:
        labels = ((numbers(seed + 2, count) + 1) / 2 * groups).floor().long()
        kept = _batched_nms_vanilla(rectangles, scores, labels, threshold)
    else:
        kept = nms(rectangles, scores, threshold)
    return {
        "seed": seed, "count": count, "extent": extent, "grid": grid, "threshold": threshold,
        "groups": groups, "scoreLevels": score_levels, "kept": kept.tolist(),
    }


def main():
    torch.set_num_threads(1)
    finish(FOLDER / "roi-align.json", {
        "regions": REGIONS,
        "cases": [
            pooled(REGIONS, 5, 4, 1.0, 0, True),
            pooled(REGIONS, 5, 4, 1.0, 0, False),
            pooled(REGIONS, 3, 2, 0.25, 2, True),
            pooled(REGIONS, 3, 2, 0.25, 2, False),
            pooled(REGIONS, 2, 3, 0.0625, 0, True),
            pooled(REGIONS, 1, 1, 1.0, 0, False),
            pooled(REGIONS[:4], 7, 7, 0.5, 2, True),
            pooled(REGIONS[:4], 7, 7, 0.5, 1, False),
        ],
    })
    finish(FOLDER / "nms.json", [
        suppressed(60, 400, 100, 0.001, 0.5, 0, 0),
        suppressed(70, 400, 24, 1.0, 0.5, 0, 0),
        suppressed(80, 400, 24, 1.0, 0.3, 0, 0),
        suppressed(90, 400, 24, 1.0, 0.1, 0, 0),
        suppressed(100, 400, 24, 1.0, 0.7, 0, 0),
        suppressed(110, 400, 24, 2.0, 0.6, 0, 0),
        suppressed(120, 300, 24, 1.0, 0.5, 0, 8),  # many equal scores
        suppressed(130, 300, 24, 1.0, 0.0, 0, 0),
        suppressed(140, 300, 24, 4.0, 0.9, 0, 0),
        suppressed(150, 600, 30, 0.001, 0.5, 5, 0),
        suppressed(160, 600, 24, 1.0, 0.4, 40, 0),
        suppressed(170, 3000, 200, 0.001, 0.7, 0, 0),
    ])


main()
