/** Every file here was written by PyTorch or NumPy; see tools/golden/torch_checkpoints.py. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { liveTensors, readDetectron2Pkl, readPth, readWeightsFile, tensor } from "../index.ts";
import { assertTorchError, tensorTest } from "../test-tensors.ts";
import { writeSafetensors } from "./safetensors.ts";
import type { StateDictFile } from "./state-dict-file.ts";

interface Golden {
  readonly files: Record<
    string,
    Record<string, { dtype: string; shape: number[]; values: number[] }>
  >;
}

const golden = join(import.meta.dirname, "golden");
const expected: Golden = JSON.parse(readFileSync(join(golden, "checkpoints.json"), "utf8"));
const folder = mkdtempSync(join(tmpdir(), "malleolus-weights-file-"));
after(() => rmSync(folder, { recursive: true }));

function readerOf(name: string): (path: string) => StateDictFile {
  return name.endsWith(".pth") ? readPth : readDetectron2Pkl;
}

function fileOf(bytes: Uint8Array | string, name = "made.pth"): string {
  const path = join(folder, name);
  writeFileSync(path, bytes, "latin1");
  return path;
}

for (const [name, contents] of Object.entries(expected.files)) {
  tensorTest(`${name}: names, dtypes, shapes and every element are what was written`, () => {
    for (const read of [readerOf(name), readWeightsFile]) {
      const { tensors } = read(join(golden, name));
      assert.deepEqual([...tensors.keys()], Object.keys(contents));
      for (const [key, { dtype, shape, values }] of Object.entries(contents)) {
        const got = tensors.get(key);
        assert.equal(got?.dtype, dtype, key);
        assert.deepEqual(got?.shape, shape, key);
        assert.deepEqual(Array.from(got?.toTypedArray() ?? [], Number), values, key);
        assert.equal(got?.requiresGrad, false);
      }
    }
  });
}

tensorTest("readPth, readDetectron2Pkl: what is said beside the tensors", () => {
  const zip = readPth(join(golden, "zip.pth")).metadata;
  assert.deepEqual(zip, {
    iteration: 1999,
    loss: 0.25,
    best: true,
    negative: -(2 ** 40),
    text: "as it was",
    device: "cpu",
    score: 0.5,
  });
  assert.deepEqual(readPth(join(golden, "legacy.pth")).metadata, zip);
  const pkl = readDetectron2Pkl(join(golden, "protocol4.pkl")).metadata;
  assert.deepEqual(pkl, { __author__: "nobody", matching_heuristics: true });
});

tensorTest("readPth: tensors of one storage are copies of their own", () => {
  const { tensors } = readPth(join(golden, "zip.pth"));
  const row = tensors.get("a row of whole");
  row?.fill_(-1);
  assert.deepEqual(tensors.get("whole")?.at(1, 2).toNumbers(), [20, 21, 22, 23]);
});

tensorTest("readWeightsFile: safetensors too, whatever a file is called", () => {
  const path = join(folder, "in disguise.pth");
  writeSafetensors(path, new Map([["a", tensor([1, 2])]]), { format: "pt" });
  const { tensors, metadata } = readWeightsFile(path);
  assert.deepEqual(tensors.get("a")?.toNumbers(), [1, 2]);
  assert.deepEqual(metadata, { format: "pt" });
  const disguised = fileOf(readFileSync(join(golden, "legacy.pth")), "model.safetensors");
  assert.equal(readWeightsFile(disguised).tensors.size, 21);
  assertTorchError(
    () => readWeightsFile(fileOf("<html>not found</html>", "page.pth")),
    "checkpoint",
    /^\S+page\.pth: expected weights as safetensors.*begins with "<html>no"/,
  );
  assertTorchError(() => readWeightsFile(join(folder, "none")), "checkpoint", /none: .*ENOENT/);
  assertTorchError(() => readWeightsFile(fileOf("")), "checkpoint", /begins with ""/);
});

/** A file of a golden one, with one text in place of another of the same length. */
function changed(name: string, from: string, to: string): string {
  assert.equal(from.length, to.length);
  const text = readFileSync(join(golden, name)).toString("latin1");
  assert.ok(text.includes(from), from);
  return fileOf(text.replaceAll(from, to), name);
}

const refused: Readonly<Record<string, () => string>> = {
  "os\\.system": () => fileOf("\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R.", "evil.pkl"),
  "builtins\\.eval": () => fileOf("\x80\x04\x8c\x08builtins\x8c\x04eval\x93.", "evil.pkl"),
  "builtins\\.getattr": () => fileOf("\x80\x04\x8c\x08builtins\x8c\x07getattr\x93.", "evil.pkl"),
  "torch\\._utils\\._rebuild_tensor_vX": () =>
    changed("zip.pth", "_rebuild_tensor_v2", "_rebuild_tensor_vX"),
  "collections\\.OrderedDicT": () => changed("legacy.pth", "OrderedDict\n", "OrderedDicT\n"),
  "numpy\\.recarra": () => changed("protocol2.pkl", "numpy\nndarray\n", "numpy\nrecarra\n"),
  "a\\.b\\\\nc": () => fileOf("\x80\x04\x8c\x01a\x8c\x03b\nc\x93.", "evil.pkl"),
};

for (const [name, make] of Object.entries(refused)) {
  tensorTest(`readWeightsFile: a file that asks for ${name} is refused by that name`, () => {
    const path = make();
    const error = assertTorchError(
      () => readWeightsFile(path),
      "checkpoint",
      new RegExp(`^${path}: it asks for ${name}, which is refused`),
      /write its state dict alone/,
    );
    assert.ok(!error.message.includes("\n"));
  });
}

/** A pickle of instructions, read as a file of arrays. */
const pickles: Readonly<Record<string, [string, RegExp]>> = {
  "no end": ["\x80\x02}", /ends early/],
  "a value that is missing": ["\x80\x02.", /a value is missing/],
  "a mark that is missing": ["\x80\x02u.", /a mark is missing/],
  "a key without a value": ["\x80\x02}(K\x01u.", /a key has no value/],
  "an item of no dictionary": ["\x80\x02]K\x01K\x02s.", /no dictionary/],
  "an append to no list": ["\x80\x02}K\x01a.", /no list/],
  "a memory of nothing": ["\x80\x02h\x07.", /nothing was remembered as 7/],
  "a call of no name": ["\x80\x02K\x01)R.", /no name/],
  "a state of a list": ["\x80\x02]K\x01b.", /has none/],
  "text longer than the file": ["\x80\x02X\xff\xff\xff\xffabc.", /ends early/],
  "bytes longer than 2^53": ["\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xff.", /ends early/],
  "an integer of megabytes": ["\x80\x02\x8b\x00\x00\x10\x00.", /an integer has/],
  "an instruction of protocol 0": ["\x80\x02I1\n.", /no instruction 0x49/],
  "protocol 9": ["\x80\x09}.", /expected protocol 2 to 5, got 9/],
  "an extension": ["\x80\x02\x82\x01.", /no instruction 0x82/],
  "an object left outside": ["\x80\x02K\x01Q.", /leaves objects/],
  "a number alone": ["\x80\x02K\x01.", /expected tensors by name.*something else/],
  "itself and nothing else": ["\x80\x02}q\x00X\x05\x00\x00\x00modelh\x00s.", /got \["model"\]/],
  "an array never filled": [
    "\x80\x02}X\x01\x00\x00\x00acnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n)N\x87Rs.",
    /never filled/,
  ],
  "an array of objects": [
    "\x80\x02}X\x01\x00\x00\x00acnumpy\nndarray\n)R(K\x01K\x01\x85cnumpy\ndtype\nX\x02\x00\x00\x00O8\x85R\x89]tbs.",
    /has no numbers/,
  ],
  "an array larger than its bytes": [
    "\x80\x02}X\x01\x00\x00\x00acnumpy\nndarray\n)R(K\x01K\x03\x85cnumpy\ndtype\nX\x02\x00\x00\x00f4\x85R\x89U\x041234tbs.",
    /reaches to byte 12 of a storage of 4/,
  ],
  "a huge array": [
    "\x80\x02}X\x01\x00\x00\x00acnumpy\nndarray\n)R(K\x01J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86cnumpy\ndtype\nX\x02\x00\x00\x00f4\x85R\x89U\x041234tbs.",
    /many times larger than the file|no tensor can have/,
  ],
  "a negative size": [
    "\x80\x02}X\x01\x00\x00\x00acnumpy\nndarray\n)R(K\x01J\xff\xff\xff\xff\x85cnumpy\ndtype\nX\x02\x00\x00\x00f4\x85R\x89U\x041234tbs.",
    /shape \[-1\].*no tensor can have/,
  ],
  "unsigned 32 bits": [
    "\x80\x02}X\x01\x00\x00\x00acnumpy\nndarray\n)R(K\x01K\x01\x85cnumpy\ndtype\nX\x02\x00\x00\x00u4\x85R\x89U\x041234tbs.",
    /dtype "u4", which no tensor here has/,
  ],
};

for (const [what, [text, pattern]] of Object.entries(pickles)) {
  tensorTest(`readDetectron2Pkl: a pickle of ${what} is refused`, () => {
    const path = fileOf(text, "made.pkl");
    assertTorchError(() => readDetectron2Pkl(path), "checkpoint", /^\S+made\.pkl: /, pattern);
  });
}

tensorTest("readPth: a tensor that reaches out of its storage is refused", () => {
  // The shape (2, 3, 4) of `whole`, as (2, 3, 5).
  const path = changed("zip.pth", "K\x02K\x03K\x04\x87", "K\x02K\x03K\x05\x87");
  assertTorchError(() => readPth(path), "checkpoint", /shape \[2, 3, 5\] reaches to byte/);
});

tensorTest("readPth: other archives, programs and compressed records are told apart", () => {
  const without = changed("renamed.pth", "a b/data.pkl", "a b/data.pkx");
  assertTorchError(() => readPth(without), "checkpoint", /got another archive/);
  const incomplete = changed("module.pth", "archive/data/0", "archive/cons/0");
  assertTorchError(
    () => readPth(incomplete),
    "checkpoint",
    /its record "archive\/data\/0" is missing/,
  );
  const script = join(golden, "script.pt");
  assertTorchError(() => readPth(script), "checkpoint", /is a TorchScript archive/);
  const bytes = readFileSync(join(golden, "renamed.pth"));
  const entry = bytes.indexOf("PK\x01\x02");
  bytes.writeUInt16LE(8, entry + 10);
  assertTorchError(() => readPth(fileOf(bytes)), "checkpoint", /is compressed, and PyTorch/);
});

for (const name of ["zip.pth", "legacy.pth", "protocol2.pkl", "protocol5.pkl", "blobs.pkl"]) {
  tensorTest(`${name}: cut anywhere, it is refused and leaves no tensor`, () => {
    const whole = readFileSync(join(golden, name));
    const before = liveTensors();
    const lengths = Array.from({ length: 150 }, (_, i) => Math.floor((i * whole.length) / 150));
    for (const length of [...lengths, whole.length - 1]) {
      const path = fileOf(whole.subarray(0, length), name);
      assertTorchError(() => readerOf(name)(path), "checkpoint");
    }
    assert.equal(liveTensors(), before);
  });
}

const MUTANTS = 500;

for (const name of ["zip.pth", "legacy.pth", "renamed.pth", "protocol2.pkl", "protocol5.pkl"]) {
  tensorTest(
    `${name}: with other bytes it is read or refused, and nothing else happens`,
    (context) => {
      const whole = readFileSync(join(golden, name));
      const before = liveTensors();
      let state = name.length;
      // Numerical Recipes' linear congruential generator: the same mutants every time.
      const draw = (below: number) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32) * below);
      };
      let refusals = 0;
      for (let i = 0; i < MUTANTS; i++) {
        const bytes = Buffer.from(whole);
        for (let k = draw(4); k >= 0; k--) bytes[draw(bytes.length)] = draw(256);
        const path = fileOf(bytes, name);
        try {
          for (const read of readerOf(name)(path).tensors.values()) read.free();
        } catch (error) {
          refusals++;
          const { message } = assertTorchError(() => {
            throw error;
          }, "checkpoint");
          assert.ok(message.startsWith(`${path}: `) && !message.includes("\n"), message);
        }
      }
      assert.equal(liveTensors(), before);
      context.diagnostic(`${refusals} of ${MUTANTS} refused`);
      assert.ok(refusals > MUTANTS / 20 && refusals < MUTANTS);
    },
  );
}
