import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  adamStep_,
  backward,
  liveTensors,
  noGrad,
  ones,
  optim,
  randn,
  readSafetensors,
  sgdStep_,
  type Tensor,
  tensor,
  writeSafetensors,
  zeros,
} from "../index.ts";
import { assertTorchError, tensorTest } from "../test-tensors.ts";

const makers = {
  sgd: (parameters: Map<string, Tensor>) =>
    optim.sgd(parameters, { learningRate: 0.1, momentum: 0.9 }),
  adam: (parameters: Map<string, Tensor>) => optim.adam(parameters, { learningRate: 0.1 }),
} as const;

for (const [name, make] of Object.entries(makers)) {
  tensorTest(`${name}: its state survives a file and goes on to the same bits`, () => {
    const folder = mkdtempSync(join(tmpdir(), "malleolus-optim-"));
    try {
      const path = join(folder, "optimizer.safetensors");
      const weight = tensor([1, -2, 3]).requiresGrad_();
      const parameters = new Map([["layer.weight", weight]]);
      const step = (optimizer: ReturnType<typeof make>) => {
        optimizer.zeroGrad();
        backward(weight.square().sum());
        optimizer.step();
      };
      const first = make(parameters);
      for (let i = 0; i < 3; i++) step(first);
      writeSafetensors(path, first.state());
      const before = weight.toNumbers();
      for (let i = 0; i < 3; i++) step(first);
      const expected = weight.toNumbers();
      first.free();

      weight.detach().copy_(tensor(before));
      const second = make(parameters);
      second.loadState(readSafetensors(path).tensors);
      for (let i = 0; i < 3; i++) step(second);
      assert.deepEqual(weight.toNumbers(), expected);
      second.free();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  tensorTest(
    `${name}: a state of other names or shapes is refused, and the own one is kept`,
    () => {
      const weight = ones([2]).requiresGrad_();
      const optimizer = make(new Map([["weight", weight]]));
      weight.grad = ones([2]);
      optimizer.step();
      const names = [...optimizer.state().keys()];
      const [first = ""] = names;
      assertTorchError(
        () => optimizer.loadState(new Map([["other", ones([2])]])),
        "argument",
        /other/,
      );
      assertTorchError(
        () => optimizer.loadState(new Map([[first, ones([3])]])),
        "argument",
        /weight/,
      );
      assert.deepEqual([...optimizer.state().keys()], names);
      optimizer.free();
      assert.equal(optimizer.state().size, 0);
    },
  );

  tensorTest(`${name}: parameters without a gradient stay; a step leaves only its state`, () => {
    const [moved, still] = [ones([2]).requiresGrad_(), ones([2]).requiresGrad_()];
    const optimizer = make(new Map(Object.entries({ moved, still })));
    const before = liveTensors();
    optimizer.step();
    assert.equal(liveTensors(), before, "nothing to do");
    moved.grad = ones([2]);
    optimizer.step();
    optimizer.step();
    assert.equal(
      liveTensors() - before,
      optimizer.state().size + 1,
      "the state, and the gradient here",
    );
    assert.deepEqual(still.toNumbers(), [1, 1]);
    assert(moved.toNumbers().every((value) => value < 1));
    assert.equal(moved.requiresGrad, true);
    optimizer.zeroGrad();
    assert.equal(moved.grad, null);
    optimizer.free();
  });
}

tensorTest("sgd and adam: settings that contradict themselves are refused", () => {
  const parameters = new Map([["weight", zeros([1])]]);
  const sgd = { learningRate: 1, nesterov: true };
  assertTorchError(() => optim.sgd(parameters, sgd), "argument", /momentum/);
  assertTorchError(
    () => optim.sgd(parameters, { ...sgd, momentum: 0.9, dampening: 0.1 }),
    "argument",
  );
  assertTorchError(
    () => optim.adam(parameters, { learningRate: 1, beta2: 1 }),
    "argument",
    /betas/,
  );
});

tensorTest("sgdStep_, adamStep_: what does not fit is refused, and nothing is written", () => {
  const list = (shape: readonly number[] = [2, 3]) => [zeros(shape)];
  const sgd = (...lists: readonly (readonly Tensor[])[]) =>
    noGrad(() => sgdStep_(lists[0], lists[1], lists[2], 1, 0.9, 0));
  const recorded = list().map((parameter) => parameter.requiresGrad_());
  assertTorchError(() => sgdStep_(recorded, list(), list(), 1, 0.9, 0), "operator", /noGrad/);
  assertTorchError(() => sgd(list(), [], list()), "operator", /as many gradients/);
  assertTorchError(() => sgd(list(), list([3, 2]), list()), "operator", /alike in size/);
  assertTorchError(
    () => sgd(list(), list(), [zeros([2, 3]).to("bfloat16")]),
    "operator",
    /float32/,
  );
  const turned = [zeros([3, 2]).permute([1, 0])];
  assertTorchError(() => sgd(list(), list(), turned), "operator", /lie dense in memory/);
  const overlapping = [zeros([1]).expand([2, 3])];
  assertTorchError(() => sgd(overlapping, list(), list()), "operator", /dense/);
  const adam = (step: number) =>
    noGrad(() => adamStep_(list(), list(), list(), list(), 1, 0.9, 0.9, 1e-8, 0, false, step));
  assertTorchError(() => adam(0), "operator", /from 1, got 0/);
});

tensorTest(
  "sgd and adam: a parameter that lies channels-last moves as a contiguous one does",
  () => {
    for (const make of Object.values(makers)) {
      const start = randn([4, 3, 5, 5]);
      const pull = randn([4, 3, 5, 5]);
      const moved = (["contiguous", "channelsLast"] as const).map((memoryFormat) => {
        const parameter = start.to({ memoryFormat }).clone().requiresGrad_();
        const optimizer = make(new Map([["weight", parameter]]));
        for (let i = 0; i < 3; i++) {
          optimizer.zeroGrad();
          // The gradient lies as `pull` does.
          parameter.grad = pull.clone();
          optimizer.step();
        }
        optimizer.free();
        return parameter.detach().contiguous().toFloat32Array();
      });
      assert.deepEqual(moved[0], moved[1]);
      assert.notDeepEqual(moved[0], start.toFloat32Array());
    }
  },
);
