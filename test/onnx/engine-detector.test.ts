/** Which engine runs a detector, on real sessions of ONNX Runtime: one that was closed runs no more. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { shippedDetector } from "@malleolus/networks/shipped-detector";
import { exportNetwork, type OnnxDetector, openOnnxDetector } from "@malleolus/onnx";
import * as runtime from "onnxruntime-node";
import { type Engine, openEngineDetector } from "../../packages/web/src/analyse/engine-detector.ts";

const path = shippedDetector() ?? "";
const model = exportNetwork(readFileSync(path), path, { weightType: "float32" });
const opened = () => openOnnxDetector(model, path, runtime);
const image = { width: 64, height: 64, pixels: new Float32Array(64 * 64).fill(0.5) };

/** Opens what each engine is given, and notes which were asked. */
function engines(given: Readonly<Record<Engine, () => Promise<OnnxDetector>>>) {
  const asked: Engine[] = [];
  const open = (engine: Engine) => {
    asked.push(engine);
    return given[engine]();
  };
  return { asked, open };
}

const refused = async (): Promise<OnnxDetector> => {
  throw new Error("no card");
};
const closed = async () => {
  const detector = await opened();
  await detector.close();
  return detector;
};

test("openEngineDetector: the graphics card runs what it can", async () => {
  const { asked, open } = engines({ webgpu: opened, wasm: refused });
  const detector = await openEngineDetector("webgpu", false, open);
  assert.ok(Array.isArray((await detector.analyze(image)).findings));
  const { engine, isInstead } = detector.current();
  assert.deepEqual([asked, engine, isInstead], [["webgpu"], "webgpu", false]);
});

for (const [when, card] of Object.entries({ opens: refused, runs: closed })) {
  test(`openEngineDetector: the processor takes over where the card fails as it ${when}`, async () => {
    const { asked, open } = engines({ webgpu: card, wasm: opened });
    const detector = await openEngineDetector("webgpu", false, open);
    for (let i = 0; i < 2; i++) assert.ok(Array.isArray((await detector.analyze(image)).findings));
    const { engine, isInstead } = detector.current();
    assert.deepEqual([asked, engine, isInstead], [["webgpu", "wasm"], "wasm", true]);
  });

  test(`openEngineDetector: a card that was asked for and fails as it ${when} is told`, async () => {
    const { asked, open } = engines({ webgpu: card, wasm: opened });
    const work = async () => (await openEngineDetector("webgpu", true, open)).analyze(image);
    await assert.rejects(work, /no card|ONNX Runtime does not run it/);
    assert.deepEqual(asked, ["webgpu"]);
  });
}

test("openEngineDetector: a processor that fails has nobody behind it", async () => {
  const { asked, open } = engines({ webgpu: opened, wasm: closed });
  const detector = await openEngineDetector("wasm", false, open);
  await assert.rejects(detector.analyze(image), /ONNX Runtime does not run it/);
  assert.deepEqual(asked, ["wasm"]);
});
