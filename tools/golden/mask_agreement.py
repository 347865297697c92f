"""Reference values of packages/evaluation's agreement of masks: those of MetricsReloaded.

    git clone MetricsReloaded (Project-MONAI), commit cb38dfc0a5ed
    python3 -m venv venv && venv/bin/pip install scikit-image==0.26.0 pandas==3.0.4
    UPDATE_GOLDEN=1 PYTHONPATH=MetricsReloaded venv/bin/python tools/golden/mask_agreement.py

Masks are rows of digits. Distances are SciPy's exact transform, skeletons scikit-image's. Where a mask
is empty the package has no figure that means anything, so that no case here is.
"""

import pathlib
import random
import warnings

import numpy as np
from scipy import ndimage
from skimage.morphology import skeletonize

warnings.filterwarnings("ignore")
from MetricsReloaded.metrics.pairwise_measures import BinaryPairwiseMeasures

from seeded_numbers import finish

OUT = pathlib.Path(__file__).parents[2] / "packages/evaluation/src/golden/mask-agreement.json"


def written(mask):
    return ["".join(map(str, row)) for row in mask.astype(int)]


def band(height, width, slope, offset, thick):
    y, x = np.mgrid[:height, :width]
    return (np.abs(y - slope * x - offset) <= thick / 2) & (x > 2) & (x < width - 3)


def blobs(rng, height, width, count):
    y, x = np.mgrid[:height, :width]
    mask = np.zeros((height, width), bool)
    for _ in range(count):
        cy, cx, a, b = rng.uniform(0, height), rng.uniform(0, width), rng.uniform(1, 7), rng.uniform(1, 4)
        turn = rng.uniform(0, np.pi)
        u = (x - cx) * np.cos(turn) + (y - cy) * np.sin(turn)
        v = (y - cy) * np.cos(turn) - (x - cx) * np.sin(turn)
        mask |= (u / a) ** 2 + (v / b) ** 2 <= 1
    return mask


def compared(first, second, spacing, tolerance, width):
    measures = BinaryPairwiseMeasures(
        first.astype(int), second.astype(int), pixdim=list(spacing),
        dict_args={"nsd": tolerance, "hd_perc": 95, "boundary_dist": width},
    )
    precision, sensitivity = measures.topology_precision(), measures.topology_sensitivity()
    none = precision + sensitivity == 0
    return {
        "first": written(first),
        "second": written(second),
        "spacing": list(spacing),
        "tolerance": tolerance,
        "band": width,
        "iou": float(measures.intersection_over_union()),
        "dice": float(measures.dsc()),
        # 0 over 0 there, where the centre lines lie nowhere in the other mask.
        "centerLineDice": 0.0 if none else float(measures.centreline_dsc()),
        "normalizedSurfaceDistance": float(measures.normalised_surface_distance()),
        # The package measures this band in pixels whatever the spacing.
        "boundaryIou": float(measures.boundary_iou()) if spacing == (1, 1) else None,
        "surfaceDistance95": float(measures.measured_hausdorff_distance_perc()),
        "meanSurfaceDistance": float(measures.measured_average_distance()),
    }


def main():
    rng = random.Random(7)
    shapes = [blobs(rng, 24, 28, n) for n in (1, 3, 5, 8)] + [
        band(24, 28, 0.4, 6, 3), band(24, 28, -0.8, 22, 1), np.ones((6, 7), bool),
    ]
    shapes.append(np.pad(np.ones((2, 2), bool), 2))
    shapes.append(np.pad(np.ones((1, 9), bool), 1))
    cases = [
        (band(20, 26, 0.4, 6, 3), band(20, 26, 0.4, 8, 3), (1, 1), 1, 1),
        (band(20, 26, 0.4, 6, 1), band(20, 26, 0.4, 6, 3), (1, 1), 0, 2),
        (blobs(rng, 20, 26, 3), blobs(rng, 20, 26, 3), (1, 1), 2, 1.5),
        (blobs(rng, 20, 26, 2), blobs(rng, 20, 26, 4), (0.3, 0.2), 0.5, 1),
        (band(20, 26, 0, 0, 4), band(20, 26, 0, 2, 6), (1, 1), 1, 2),
        (np.eye(9, dtype=bool), np.eye(9, dtype=bool)[::-1], (1, 1), 1, 1),
        (np.ones((5, 6), bool), np.ones((5, 6), bool), (1, 1), 1, 1),
    ]
    distances = blobs(rng, 14, 17, 2)
    finish(OUT, {
        "skeletons": [{"mask": written(s), "skeleton": written(skeletonize(s))} for s in shapes],
        "distances": [
            {
                "mask": written(distances),
                "spacing": list(spacing),
                "distances": [float(f"{v:.12g}") for v in ndimage.distance_transform_edt(~distances, sampling=spacing).flatten()],
            }
            for spacing in ((1, 1), (0.3, 0.7))
        ],
        "compared": [compared(*case) for case in cases],
    })


main()
