import assert from "node:assert/strict";
import { test } from "node:test";
import { keep, liveTensors, ones, scope, type Tensor, tensor } from "./index.ts";
import { assertTorchError } from "./test-tensors.ts";

/** Runs and expects as many live tensors as before. */
function leavingNothing(body: () => void): void {
  const before = liveTensors();
  body();
  assert.equal(liveTensors(), before);
}

test("scope: frees what it made, but for what it returns", () => {
  leavingNothing(() => {
    let inner: Tensor | undefined;
    const result = scope(() => {
      inner = ones([2]);
      return inner.add(1);
    });
    assert.equal(inner?.isFreed, true);
    assert.deepEqual(result.toNumbers(), [2, 2]);
    result.free();
  });
});

test("scope: survivors are found in arrays, objects, Maps, Sets and circles", () => {
  leavingNothing(() => {
    const circle: { self?: object; tensors: Tensor[] } = { tensors: [] };
    const made: Tensor[] = [];
    const one = () => {
      const fresh = ones([1]);
      made.push(fresh);
      return fresh;
    };
    const result = scope(() => {
      circle.self = circle;
      circle.tensors.push(one());
      const key = one();
      one().add(1);
      return {
        circle,
        nested: [[one()], { deep: one() }],
        map: new Map<unknown, unknown>([
          [key, one()],
          ["name", { inside: one() }],
        ]),
        set: new Set([one()]),
        plain: [1, "text", null, undefined, new Float32Array(2)],
      };
    });
    assert.equal(result.map.size, 2);
    assert.deepEqual(
      made.map((each) => each.isFreed),
      [false, false, true, false, false, false, false, false],
    );
    for (const each of made) each.free();
  });
});

test("scope: nested scopes hand survivors outwards", () => {
  leavingNothing(() => {
    let middle: Tensor | undefined;
    const total = scope(() => {
      middle = scope(() => ones([3]).add(1));
      assert.equal(middle.isFreed, false);
      return scope(() => middle?.sum());
    });
    assert.equal(middle?.isFreed, true);
    assert.equal(total?.item(), 6);
    total?.free();
  });
});

test("keep: takes a tensor out of every scope around it", () => {
  leavingNothing(() => {
    let kept: Tensor | undefined;
    scope(() => {
      scope(() => {
        kept = keep(ones([1]));
        assert.equal(keep(kept), kept);
      });
      assert.equal(kept?.isFreed, false);
    });
    assert.equal(kept?.isFreed, false);
    kept?.free();
  });
});

test("keep: a freed tensor cannot be kept", () => {
  const freed = ones([1]);
  freed.free();
  assertTorchError(() => keep(freed), "freed");
});

test("scope: an error frees everything and passes through", () => {
  leavingNothing(() => {
    let made: Tensor | undefined;
    assert.throws(
      () =>
        scope(() => {
          made = ones([1]);
          scope(() => made?.add(ones([2])).at(9));
        }),
      /out of range/,
    );
    assert.equal(made?.isFreed, true);
    const outside = ones([1]);
    assert.equal(
      scope(() => 1),
      1,
    );
    assert.equal(outside.isFreed, false, "the scope around is the current one again");
    outside.free();
  });
});

test("scope: a function that returns a Promise is refused, and its tensors are freed", async () => {
  const before = liveTensors();
  assertTorchError(
    () =>
      scope(async () => {
        ones([1]);
        throw new Error("nobody hears this");
      }),
    "scope",
    /Promise/,
  );
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(liveTensors(), before);
});

test("scope: what was freed inside, or comes from outside, is left alone", () => {
  leavingNothing(() => {
    const outside = tensor([1]);
    const returned = scope(() => {
      ones([1]).free();
      return outside;
    });
    assert.equal(returned, outside);
    assert.equal(outside.isFreed, false);
    outside.free();
  });
});
