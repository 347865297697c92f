import assert from "node:assert/strict";
import { test } from "node:test";
import { loadEngine } from "./open-engine.ts";

test("ONNX Runtime is told to send nothing to its makers before it is loaded", async (context) => {
  const { ORT_DISABLE_TELEMETRY: before } = process.env;
  context.after(() => {
    if (before === undefined) delete process.env.ORT_DISABLE_TELEMETRY;
    else process.env.ORT_DISABLE_TELEMETRY = before;
  });
  delete process.env.ORT_DISABLE_TELEMETRY;
  await loadEngine("onnx");
  assert.equal(process.env.ORT_DISABLE_TELEMETRY, "1");
});
