/** scaleRows and addRelu_ against the operators of LibTorch that they stand for. */
import assert from "node:assert/strict";
import {
  addRelu_,
  autocast,
  backward,
  fromTypedArray,
  grad,
  manualSeed,
  mul,
  noGrad,
  randn,
  scaleRows,
  sum,
  type Tensor,
} from "./index.ts";
import { assertClose, assertTorchError, tensorTest } from "./test-tensors.ts";

const shapes: readonly (readonly number[])[] = [
  [5, 7, 3, 3],
  [40, 20, 1, 1],
  [3, 1000],
  [1],
  [0, 4, 3, 3],
];
const layouts = ["contiguous", "channelsLast"] as const;

for (const shape of shapes) {
  for (const memoryFormat of layouts) {
    if (memoryFormat === "channelsLast" && shape.length !== 4) continue;
    for (const dtype of ["float32", "bfloat16"] as const) {
      tensorTest(`scaleRows: [${shape.join(", ")}] ${memoryFormat} to ${dtype}`, () => {
        manualSeed(2);
        const given = randn(shape).to({ memoryFormat });
        const by = randn([shape[0] ?? 0]);
        const column = [-1, ...shape.slice(1).map(() => 1)];
        const run = (scaled: (weight: Tensor, scale: Tensor) => Tensor) => {
          const weight = given.detach().requiresGrad_();
          const scale = by.detach().requiresGrad_();
          const output = scaled(weight, scale);
          backward(sum(mul(output.to("float32"), output.detach().to("float32").sigmoid())));
          return { output, weight: weight.grad, scale: scale.grad };
        };
        const got = run((weight, scale) => scaleRows(weight, scale, { dtype }));
        const wanted = run((weight, scale) => weight.mul(scale.reshape(column)).to(dtype));
        assert.equal(got.output.dtype, dtype);
        assert.deepEqual(got.output.strides, wanted.output.strides);
        assertClose(got.output.to("float32"), wanted.output.to("float32").toFloat32Array(), {
          absolute: 0,
        });
        for (const part of ["weight", "scale"] as const) {
          const [one, other] = [got[part], wanted[part]];
          assert.ok(one !== null && other !== null);
          assertClose(one, other.toFloat32Array(), { absolute: 1e-5, relative: 1e-4 }, part);
        }
      });
    }
  }
}

tensorTest("scaleRows: autocast decides the dtype", () => {
  const [weight, scale] = [randn([4, 3]), randn([4])];
  assert.equal(scaleRows(weight, scale).dtype, "float32");
  assert.equal(autocast("bfloat16", () => scaleRows(weight, scale)).dtype, "bfloat16");
});

tensorTest("scaleRows: a view with gaps, and a scale that needs no gradient", () => {
  const weight = randn([6, 8]).at([0, 6], [0, 5]).detach().requiresGrad_();
  const scale = randn([6]);
  const [gradient] = grad(sum(scaleRows(weight, scale)), [weight]);
  assert.ok(gradient);
  assertClose(gradient, scale.reshape([6, 1]).expand([6, 5]).contiguous().toFloat32Array(), {
    absolute: 1e-6,
  });
});

tensorTest("scaleRows: refuses what does not fit", () => {
  assertTorchError(
    () => scaleRows(randn([4, 3]), randn([3])),
    "operator",
    /expected a weight \[O, \.\.\.\] and a scale \[O\]/,
  );
  assertTorchError(
    () => scaleRows(randn([4, 3]).to("float64"), randn([4])),
    "operator",
    /in float32/,
  );
});

for (const dtype of ["float32", "bfloat16", "float64"] as const) {
  for (const memoryFormat of layouts) {
    tensorTest(`addRelu_: ${dtype}, ${memoryFormat}`, () => {
      manualSeed(3);
      const [one, other] = [0, 1].map(() => randn([2, 37, 9, 11]).to({ dtype, memoryFormat }));
      const run = (rule: (sum: Tensor, other: Tensor) => Tensor) => {
        const [a, b] = [one, other].map((each) => each.detach().requiresGrad_());
        const output = rule(a.mul(1), b);
        backward(sum(mul(output, output.detach().sigmoid())));
        return [output, a.grad, b.grad];
      };
      const got = run((a, b) => addRelu_(a, b));
      const wanted = run((a, b) => a.add(b).relu());
      got.forEach((part, i) => {
        const expected = wanted[i];
        assert.ok(part && expected);
        assertClose(part.to("float32"), expected.to("float32").toFloat32Array(), { absolute: 0 });
      });
    });
  }
}

tensorTest("addRelu_: writes into the first, also where the two lie differently in memory", () => {
  const one = randn([2, 4, 3, 5]);
  const other = randn([2, 4, 3, 5]).to({ memoryFormat: "channelsLast" });
  const expected = one.add(other).relu().toFloat32Array();
  assert.equal(
    noGrad(() => addRelu_(one, other)),
    one,
  );
  assertClose(one, expected, { absolute: 0 });
});

tensorTest("addRelu_: what is no number stays none, and infinities stay", () => {
  const one = fromTypedArray(
    Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0.5),
    [4],
  );
  const bits = one.to("bfloat16");
  const zeros = fromTypedArray(new Float32Array(4), [4]);
  const expected = [Number.NaN, Number.POSITIVE_INFINITY, 0, 0];
  assert.deepEqual(
    [
      ...noGrad(() => addRelu_(bits, zeros.to("bfloat16")))
        .to("float32")
        .toFloat32Array(),
    ],
    expected,
  );
  assert.deepEqual([...noGrad(() => addRelu_(one, zeros)).toFloat32Array()], expected);
});

tensorTest("addRelu_: refuses what does not fit", () => {
  assertTorchError(
    () => addRelu_(randn([2, 3]), randn([3, 2])),
    "operator",
    /expected two tensors alike/,
  );
  assertTorchError(
    () => addRelu_(randn([2]), randn([2]).to("bfloat16")),
    "operator",
    /expected two tensors alike/,
  );
});
