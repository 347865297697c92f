/** Measured with the LibTorch that is here; processors are described, since a test runs on one. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { maskRcnn, openDetector, writeDetector } from "@malleolus/networks";
import { detectron2Config } from "@malleolus/schema";
import { scope, setThreads, threads } from "@malleolus/torch";
import { hasBfloat16, type Processor, readProcessor } from "../processor.ts";
import { chooseDetectionDtype, chooseDtype, sayDtype } from "./choose-dtype.ts";

function folderFor(context: { after(end: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-dtype-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

const able: Processor = { model: "described", flags: ["avx2", "avx512_bf16"] };
/** Without bfloat16's instructions a network's take seconds. */
const shapes = [{ channels: 8, height: 6, width: 5, out: 8, kernel: 3 }];

test("readProcessor: the flags that count, and no part of a longer name", (context) => {
  const folder = folderFor(context);
  const flagsOf = (text: string) => {
    const path = join(folder, "cpuinfo");
    writeFileSync(path, text);
    return readProcessor(path).flags;
  };
  assert.deepEqual(flagsOf("flags : fpu avx2 avx512f avx512_bf16 amx_bf16\n"), [
    "avx2",
    "avx512f",
    "avx512_bf16",
    "amx_bf16",
  ]);
  assert.deepEqual(flagsOf("flags : fpu avx2 avx512_bf16x sse\n"), ["avx2"]);
  assert.deepEqual(flagsOf("Features : asimd bf16 i8mm\n"), ["bf16"]);
  assert.deepEqual(readProcessor(join(folder, "absent")).flags, []);
});

test("chooseDetectionDtype: a detector on an EfficientNet-Lite computes in float32, unmeasured", async (context) => {
  const folder = folderFor(context);
  const path = join(folder, "model.safetensors");
  const { roi, ...config } = detectron2Config(["fracture"]);
  // Thin heads and few detections: bfloat16 without its instructions takes a minute for the usual ones.
  const thin = {
    ...roi,
    detectionsPerImage: 5,
    box: { ...roi.box, fullyConnectedChannels: 32 },
    mask: { ...roi.mask, channels: 32, convolutions: 1 },
  };
  const backbone = {
    kind: "efficientnet-lite2",
    norm: "frozen",
    freezeAt: 0,
    fpnChannels: 8,
  } as const;
  scope(() =>
    writeDetector(path, maskRcnn({ ...config, roi: thin, backbone }), {
      minSize: 64,
      maxSize: 96,
      maskCollimation: false,
      testTimeFlip: false,
    }),
  );
  const kept = join(folder, "kept");
  const choice = await chooseDetectionDtype(path, { processor: able, kept });
  assert.equal(choice.dtype, "float32");
  assert.match(choice.reason, /EfficientNet-Lite2/);
  // Opened as users open it, in both dtypes.
  const radiograph = { width: 80, height: 60, pixels: new Float32Array(4800).fill(0.4) };
  for (const precision of ["float32", "bfloat16"] as const) {
    const detector = openDetector(path, { precision, scoreThreshold: 0 });
    const { findings } = detector.see(radiograph);
    assert.ok(findings.length > 0 && findings.every(({ score }) => score >= 0 && score <= 1));
    assert.equal(detector.see(radiograph).shown, null);
    detector.close();
  }
});

test("hasBfloat16: AVX-512 alone has none", () => {
  const has = (...flags: string[]) => hasBfloat16({ model: "", flags });
  assert.equal(has("avx2", "avx512f"), false);
  assert.equal(has("avx512_bf16"), true);
  assert.equal(has("amx_bf16"), true);
  assert.equal(has("bf16"), true);
});

test("chooseDtype: a processor without bfloat16 is not measured", async (context) => {
  const kept = folderFor(context);
  const processor = { model: "plain", flags: ["avx2", "avx512f"] };
  const choice = await chooseDtype("training", { processor, kept });
  assert.deepEqual(choice, {
    dtype: "float32",
    reason: "this processor has no instructions for bfloat16",
  });
  assert.deepEqual(readdirSync(kept), []);
});

test("chooseDtype: measured once a task, and again where what was kept does not serve", async (context) => {
  const kept = folderFor(context);
  const choose = (task: "training" | "detection") =>
    chooseDtype(task, { processor: able, kept, shapes });
  const first = await chooseDtype("detection", { processor: able, kept });
  assert.match(first.reason, /convolutions of detection take [\d.]+ ms .*measured just now/);
  const [name] = readdirSync(kept);
  assert.match(name, /^dtype-detection-[0-9a-f]{12}\.json$/);
  const path = join(kept, name);
  const measured = JSON.parse(readFileSync(path, "utf8"));
  const faster = measured.bfloat16Ms <= 0.9 * measured.float32Ms ? "bfloat16" : "float32";
  assert.equal(first.dtype, faster);

  // What was kept decides: here other times than any machine has.
  const keep = (changes: object) =>
    writeFileSync(path, JSON.stringify({ ...measured, ...changes }));
  keep({ float32Ms: 1000, bfloat16Ms: 1 });
  assert.equal((await choose("detection")).dtype, "bfloat16");
  assert.match(
    (await choose("detection")).reason,
    /1000\.0 ms in float32 and 1\.0 in bfloat16.*earlier/,
  );
  keep({ float32Ms: 1, bfloat16Ms: 1000 });
  assert.equal((await choose("detection")).dtype, "float32");
  // Nearly alike: the more precise one.
  keep({ float32Ms: 100, bfloat16Ms: 95 });
  assert.equal((await choose("detection")).dtype, "float32");

  await choose("training");
  assert.equal(readdirSync(kept).length, 2);

  for (const bad of ["{", JSON.stringify({ ...measured, libtorch: "0.1.0" })]) {
    writeFileSync(path, bad);
    assert.match((await choose("detection")).reason, /measured just now/, bad);
    assert.deepEqual(Object.keys(JSON.parse(readFileSync(path, "utf8"))), Object.keys(measured));
  }
});

test("chooseDtype: another processor, one that oneDNN may not use in full, and other threads are measured anew", async (context) => {
  const kept = folderFor(context);
  const before = process.env.ONEDNN_MAX_CPU_ISA;
  context.after(() => {
    if (before === undefined) delete process.env.ONEDNN_MAX_CPU_ISA;
    else process.env.ONEDNN_MAX_CPU_ISA = before;
  });
  await chooseDtype("detection", { processor: able, kept, shapes });
  await chooseDtype("detection", { processor: { ...able, model: "another" }, kept, shapes });
  process.env.ONEDNN_MAX_CPU_ISA = "AVX2";
  await chooseDtype("detection", { processor: able, kept, shapes });
  assert.equal(readdirSync(kept).length, 3);
  const threadsBefore = threads();
  context.after(() => setThreads(threadsBefore));
  setThreads(threadsBefore + 1);
  await chooseDtype("detection", { processor: able, kept, shapes });
  assert.equal(readdirSync(kept).length, 4);
});

test("chooseDtype: where nothing can be kept, it is measured every time, and said so", async (context) => {
  const folder = folderFor(context);
  const kept = join(folder, "taken");
  writeFileSync(kept, "a file where the folder would be");
  const { reason } = await chooseDtype("detection", { processor: able, kept, shapes });
  assert.match(reason, /measured just now, since .*taken keeps nothing/);
});

test("sayDtype: one line, to a person", () => {
  const said: string[] = [];
  const refuse = () => assert.fail("a dtype is no result");
  sayDtype({ dtype: "float32", reason: "so" }, { write: refuse, writeError: (t) => said.push(t) });
  assert.deepEqual(said, ["computing in float32: so\n"]);
});
