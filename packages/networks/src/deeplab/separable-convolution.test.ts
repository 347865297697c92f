import assert from "node:assert/strict";
import test from "node:test";
import { liveTensors, noGrad, ones, scope } from "@malleolus/torch";
import { separableConvolution } from "./separable-convolution.ts";

test("separableConvolution: both halves are rectified, and taps stand as far apart as they should, by hand", () => {
  const before = liveTensors();
  scope(() => {
    const layer = separableConvolution({ in: 8, out: 8, dilation: 2, norm: "measured" });
    noGrad(() => {
      // Every channel sums its nine taps; the first takes them away.
      layer.depthwise.weight.fill_(1).at(0).fill_(-1);
      layer.pointwise.weight.fill_(1).at(0).fill_(-1);
    });
    const got = noGrad(() => layer.forwardRelu(ones([1, 8, 3, 5])));
    assert.deepEqual(got.shape, [1, 8, 3, 5]);
    // Two cells further: of three rows only the outer ones see each other.
    const taps = [
      [4, 4, 6, 4, 4],
      [2, 2, 3, 2, 2],
      [4, 4, 6, 4, 4],
    ].flat();
    for (let channel = 0; channel < 8; channel++) {
      const values = got.at(0, channel).toNumbers();
      taps.forEach((count, i) => {
        const expected = channel === 0 ? 0 : 7 * count;
        assert.ok(Math.abs(values[i] - expected) < 1e-2, `${channel}, ${i}: ${values[i]}`);
      });
    }
  });
  assert.equal(liveTensors(), before);
});
