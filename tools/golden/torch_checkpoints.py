"""Checkpoints for packages/torch's readers, written by PyTorch 1.13 and NumPy 1.24.

    UPDATE_GOLDEN=1 /usr/bin/python3 tools/golden/torch_checkpoints.py

With Debian's python3-torch. Beside the files stands `checkpoints.json`: what each of them holds,
by name, as dtype, shape and values in row-major order (16-bit floats as the bits they have).
"""

import collections
import io
import os
import pathlib
import pickle
import struct
import sys
import zipfile

import numpy as np
import torch

from seeded_numbers import finish

FOLDER = pathlib.Path(__file__).parents[2] / "packages/torch/src/checkpoints/golden"
DTYPES = ["float32", "float64", "bfloat16", "float16", "int64", "int32", "int16", "int8", "uint8", "bool"]


def state_dict():
    """Every dtype, and every way in which tensors lie in storages."""
    state = collections.OrderedDict()
    for dtype in DTYPES:
        state[dtype] = torch.tensor([[0, 1, 2], [3, 100, 7]]).to(getattr(torch, dtype))
    whole = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
    state["whole"] = whole
    state["a row of whole"] = whole[1, 2]
    state["whole transposed"] = whole.transpose(0, 2)
    state["every second of whole"] = whole[:, ::2, 1::2]
    state["expanded"] = torch.tensor([[1.5], [2.5]]).expand(2, 3)
    state["channels last"] = whole[None].contiguous(memory_format=torch.channels_last)
    state["parameter"] = torch.nn.Parameter(torch.tensor([1.0, -2.0]))
    state["half behind a gap"] = torch.arange(9).half()[5:]
    state["scalar"] = torch.tensor(2.5)
    state["empty"] = torch.zeros(0, 4)
    state["Umlaut ä \U0001f9b4"] = torch.tensor([7], dtype=torch.int64)
    state._metadata = collections.OrderedDict([("", {"version": 1})])
    return state


def checkpoint():
    """A trainer's file: the state dict among everything that may lie beside it."""
    return {
        "model": state_dict(),
        "optimizer": {"state": {0: {"step": 3, "exp_avg": torch.ones(2)}}, "param_groups": [{"lr": 0.1}]},
        "iteration": 1999,
        "loss": 0.25,
        "best": True,
        "large": 2**70,
        "negative": -(2**40),
        "text": "as it was",
        "bytes": b"\x00\xff",
        "none": None,
        "tuple": (1, "two", (3.0,), [4], {5}),
        "set": {1, 2},
        "frozen set": frozenset([3]),
        "counter": collections.Counter([1, 1]),
        "default": collections.defaultdict(list, {"a": [1]}),
        "size": torch.Size([1, 2]),
        "device": torch.device("cpu"),
        "dtype": torch.float32,
        "score": np.float64(0.5),
        "array": np.arange(3),
    }


def values_of(tensor):
    if tensor.dtype in (torch.bfloat16, torch.float16):
        tensor = tensor.contiguous().view(torch.int16)
        return [int(v) & 0xFFFF for v in tensor.flatten()]
    return [float(v) for v in tensor.flatten()]


def described(tensors):
    return {
        name: {
            "dtype": str(tensor.dtype).removeprefix("torch."),
            "shape": list(tensor.shape),
            "values": values_of(tensor.detach()),
        }
        for name, tensor in tensors.items()
    }


def zip_bytes(value):
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


def legacy_bytes(value):
    buffer = io.BytesIO()
    torch.save(value, buffer, _use_new_zipfile_serialization=False)
    return buffer.getvalue()


def script_bytes():
    """Not a checkpoint but a program, in an archive that looks like one."""
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.script(torch.nn.Identity()), buffer)
    return buffer.getvalue()


def rewritten(archive, folder, change):
    """The archive under another folder name, as Python's zipfile writes it, its records changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(buffer, "w") as target:
        for record in source.namelist():
            name = record.split("/", 1)[1]
            target.writestr(f"{folder}/{name}", change(name, source.read(record)))
        target.writestr(f"{folder}/byteorder", change("byteorder", b"little"))
    return buffer.getvalue()


def big_endian(state):
    """As a big-endian machine with PyTorch 2 writes it: `byteorder` says so, every storage is swapped."""
    widths = [tensor.element_size() for tensor in state.values()]

    def change(name, data):
        if name == "byteorder":
            return b"big"
        if not name.startswith("data/"):
            return data
        width = widths[int(name.removeprefix("data/"))]
        return np.frombuffer(data, f"u{width}").byteswap().tobytes()

    return rewritten(zip_bytes(state), "from-elsewhere", change)


def arrays():
    """What NumPy writes: every dtype, both orders, both ends first."""
    found = {
        name: np.array([[0, 1, 2], [3, 100, 7]]).astype(name)
        for name in DTYPES
        if name != "bfloat16"
    }
    found["fortran"] = np.asfortranarray(np.arange(24, dtype=np.float32).reshape(2, 3, 4))
    found["big end first"] = np.array([1.5, -2, 300], dtype=">f4")
    found["not contiguous"] = np.arange(12, dtype=np.float32).reshape(3, 4)[::2, 1::2]
    found["scalar"] = np.array(2.5, dtype=np.float32)
    found["empty"] = np.zeros((0, 4), dtype=np.float32)
    return found


def described_arrays(found):
    native = {name: a.astype(a.dtype.newbyteorder("=")) for name, a in found.items()}
    return described({name: torch.from_numpy(np.array(a, order="C")) for name, a in native.items()})


class Python2Pickler(pickle._Pickler):
    """Text and bytes as Python 2 writes its strings, which are both."""

    def save_string(self, value):
        data = value.encode("latin1") if isinstance(value, str) else value
        short = len(data) < 256
        self.write(b"U" + struct.pack("<B", len(data)) if short else b"T" + struct.pack("<i", len(data)))
        self.write(data)
        self.memoize(value)

    dispatch = {**pickle._Pickler.dispatch, str: save_string, bytes: save_string}


def python2_bytes(value):
    buffer = io.BytesIO()
    Python2Pickler(buffer, 2).dump(value)
    return buffer.getvalue()


def caffe2_blobs():
    """The names of MSRA's networks, in little."""
    names = ["conv1_w", "res_conv1_bn_s", "res_conv1_bn_b", "res_conv1_bn_rm", "res_conv1_bn_riv"]
    names += ["res2_0_branch1_w", "res2_0_branch2a_w", "res2_0_branch2a_w_momentum", "fc1000_b"]
    blobs = {name: np.full((2, i + 1), i, dtype=np.float32) for i, name in enumerate(names)}
    blobs["large"] = np.arange(100, dtype=np.float32)
    return blobs


def main():
    if os.environ.get("UPDATE_GOLDEN") != "1":
        sys.exit("set UPDATE_GOLDEN=1 to write the golden files")
    FOLDER.mkdir(exist_ok=True)
    torch.manual_seed(0)
    tensors, found, blobs = state_dict(), arrays(), caffe2_blobs()
    separate = {name: tensor for name, tensor in tensors.items() if name in DTYPES}
    module = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.BatchNorm1d(1))
    detectron2 = {"model": found, "__author__": "nobody", "matching_heuristics": True}
    files = {
        "zip.pth": (zip_bytes(checkpoint()), described(tensors)),
        "legacy.pth": (legacy_bytes(checkpoint()), described(tensors)),
        "renamed.pth": (rewritten(zip_bytes(separate), "a b", lambda _, data: data), described(separate)),
        "big-endian.pth": (big_endian(separate), described(separate)),
        "module.pth": (zip_bytes({"state_dict": module.state_dict()}), described(module.state_dict())),
        "blobs.pkl": (python2_bytes({"blobs": blobs, "cfg": "text: 1"}), described_arrays(blobs)),
    }
    for protocol in (2, 3, 4, 5):
        files[f"protocol{protocol}.pkl"] = (pickle.dumps(detectron2, protocol), described_arrays(found))
    moved = files["protocol2.pkl"][0].replace(b"numpy.core.", b"numpy._core.")
    files["numpy2.pkl"] = (moved, described_arrays(found))
    for name, (data, _) in files.items():
        (FOLDER / name).write_bytes(data)
    (FOLDER / "script.pt").write_bytes(script_bytes())
    golden = {name: contents for name, (_, contents) in files.items()}
    finish(FOLDER / "checkpoints.json", {"files": golden})
    print(FOLDER, sum(path.stat().st_size for path in FOLDER.iterdir()), "bytes")


main()
