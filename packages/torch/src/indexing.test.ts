import assert from "node:assert/strict";
import { arange, type Index, liveTensors, tensor, zeros } from "./index.ts";
import { assertTorchError, tensorTest } from "./test-tensors.ts";

/** [2, 3, 4], 0 to 23. */
const cube = () => arange(0, 24).reshape([2, 3, 4]);

const reads: readonly [Index[], number[], number[]][] = [
  [[], [2, 3, 4], [...Array(24).keys()]],
  [[1, 2, 3], [], [23]],
  [[-1, -1, -1], [], [23]],
  [[0], [3, 4], [...Array(12).keys()]],
  [
    ["...", 0],
    [2, 3],
    [0, 4, 8, 12, 16, 20],
  ],
  [[0, "...", 1], [3], [1, 5, 9]],
  [["..."], [2, 3, 4], [...Array(24).keys()]],
  [
    [0, [1, 3], [0, 2]],
    [2, 2],
    [4, 5, 8, 9],
  ],
  [[1, 0, [null, null, 2]], [2], [12, 14]],
  [[1, 0, [-2, null]], [2], [14, 15]],
  [[1, 0, [1, 100]], [3], [13, 14, 15]],
  [[1, 0, [3, 1]], [0], []],
  [
    [0, null, 0],
    [1, 4],
    [0, 1, 2, 3],
  ],
  [
    ["...", null, [0, 1]],
    [2, 3, 1, 1],
    [0, 4, 8, 12, 16, 20],
  ],
];

for (const [indices, shape, numbers] of reads) {
  tensorTest(`at(${JSON.stringify(indices).slice(1, -1)}): shape [${shape}]`, () => {
    const base = cube();
    const before = liveTensors();
    const view = base.at(...indices);
    assert.equal(liveTensors(), before + 1, "no view on the way is left");
    assert.deepEqual(view.shape, shape);
    assert.deepEqual(view.toNumbers(), numbers);
    if (numbers.length > 0) {
      view.fill_(-1);
      assert.equal(base.lt(0).sum().item(), numbers.length, "a view, not a copy");
    }
    view.free();
    assert.equal(base.isFreed, false);
  });
}

tensorTest("at: tensors of indices and of truth values take copies", () => {
  const base = cube();
  const rows = tensor([2n, 0n]);
  const taken = base.at(0, rows);
  assert.deepEqual(taken.toNumbers(), [8, 9, 10, 11, 0, 1, 2, 3]);
  taken.zero_();
  assert.equal(base.at(0, 2, 0).item(), 8);
  assert.deepEqual(base.at("...", rows).shape, [2, 3, 2]);
  assert.deepEqual(base.at([0, 1], rows, tensor([1n, 3n])).toNumbers(), [9, 3], "pairs");
  assert.deepEqual(base.at(base.gt(20)).toNumbers(), [21, 22, 23]);
  assert.deepEqual(base.at(base.gt(100)).shape, [0]);
  assert.deepEqual(base.at(1, tensor([true, false, true])).shape, [2, 4]);
  assert.deepEqual(
    base
      .at(
        tensor([
          [true, false, true],
          [false, false, false],
        ]),
        0,
      )
      .toNumbers(),
    [0, 8],
  );
  assert.deepEqual(base.at(tensor(1n)).shape, [3, 4]);
  assert.deepEqual(base.at(tensor([-1n]), 0, 0).toNumbers(), [12]);
});

tensorTest("setAt: numbers and tensors, into views, rows and truth values", () => {
  const base = zeros([2, 3]);
  const before = liveTensors();
  assert.equal(base.setAt([0, 1], 5), base);
  base.setAt(["...", 2], 7);
  assert.equal(liveTensors(), before, "nothing is left behind");
  assert.deepEqual(base.toNumbers(), [0, 5, 7, 0, 0, 7]);
  base.setAt([1], tensor([1, 2, 3]));
  assert.deepEqual(base.toNumbers(), [0, 5, 7, 1, 2, 3]);
  base.setAt([base.gt(4)], -1);
  assert.deepEqual(base.toNumbers(), [0, -1, -1, 1, 2, 3]);
  base.setAt([tensor([1n]), tensor([0n])], tensor([9]));
  assert.deepEqual(base.toNumbers(), [0, -1, -1, 9, 2, 3]);
  const integers = zeros([3], { dtype: "int64" });
  integers.setAt([[0, 2]], 4).setAt([tensor([2n])], 6);
  assert.deepEqual(integers.toNumbers(), [4, 4, 6]);
  base.setAt([], 0);
  assert.deepEqual(base.sum().item(), 0);
});

tensorTest(
  "at: too many indices, places outside and wrong kinds are refused and leave nothing",
  () => {
    const base = cube();
    const before = liveTensors();
    assertTorchError(() => base.at(0, 0, 0, 0), "argument", /at most 3 indices.*\[2, 3, 4\]/);
    assertTorchError(() => base.at("...", "..."), "argument", /at most once/);
    assertTorchError(() => base.at(0, 3), "operator", /select/);
    assertTorchError(() => base.at([0, 1], 0, -5), "operator", /select/);
    assertTorchError(() => base.at(0.5), "argument", /integer/);
    assertTorchError(() => base.at([0, 2, 0]), "operator", /step/);
    assertTorchError(() => base.setAt([0, 0], zeros([7])), "operator", /copy_|size/);
    assert.equal(liveTensors(), before + 1, "only the zeros");
    assertTorchError(() => base.at(tensor([5n])), "operator", /index/);
    assertTorchError(() => base.at(tensor([0.5])), "operator", /index/);
  },
);
