"""The numbers that reference generators and tests both know, so that golden files need not hold them.

`numbers(seed, shape)` is the same here and in packages/torch/src/golden/test-golden.ts: the n-th
number is a hash of n and the seed, in [-1, 1) and exact in float32.
"""

import json
import os
import sys


def number(seed, n):
    x = (n * 2654435761 + seed * 2246822519 + 374761393) & 0xFFFFFFFF
    for _ in range(2):
        x ^= x >> 16
        x = (x * 0x45D9F3B) & 0xFFFFFFFF
    x ^= x >> 16
    # 24 bits: all that a float32 holds.
    return (x >> 8) / 2**23 - 1


def numbers(seed, *shape):
    import torch  # Here, so that generators without tensors need none.

    count = 1
    for size in shape:
        count *= size
    return torch.tensor([number(seed, n) for n in range(count)], dtype=torch.float32).reshape(shape)


def written(tensor):
    """Row-major, to seven digits: float32 has no more."""
    return [float(f"{value:.7g}") for value in tensor.detach().float().flatten().tolist()]


WIDTH = 100


def formatted(value, indent, taken):
    """JSON as the project's formatter (biome) leaves it; `taken` columns of the line are used."""
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        entries = []
        for key, entry in value.items():
            start = f"{inner}{json.dumps(key)}: "
            entries.append(start + formatted(entry, indent + 2, len(start) + 1))
        return "{\n" + ",\n".join(entries) + "\n" + " " * indent + "}"
    line = json.dumps(value)
    if not isinstance(value, list) or (taken + len(line) <= WIDTH and "{" not in line):
        return line
    if all(isinstance(entry, (int, float)) for entry in value):
        lines = [inner]
        for position, entry in enumerate(value):
            text = json.dumps(entry) + ("," if position + 1 < len(value) else "")
            if lines[-1] != inner and len(lines[-1]) + 1 + len(text) > WIDTH:
                lines.append(inner)
            lines[-1] += (" " if lines[-1] != inner else "") + text
    else:
        lines = [
            inner + formatted(entry, indent + 2, indent + 3) + ("," if position + 1 < len(value) else "")
            for position, entry in enumerate(value)
        ]
    return "[\n" + "\n".join(lines) + "\n" + " " * indent + "]"


def finish(path, golden):
    """Writes the file where UPDATE_GOLDEN=1 asks for it, and otherwise says whether it is the same."""
    text = formatted(golden, 0, 0) + "\n"
    if len(text) > 50_000:
        sys.exit(f"{path}: {len(text)} bytes are more than 50 kB")
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    elif not path.exists() or path.read_text() != text:
        sys.exit(f"{path} is not what this generator writes; UPDATE_GOLDEN=1 writes it anew")
