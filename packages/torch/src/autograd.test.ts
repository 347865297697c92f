import assert from "node:assert/strict";
import {
  autocast,
  backward,
  conv2d,
  grad,
  libtorchVersion,
  linear,
  liveTensors,
  matmul,
  noGrad,
  ones,
  roiAlign,
  scope,
  type Tensor,
  tensor,
  zeros,
} from "./index.ts";
import { assertTorchError, tensorTest } from "./test-tensors.ts";

/** Asked of a function, since the compiler takes a property for what it was. */
function hasGradient(tensor: Tensor): boolean {
  return tensor.grad !== null;
}

// --- Gradients ----------------------------------------------------------------------------------

tensorTest("backward: adds to the gradients of the leaves", () => {
  const x = tensor([1, 2, 3]).requiresGrad_();
  const fixed = tensor([4, 5, 6]);
  const loss = x.mul(fixed).sum();
  assert(!hasGradient(x));
  backward(loss);
  assert.deepEqual(x.grad?.toNumbers(), [4, 5, 6]);
  assert.equal(fixed.grad, null);
  backward(x.square().sum());
  assert.deepEqual(x.grad?.toNumbers(), [6, 9, 12]);
  x.grad = null;
  assert(!hasGradient(x));
  x.grad = tensor([1, 1, 1]);
  backward(x.sum());
  assert.deepEqual(x.grad?.toNumbers(), [2, 2, 2]);
});

tensorTest("backward: several outputs, given gradients, only some inputs", () => {
  const x = tensor([1, 2]).requiresGrad_();
  const w = tensor([3, 4]).requiresGrad_();
  backward([x.mul(w), w.sum()], { gradients: [tensor([1, 10]), null], inputs: [w] });
  assert.deepEqual(w.grad?.toNumbers(), [2, 21]);
  assert.equal(x.grad, null);
});

tensorTest("backward: a graph goes with its first pass unless it is retained", () => {
  const x = tensor([2]).requiresGrad_();
  const y = x.square().sum();
  backward(y, { retainGraph: true });
  backward(y);
  assert.deepEqual(x.grad?.toNumbers(), [8]);
  assertTorchError(() => backward(y), "operator", /second time/);
});

tensorTest("backward: what has no gradient, or more than one element, is refused", () => {
  const x = tensor([1, 2]).requiresGrad_();
  assertTorchError(() => backward(tensor([1])), "operator", /does not require grad/);
  assertTorchError(() => backward(x.mul(2)), "operator", /scalar/);
  assertTorchError(() => backward(x.mul(2), { gradients: [ones([3])] }), "operator", /shape/);
  assertTorchError(() => backward([x.sum()], { gradients: [] }), "argument", /1 gradients, got 0/);
  assertTorchError(() => backward(Object(null)), "argument", /backward.*tensor/);
  const freed = x.sum();
  freed.free();
  assertTorchError(() => backward(freed), "freed");
});

tensorTest("grad: derivatives of any order, and null for an input without part in it", () => {
  const x = tensor([3]).requiresGrad_();
  const idle = tensor([1]).requiresGrad_();
  const cube = x.mul(x).mul(x).sum();
  const [first, none] = grad(cube, [x, idle], { createGraph: true });
  assert.deepEqual(first?.toNumbers(), [27]);
  assert.equal(none, null);
  assert(first);
  const [second] = grad(first.sum(), [x]);
  assert.deepEqual(second?.toNumbers(), [18]);
  assert.equal(x.grad, null, "grad accumulates nowhere");
});

tensorTest("roiAlign: a second derivative is refused, not left out", () => {
  const x = ones([1, 1, 4, 4]).requiresGrad_();
  const pooled = roiAlign(x, tensor([[0, 0, 0, 3, 3]]), 1, 2, 2);
  const weight = ones([1]).requiresGrad_();
  const [first] = grad(pooled.mul(weight).sum(), [x], { createGraph: true });
  assert(first);
  assertTorchError(() => backward(first.sum()), "operator", /no second derivative/);
});

tensorTest("grad setter: shape and dtype must be the tensor's", () => {
  const x = tensor([1, 2]).requiresGrad_();
  const assign = (gradient: Tensor) => () => {
    x.grad = gradient;
  };
  assertTorchError(assign(zeros([3])), "argument", /expected a gradient of shape \[2\] float32/);
  assertTorchError(assign(zeros([2], { dtype: "int64" })), "argument", /int64/);
  assertTorchError(assign(x), "argument", /its own/);
  assert.equal(x.grad, null);
});

tensorTest("requiresGrad_: only floating leaves, and back again", () => {
  const x = tensor([1]);
  assert.equal(x.requiresGrad, false);
  assert.equal(x.requiresGrad_(), x);
  assert.equal(x.requiresGrad, true);
  const y = x.mul(2);
  assert.equal(y.requiresGrad, true);
  assertTorchError(() => y.requiresGrad_(false), "operator", /leaf/);
  assert.equal(y.detach().requiresGrad, false);
  assert.equal(x.requiresGrad_(false).mul(2).requiresGrad, false);
  assertTorchError(() => tensor([1n]).requiresGrad_(), "operator", /floating point/);
  assertTorchError(() => x.requiresGrad_().fill_(3), "operator", /in-place|leaf/);
});

tensorTest("noGrad: records nothing inside, also nested, and records again after an error", () => {
  const x = tensor([1]).requiresGrad_();
  const inside = noGrad(() => {
    noGrad(() => x.mul(2));
    return x.mul(2);
  });
  assert.equal(inside.requiresGrad, false);
  assert.throws(() => noGrad(() => assert.fail("inside")), /inside/);
  assert.equal(x.mul(2).requiresGrad, true);
  assertTorchError(() => noGrad(async () => 1), "scope", /Promise/);
  assert.equal(x.mul(2).requiresGrad, true);
});

// --- Autocast -------------------------------------------------------------------------------------

const dtypeUnder = (dtype: "bfloat16" | null) =>
  autocast(dtype, () => matmul(ones([2, 2]), ones([2, 2])).dtype);

tensorTest("autocast: matrix products and convolutions run in the dtype, the rest as given", () => {
  const image = ones([1, 1, 4, 4]);
  const kernel = ones([1, 1, 3, 3]).requiresGrad_();
  autocast("bfloat16", () => {
    assert.equal(conv2d(image, kernel).dtype, "bfloat16");
    assert.equal(linear(ones([2, 2]), ones([2, 2])).dtype, "bfloat16");
    assert.equal(image.add(1).dtype, "float32");
  });
  assert.equal(conv2d(image, kernel).dtype, "float32");
});

tensorTest("autocast: nested, null switches it off inside, and on again after", () => {
  autocast("bfloat16", () => {
    assert.equal(dtypeUnder(null), "float32");
    assert.equal(dtypeUnder("bfloat16"), "bfloat16");
    assert.equal(matmul(ones([2, 2]), ones([2, 2])).dtype, "bfloat16");
  });
  assert.equal(dtypeUnder(null), "float32");
  assert.equal(matmul(ones([2, 2]), ones([2, 2])).dtype, "float32");
});

tensorTest("autocast: an error or a Promise ends it", () => {
  assert.throws(() => autocast("bfloat16", () => assert.fail("inside")), /inside/);
  assert.equal(matmul(ones([2, 2]), ones([2, 2])).dtype, "float32");
  assertTorchError(() => autocast("bfloat16", async () => 1), "scope", /Promise/);
  assert.equal(matmul(ones([2, 2]), ones([2, 2])).dtype, "float32");
  assertTorchError(() => autocast(Object("int64").toString(), () => 1), "argument", /bfloat16/);
  assert.equal(matmul(ones([2, 2]), ones([2, 2])).dtype, "float32");
});

tensorTest("autocast: a weight updated in place between two regions is seen by the second", () => {
  const weight = ones([2, 2]).requiresGrad_();
  const run = () => autocast("bfloat16", () => linear(ones([1, 2]), weight).toNumbers());
  assert.deepEqual(run(), [2, 2]);
  noGrad(() => weight.fill_(3));
  assert.deepEqual(run(), [6, 6]);
  // Also when the first region ended with an error, after the weight had been cast.
  assert.throws(() =>
    autocast("bfloat16", () => {
      linear(ones([1, 2]), weight);
      assert.fail("inside");
    }),
  );
  noGrad(() => weight.fill_(5));
  assert.deepEqual(run(), [10, 10]);
});

tensorTest(
  "autocast: inside a region of one dtype, a region of another casts the weight anew",
  () => {
    const weight = ones([2, 2]).requiresGrad_();
    const product = () => linear(ones([1, 2]), weight).dtype;
    autocast("bfloat16", () => {
      assert.equal(product(), "bfloat16");
      if (libtorchVersion().startsWith("1.")) {
        assertTorchError(() => autocast("float16", product), "operator", /only support Bfloat16/);
      } else {
        assert.equal(autocast("float16", product), "float16");
      }
      assert.equal(product(), "bfloat16");
    });
    assert.equal(product(), "float32");
  },
);

tensorTest("autocast: gradients arrive in the dtype of the weight", () => {
  const weight = ones([2, 2]).requiresGrad_();
  const before = liveTensors();
  scope(() => {
    backward(autocast("bfloat16", () => linear(ones([1, 2]), weight)).sum());
    assert.equal(weight.grad?.dtype, "float32");
    assert.deepEqual(weight.grad.toNumbers(), [1, 1, 1, 1]);
  });
  assert.equal(liveTensors(), before);
});
