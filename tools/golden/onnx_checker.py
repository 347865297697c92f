"""ONNX's own checker on files that `malleolus export --onnx` wrote: the format, and every node's types and shapes.

    python3 tools/golden/onnx_checker.py FILE...

Needs the Python package onnx. Never needed to use or to test Malleolus: its tests hold the files to what
LibTorch finds, by ONNX Runtime.
"""

import sys

import onnx


def main() -> int:
    for path in sys.argv[1:]:
        onnx.checker.check_model(path, full_check=True)
        model = onnx.load(path, load_external_data=False)
        opsets = ", ".join(f"{one.domain or 'ai.onnx'} {one.version}" for one in model.opset_import)
        print(f"{path}: {len(model.graph.node)} nodes, {opsets}; onnx {onnx.__version__} finds no fault")
    return 0 if len(sys.argv) > 1 else 2


if __name__ == "__main__":
    sys.exit(main())
