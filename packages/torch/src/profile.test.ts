/** Profiles: which operators, how often, in which stage. */
import assert from "node:assert/strict";
import test from "node:test";
import { backward, matmul, ones, scope, type Tensor } from "./index.ts";
import { stage, startProfile, stopProfile } from "./profile.ts";
import { assertTorchError } from "./test-tensors.ts";

const at = (profile: ReturnType<typeof stopProfile>, operator: string, stageName: string | null) =>
  profile.operators.filter((cost) => cost.operator === operator && cost.stage === stageName);

test("profile: operators are counted in the stage that they ran in", () => {
  startProfile();
  scope(() => {
    const matrix = ones([64, 64]);
    stage("outer", () => {
      matmul(matrix, matrix);
      stage("inner", () => {
        matmul(matrix, matrix);
        matmul(matrix, matrix);
      });
      matmul(matrix, matrix);
    });
    matmul(matrix, matrix);
  });
  const profile = stopProfile();
  for (const [name, calls] of [
    ["outer", 2],
    ["inner", 2],
    [null, 1],
  ] as const) {
    const [cost, ...more] = at(profile, "aten::mm", name);
    assert.deepEqual(more, []);
    assert.equal(cost?.calls, calls, `${name}`);
    assert.ok(cost.milliseconds > 0);
    assert.equal(cost.backward, false);
  }
  assert.deepEqual(profile.stages.map((each) => each.stage).toSorted(), ["inner", "outer"]);
  const sum = profile.stages.reduce((total, { milliseconds }) => total + milliseconds, 0);
  assert.ok(sum <= profile.milliseconds);
});

test("profile: an operator's time is without what it called", () => {
  startProfile();
  scope(() => matmul(ones([256, 256]), ones([256, 256])));
  const { operators } = stopProfile();
  const own = (name: string) => operators.find(({ operator }) => operator === name)?.milliseconds;
  const [outer, inner] = [own("aten::matmul"), own("aten::mm")];
  assert.ok(outer !== undefined && inner !== undefined);
  assert.ok(outer < inner, `matmul ${outer}, mm ${inner}`);
});

test("profile: a backward pass belongs to the stages that it differentiates", () => {
  startProfile();
  scope(() => {
    const weight = ones([8, 8]).requiresGrad_();
    const product = (name: string, input: Tensor) => stage(name, () => matmul(input, weight));
    const loss = product("second", product("first", ones([8, 8]))).sum();
    stage("backward", () => backward(loss));
  });
  const { operators } = stopProfile();
  // Of the first product only the weight needs a gradient; of the second, the input as well.
  for (const [name, calls] of [
    ["first", 1],
    ["second", 2],
  ] as const) {
    const cost = operators.find(
      ({ operator, stage, backward }) => operator === "aten::mm" && stage === name && backward,
    );
    assert.equal(cost?.calls, calls, name);
  }
});

test("profile: nothing is seen before and after, and stages cost nothing then", () => {
  scope(() => stage("before", () => ones([4])));
  startProfile();
  const empty = stopProfile();
  assert.deepEqual(empty.operators, []);
  assert.deepEqual(empty.stages, []);
  assert.equal(
    stage("without a profile", () => 7),
    7,
  );
});

test("profile: an error within a stage leaves the outer stage in place", () => {
  startProfile();
  scope(() =>
    stage("outer", () => {
      assert.throws(() =>
        stage("inner", () => {
          throw new Error("on purpose");
        }),
      );
      matmul(ones([4, 4]), ones([4, 4]));
    }),
  );
  const profile = stopProfile();
  assert.equal(at(profile, "aten::mm", "outer")[0]?.calls, 1);
});

test("profile: one at a time", () => {
  startProfile();
  assertTorchError(() => startProfile(), "argument", /being taken already/);
  stopProfile();
  assertTorchError(() => stopProfile(), "argument", /no profile is being taken/);
});
