/** Losses and optimisers against PyTorch's numbers (tools/golden/torch_layers.py). */
import assert from "node:assert/strict";
import { readGolden, seededNumbers } from "../golden/test-golden.ts";
import {
  backward,
  binaryCrossEntropyWithLogits,
  crossEntropyLoss,
  keep,
  l1Loss,
  linear,
  optim,
  scope,
  smoothL1Loss,
  type Tensor,
  tensor,
} from "../index.ts";
import { assertClose, tensorTest } from "../test-tensors.ts";

interface Step {
  loss: number;
  weight: number[];
  bias: number[];
}
interface Training {
  losses: Record<string, { value: number; gradient: number[] }>;
  sgd: Record<"plain" | "momentum" | "dampened" | "nesterov", Step[]>;
  adam: Record<"plain" | "decayed" | "decoupled", Step[]>;
}

const golden: Training = readGolden("training.json");
const TOLERANCE = { absolute: 1e-5, relative: 1e-5 };
const SUM = 2;

const losses: Record<string, (input: Tensor, targets: Tensor, labels: Tensor) => Tensor> = {
  crossEntropy: (input, _, labels) => crossEntropyLoss(input, labels),
  crossEntropySum: (input, _, labels) => crossEntropyLoss(input, labels, { reduction: SUM }),
  binaryCrossEntropyWithLogits: (input, targets) => binaryCrossEntropyWithLogits(input, targets),
  smoothL1: (input, targets) => smoothL1Loss(input, targets, { beta: 0.5 }),
  l1: (input, targets) => l1Loss(input, targets, { reduction: SUM }),
};

for (const [name, loss] of Object.entries(losses)) {
  tensorTest(`${name}: value and gradient as PyTorch's`, () => {
    const expected = golden.losses[name];
    assert(expected !== undefined);
    const input = seededNumbers(21, 6, 4).mul(3).requiresGrad_();
    const labels = tensor([0, 3, 1, 2, 3, 0], { dtype: "int64" });
    const targets = seededNumbers(22, 6, 4).gt(0).to("float32");
    const value = loss(input, targets, labels);
    assertClose([value.item()], [expected.value], TOLERANCE);
    backward(value);
    assert(input.grad !== null);
    assertClose(input.grad, expected.gradient, TOLERANCE, "gradient");
  });
}

interface Optimizer {
  learningRate: number;
  step(): void;
  zeroGrad(): void;
  state(): Map<string, Tensor>;
  loadState(state: ReadonlyMap<string, Tensor>): void;
  free(): void;
}

/** Ten steps of the generator's regression; before step `restart` the optimiser is saved and made anew. */
function checkTenSteps(
  make: (parameters: Map<string, Tensor>) => Optimizer,
  expected: readonly Step[],
  restart: number,
): void {
  const weight = seededNumbers(23, 3, 4).requiresGrad_();
  const bias = seededNumbers(24, 3).requiresGrad_();
  const parameters = new Map([
    ["weight", weight],
    ["bias", bias],
  ]);
  let optimizer = make(parameters);
  const learningRate = optimizer.learningRate;
  assert.equal(expected.length, 10);
  for (const [index, step] of expected.entries()) {
    if (index === restart) {
      const saved = scope(() => new Map([...optimizer.state()].map(([n, t]) => [n, t.clone()])));
      optimizer.free();
      optimizer = make(parameters);
      optimizer.loadState(saved);
    }
    optimizer.learningRate = index < 5 ? learningRate : learningRate / 10;
    optimizer.zeroGrad();
    const predicted = linear(seededNumbers(25, 8, 4), weight, { bias });
    const loss = predicted
      .sub(seededNumbers(26, 8, 3))
      .square()
      .mean();
    backward(loss);
    const gradient = weight.grad?.toNumbers();
    optimizer.step();
    assert.deepEqual(weight.grad?.toNumbers(), gradient, "a step leaves the gradients as they are");
    assertClose([loss.item()], [step.loss], TOLERANCE, `loss of step ${index}`);
    assertClose(weight, step.weight, TOLERANCE, `weight after step ${index}`);
    assertClose(bias, step.bias, TOLERANCE, `bias after step ${index}`);
  }
  optimizer.free();
}

const sgdCases = {
  plain: { learningRate: 0.1 },
  momentum: { learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 },
  dampened: { learningRate: 0.1, momentum: 0.9, dampening: 0.3 },
  nesterov: { learningRate: 0.1, momentum: 0.9, weightDecay: 0.01, nesterov: true },
} as const;

for (const name of ["plain", "momentum", "dampened", "nesterov"] as const) {
  tensorTest(
    `sgd: ten steps, ${name}, as PyTorch's, also over a restart from its saved state`,
    () => {
      const make = (parameters: Map<string, Tensor>) => optim.sgd(parameters, sgdCases[name]);
      checkTenSteps(make, golden.sgd[name], Number.POSITIVE_INFINITY);
      checkTenSteps(make, golden.sgd[name], 4);
    },
  );
}

const adamCases = {
  plain: { learningRate: 0.05 },
  decayed: { learningRate: 0.05, beta1: 0.8, beta2: 0.99, eps: 1e-6, weightDecay: 0.1 },
  decoupled: { learningRate: 0.05, beta1: 0.8, beta2: 0.99, weightDecay: 0.1, decoupled: true },
} as const;

for (const name of ["plain", "decayed", "decoupled"] as const) {
  tensorTest(
    `adam: ten steps, ${name}, as PyTorch's, also over a restart from its saved state`,
    () => {
      const make = (parameters: Map<string, Tensor>) => optim.adam(parameters, adamCases[name]);
      checkTenSteps(make, golden.adam[name], Number.POSITIVE_INFINITY);
      checkTenSteps(make, golden.adam[name], 6);
    },
  );
}

tensorTest("sgd: a parameter whose first gradient comes late begins its momentum then", () => {
  const [early, late] = [tensor([1, 1]).requiresGrad_(), tensor([1, 1]).requiresGrad_()];
  const options = { learningRate: 1, momentum: 0.5 };
  const optimizer = optim.sgd(new Map(Object.entries({ early, late })), options);
  early.grad = tensor([1, 0]);
  optimizer.step();
  late.grad = tensor([0, 1]);
  optimizer.step();
  assert.deepEqual(early.toNumbers(), [1 - 1 - 1.5, 1]);
  assert.deepEqual(late.toNumbers(), [1, 0]);
  assert.deepEqual([...optimizer.state().keys()].sort(), ["early", "late"]);
  keep(early);
  optimizer.free();
  early.free();
});
