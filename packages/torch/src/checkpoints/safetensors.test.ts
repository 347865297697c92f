import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { DTYPES } from "../dtype.ts";
import {
  fromTypedArray,
  liveTensors,
  ones,
  readSafetensors,
  scope,
  type Tensor,
  tensor,
  writeSafetensors,
  zeros,
} from "../index.ts";
import { assertTorchError, tensorTest } from "../test-tensors.ts";

const folder = mkdtempSync(join(tmpdir(), "malleolus-safetensors-"));
after(() => rmSync(folder, { recursive: true }));

tensorTest("safetensors: every dtype, every rank, views and odd names come back bit by bit", () => {
  const path = join(folder, "all.safetensors");
  const tensors = new Map<string, Tensor>();
  for (const dtype of DTYPES) {
    tensors.set(
      dtype,
      tensor(
        [
          [0, 1, 2],
          [3, 100, 7],
        ],
        { dtype },
      ),
    );
    // An odd number of bytes moves the next one to an odd place.
    tensors.set(`${dtype} of odd length`, tensor([true, false, true]).to("uint8"));
  }
  tensors.set("scalar", tensor(2.5));
  tensors.set("empty", zeros([0, 4]));
  tensors.set(
    "transposed",
    tensor([
      [1, 2],
      [3, 4],
    ]).transpose(0, 1),
  );
  tensors.set(
    "channels last",
    tensor([
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
      [
        [
          [5, 6],
          [7, 8],
        ],
      ],
    ]).to({ memoryFormat: "channelsLast" }),
  );
  tensors.set(
    "NaN",
    fromTypedArray(Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY, -0), [3]),
  );
  tensors.set("trains", ones([2]).requiresGrad_());
  tensors.set("__proto__", tensor([7]));
  tensors.set('Umlaut ä "quoted" \u{1f9b4}', tensor([8]));
  const metadata = { format: "pt", __proto__: "x", ä: "ö" };
  writeSafetensors(path, tensors, metadata);
  const read = readSafetensors(path);
  assert.deepEqual([...read.tensors.keys()].sort(), [...tensors.keys()].sort());
  assert.deepEqual(read.metadata, { format: "pt", ä: "ö" });
  for (const [name, original] of tensors) {
    const copy = read.tensors.get(name);
    assert(copy !== undefined, name);
    assert.equal(copy.dtype, original.dtype, name);
    assert.deepEqual(copy.shape, original.shape, name);
    assert.deepEqual(copy.toTypedArray(), original.toTypedArray(), name);
    assert.equal(copy.requiresGrad, false);
  }
});

tensorTest("safetensors: the bytes are the format's", () => {
  const path = join(folder, "bytes.safetensors");
  writeSafetensors(path, new Map([["a", tensor([1, 2])]]));
  const bytes = readFileSync(path);
  const length = Number(bytes.readBigUInt64LE(0));
  assert.equal(length % 8, 0);
  assert.deepEqual(JSON.parse(bytes.toString("utf8", 8, 8 + length)), {
    a: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
  });
  assert.deepEqual(bytes.subarray(8 + length), Buffer.from(Float32Array.of(1, 2).buffer));
});

tensorTest("readSafetensors: a file cut anywhere is refused and leaves no tensor", () => {
  const path = join(folder, "cut.safetensors");
  const tensors = new Map([
    ["a", tensor([1, 2])],
    ["b", tensor([1n])],
  ]);
  writeSafetensors(path, tensors);
  const whole = readFileSync(path);
  const before = liveTensors();
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length));
    assertTorchError(() => readSafetensors(path), "checkpoint", /cut\.safetensors: not a whole/);
  }
  assert.equal(liveTensors(), before);
});

/** A file of that header and so many bytes of data. */
function fileOf(header: string | Buffer, dataBytes = 16): string {
  const path = join(folder, "made.safetensors");
  const text = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(path, Buffer.concat([length, text, Buffer.alloc(dataBytes)]));
  return path;
}

const entry = (changes: object) =>
  JSON.stringify({ a: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...changes } });

const corrupt: Readonly<Record<string, string | Buffer>> = {
  "no JSON": "{",
  "no text": Buffer.from([0xff, 0xfe, 0x80]),
  "a list": "[]",
  "a number": "5",
  "an entry that is no object": '{"a": 5}',
  "an unknown dtype": entry({ dtype: "F13" }),
  "a dtype of JavaScript's own": entry({ dtype: "constructor" }),
  "a shape that is no list": entry({ shape: 2 }),
  "a negative size": entry({ shape: [-2] }),
  "a broken size": entry({ shape: [1.5] }),
  "a shape of other bytes": entry({ shape: [3] }),
  "a huge shape of no bytes": entry({ shape: [2 ** 50, 2 ** 50, 0], data_offsets: [0, 0] }),
  "a shape beyond counting": entry({ shape: [2 ** 53 - 1, 2 ** 53 - 1] }),
  "one offset": entry({ data_offsets: [0] }),
  "three offsets": entry({ data_offsets: [0, 8, 16] }),
  "offsets before the data": entry({ data_offsets: [-8, 0] }),
  "offsets behind the data": entry({ data_offsets: [12, 20] }),
  "offsets that turn round": entry({ data_offsets: [8, 0] }),
  "metadata that is no object": '{"__metadata__": 5}',
};

for (const [what, header] of Object.entries(corrupt)) {
  tensorTest(`readSafetensors: a header with ${what} is refused`, () => {
    const path = fileOf(header);
    assertTorchError(() => readSafetensors(path), "checkpoint", /made\.safetensors/);
  });
}

tensorTest("readSafetensors: a length beyond the file, no file, a folder", () => {
  const path = fileOf("{}");
  const bytes = readFileSync(path);
  bytes.writeBigUInt64LE(2n ** 64n - 1n);
  writeFileSync(path, bytes);
  assertTorchError(() => readSafetensors(path), "checkpoint", /header claims/);
  assertTorchError(() => readSafetensors(join(folder, "none")), "checkpoint", /ENOENT/);
  assertTorchError(() => readSafetensors(folder), "checkpoint", /EISDIR|not a whole/);
  assert.equal(readSafetensors(fileOf("{}", 0)).tensors.size, 0);
});

tensorTest("writeSafetensors: replaces a file as a whole, and leaves nothing beside it", () => {
  const place = join(folder, "place");
  mkdirSync(place);
  const path = join(place, "model.safetensors");
  for (const value of [1, 2]) {
    writeSafetensors(path, new Map([["a", tensor(value)]]));
    assert.equal(readSafetensors(path).tensors.get("a")?.item(), value);
    assert.deepEqual(readdirSync(place), ["model.safetensors"]);
  }
  // A failure halfway, at the second tensor, which was freed.
  const [good, freed] = [tensor(3), tensor(4)];
  const tensors = new Map([
    ["a", good],
    ["b", freed],
  ]);
  Object.defineProperty(freed, "toTypedArray", {
    value: () => {
      throw new Error("no more memory");
    },
  });
  assertTorchError(() => writeSafetensors(path, tensors), "checkpoint", /no more memory/);
  assert.deepEqual(readdirSync(place), ["model.safetensors"]);
  assert.equal(readSafetensors(path).tensors.get("a")?.item(), 2);

  freed.free();
  assertTorchError(() => writeSafetensors(path, tensors), "freed");
  assertTorchError(() => writeSafetensors(place, new Map([["a", good]])), "checkpoint", /EISDIR/);
  const nowhere = join(folder, "no such folder", "x");
  assertTorchError(() => writeSafetensors(nowhere, new Map()), "checkpoint", /ENOENT/);
  const reserved = new Map([["__metadata__", good]]);
  assertTorchError(() => writeSafetensors(path, reserved), "checkpoint", /__metadata__/);
  assert.deepEqual(readdirSync(place), ["model.safetensors"]);
  assert.equal(readdirSync(folder).filter((name) => name.endsWith(".tmp")).length, 0);
});

/** A file system of 64 KiB, or why there is none. */
function mountTiny(place: string): string | null {
  mkdirSync(place);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", place], { stdio: "pipe" });
    return null;
  } catch {
    return "mounting a small file system is not allowed here";
  }
}

test("writeSafetensors: a full disk leaves the old file and no half one", (context: TestContext) => {
  const place = join(folder, "tiny");
  const refused = mountTiny(place);
  if (refused !== null) return context.skip(refused);
  try {
    scope(() => {
      const path = join(place, "model.safetensors");
      writeSafetensors(path, new Map([["a", tensor(1)]]));
      const large = new Map([["a", ones([1 << 16])]]);
      assertTorchError(() => writeSafetensors(path, large), "checkpoint", /ENOSPC/);
      assert.deepEqual(readdirSync(place), ["model.safetensors"]);
      assert.equal(readSafetensors(path).tensors.get("a")?.item(), 1);
    });
  } finally {
    execFileSync("umount", [place]);
  }
});

tensorTest("safetensors: a type that is not ours is named, and the file is not called cut", () => {
  const path = join(folder, "f8.safetensors");
  const header = Buffer.from('{"a":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  writeFileSync(path, Buffer.concat([length, header, Buffer.alloc(2)]));
  assertTorchError(
    () => readSafetensors(path),
    "checkpoint",
    /f8\.safetensors: expected tensors of F32, .*, got F8_E4M3 in a; save them as F32, F16 or BF16$/,
  );
});
