"""Weights that reference generators and tests both know, by the names of the tensors.

`uniform(name, count)` is the same here and in packages/networks/src/test-golden.ts.
"""

import numpy as np


def uniform(name, count):
    """`count` numbers in [-1, 1) that depend on the name and the place alone."""
    seed = 0
    for character in name:
        seed = (seed * 31 + ord(character)) & 0xFFFFFFFF
    x = (np.arange(count, dtype=np.uint64) + np.uint64(seed)) * np.uint64(2654435761)
    x &= np.uint64(0xFFFFFFFF)
    x ^= x >> np.uint64(15)
    x = (x * np.uint64(2246822519)) & np.uint64(0xFFFFFFFF)
    x ^= x >> np.uint64(13)
    return x.astype(np.float64) / 2**31 - 1
