import assert from "node:assert/strict";
import test from "node:test";
import { findDetector } from "@malleolus/runs";
import { hasCuda, liveTensors } from "@malleolus/torch";
import { computed, eventsOf, prepare } from "./test-runs.ts";
import { train } from "./train.ts";

const skip = hasCuda() ? false : "needs a GPU and a LibTorch with CUDA";

test("train: on a GPU as on the CPU, and a run goes on from one to the other", {
  skip,
}, async (context) => {
  const { options } = await prepare(
    context,
    {
      steps: 3,
      checkpointEverySteps: 2,
      validation: { everySteps: 2, metric: "loss", patience: null },
      weightAverage: { decay: 0.9 },
    },
    0.34,
  );
  const before = liveTensors();
  await train(options("cpu"));
  await train(options("cuda", { device: "cuda" }));
  assert.equal(liveTensors(), before, "tensors were left behind");
  const [start] = eventsOf(options("cuda").directory);
  assert.ok(start.event === "start" && start.device === "cuda");

  // Losses and norms alike within what sums in another order make.
  const [expected, got] = ["cpu", "cuda"].map((name) =>
    numbersIn(computed(options(name).directory)),
  );
  assert.equal(got.length, expected.length);
  for (const [i, value] of got.entries()) {
    assert.ok(Math.abs(value - expected[i]) <= 1e-2 * Math.max(1, Math.abs(expected[i])), `${i}`);
  }

  const stopping = new AbortController();
  await train(
    options("moved", {
      device: "cuda",
      stop: stopping.signal,
      onEvent: ({ event }) => event === "step" && stopping.abort(),
    }),
  );
  assert.equal((await train(options("moved"))).reason, "done");
  assert.equal(findDetector(options("moved").directory).chosen?.which, "best");
});

/** Every number in a value, in the order in which it stands there. */
function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(numbersIn);
}
