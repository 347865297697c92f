/**
 * A program for leaks.test.ts: one piece of work over and over, in a process of its own. It
 * prints the memory after a warm-up and at the end, and how many tensors live. Each is the least of
 * several readings, because what V8 and the allocator hold at one moment goes up and down.
 * Run with --expose-gc. The argument is the name of the work.
 */
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import * as torch from "./index.ts";

const STEPS = 10_000;

const weight = torch.rand([16, 8]).requiresGrad_();
const optimizer = torch.optim.sgd(new Map([["weight", weight]]), {
  learningRate: 1e-4,
  momentum: 0.9,
});
const numbers = new Float32Array(4096);
const big = torch.rand([64, 64]);

function trainingStep(): void {
  torch.scope(() => {
    const input = torch.fromTypedArray(numbers, [512, 8]);
    const output = torch.autocast("bfloat16", () => torch.linear(input, weight));
    optimizer.zeroGrad();
    torch.backward(output.to("float32").square().mean());
    optimizer.step();
  });
}

/** Nothing is freed here: the collector finds the tensors, and its callbacks run between turns. */
function unscopedStep(): void {
  big.mul(2).add(1).at([0, 3]).sum();
}

function wrongStep(): void {
  for (const wrong of [
    () => torch.add(big, torch.ones([7])),
    () => torch.conv2d(big, big),
    () => torch.call("aten::nothing"),
    () => torch.call("aten::cat", [null, big]),
    () => torch.fromTypedArray(numbers, [3]),
    () => big.at(0, 0, 0),
    () => torch.autocast("bfloat16", () => torch.mm(big, torch.ones([3, 3]))),
    () => torch.backward(torch.ones([2])),
  ]) {
    try {
      torch.scope(wrong);
    } catch (error) {
      if (!(error instanceof torch.TorchError)) throw error;
    }
  }
}

function copyStep(): void {
  torch.scope(() => {
    const made = torch.fromTypedArray(numbers, [4096], { dtype: "bfloat16" });
    made.toTypedArray();
    made.toFloat32Array();
    big.toNumbers();
    big.copyTo(numbers.subarray(0, 4096));
  });
}

/** A worker that loads the addon anew and ends without freeing what it made. */
async function workerStep(): Promise<void> {
  const program = `
    const { parentPort } = require("node:worker_threads");
    import(${JSON.stringify(new URL("index.ts", import.meta.url).href)}).then((torch) => {
      globalThis.kept = Array.from({ length: 50 }, () => torch.rand([64, 1024]));
      torch.backward(torch.ones([3]).requiresGrad_().sum());
      parentPort.postMessage(torch.liveTensors());
    });`;
  const worker = new Worker(program, { eval: true });
  const live = await new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  if (live !== 52) throw new Error(`${live} tensors in the worker`);
  await worker.terminate();
}

interface Work {
  readonly steps: number;
  readonly run: () => void | Promise<void>;
  /** Steps between two turns of the event loop. */
  readonly turn: number;
}

const works: Readonly<Record<string, Work>> = {
  training: { steps: STEPS, run: trainingStep, turn: 1000 },
  unscoped: { steps: STEPS, run: unscopedStep, turn: 100 },
  wrong: { steps: STEPS / 4, run: wrongStep, turn: 500 },
  copies: { steps: STEPS, run: copyStep, turn: 500 },
  workers: { steps: 24, run: workerStep, turn: 1 },
};

/** In KiB. What is anonymous is ours or LibTorch's; the rest are pages of the libraries. */
interface Memory {
  readonly resident: number;
  readonly anonymous: number;
}

/** Collects, lets the callbacks of the collected run, and reads the memory. */
async function settle(): Promise<Memory> {
  for (let round = 0; round < 4; round++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const status = readFileSync("/proc/self/status", "utf8");
  const read = (key: string) => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1]);
  return { resident: read("VmRSS"), anonymous: read("RssAnon") };
}

// One thread: beside other tests, two would wait for each other most of the time.
torch.setThreads(1);
const work = works[process.argv[2] ?? ""];
if (work === undefined) throw new Error(`no work is called ${process.argv[2]}`);
const liveBefore = torch.liveTensors();
/** Steps of the warm-up, and of the end, after which the memory is read. */
const READINGS = 5;
const apart = Math.max(1, Math.floor(work.steps / 100));
const readings: [Memory[], Memory[]] = [[], []];
const warmUp = Math.ceil(work.steps / 5);
for (let step = 1; step <= work.steps; step++) {
  const pending = work.run();
  if (pending !== undefined) await pending;
  if (step % work.turn === 0) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const sinceWarm = step - warmUp;
  if (sinceWarm >= 0 && sinceWarm % apart === 0 && sinceWarm < READINGS * apart)
    readings[0].push(await settle());
  const left = work.steps - step;
  if (left % apart === 0 && left < READINGS * apart) readings[1].push(await settle());
}
const memory = readings.map((some) => some.reduce((a, b) => (b.anonymous < a.anonymous ? b : a)));
const kept = optimizer.state().size + (weight.grad === null ? 0 : 1);
console.log(JSON.stringify({ memory, live: torch.liveTensors() - liveBefore, kept }));
