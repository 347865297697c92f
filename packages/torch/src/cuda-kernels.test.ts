/**
 * What runs for tensors on a GPU, on machines that have none: the addon's `simulated_*` operators run
 * the same code on the CPU, its kernels thread by thread, and NVRTC compiles the kernels where it is
 * found. On the GPU itself: cuda.test.ts.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { seededNumbers } from "./golden/test-golden.ts";
import {
  type Argument,
  adamStep_,
  call,
  channelsLastGroupNorm,
  fromTypedArray,
  grad,
  nms,
  nmsMask,
  noGrad,
  roiAlign,
  sgdStep_,
  Tensor,
  tensor,
  zeros,
} from "./index.ts";
import { assertClose, assertTorchError, tensorTest } from "./test-tensors.ts";

/** The operator of that name as a GPU would run it. */
function simulated(name: string, ...args: Argument[]): Tensor {
  const result = call(`malleolus::simulated_${name}`, ...args);
  const [first] = Array.isArray(result) ? result : [result];
  assert(first instanceof Tensor);
  return first;
}

// --- RoIAlign ----------------------------------------------------------------------------------

const HEIGHT = 13;
const WIDTH = 17;
const REGIONS: readonly (readonly [
  image: number,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
])[] = [
  [0, 4.3, 2.7, 40.1, 30.9],
  [1, 0, 0, 68, 52],
  [1, -30, -12.5, 25, 70],
  [0, 200, 200, 240, 230],
  [0, 10.01, 10.02, 10.03, 10.04],
  [1, 50, 40, 20, 10],
  [0, 12, 12, 12, 30],
  [1, 66.1, 50.2, 67.9, 51.9],
];

interface Pooling {
  readonly scale: number;
  readonly size: readonly [height: number, width: number];
  readonly ratio: number;
  readonly aligned: boolean;
}

const poolings: readonly Pooling[] = [
  { scale: 0.25, size: [7, 7], ratio: 0, aligned: true },
  { scale: 0.25, size: [3, 5], ratio: 2, aligned: true },
  { scale: 0.31, size: [2, 1], ratio: 0, aligned: false },
  { scale: 1, size: [4, 4], ratio: 3, aligned: false },
];

for (const { scale, size, ratio, aligned } of poolings) {
  const title = `${size.join(" x ")} bins, sampling ratio ${ratio}, ${aligned ? "aligned" : "not aligned"}`;
  for (const channels of [1, 5, 70]) {
    tensorTest(`GPU's roiAlign: ${title}, ${channels} channels: as the CPU's`, () => {
      const features = seededNumbers(1, 2, channels, HEIGHT, WIDTH);
      const regions = tensor(REGIONS);
      const gradient = seededNumbers(2, REGIONS.length, channels, ...size);
      for (const memoryFormat of ["contiguous", "channelsLast"] as const) {
        for (const [dtype, tolerance] of [
          ["float32", { absolute: 2e-6 }],
          ["bfloat16", { absolute: 1e-5, relative: 2 ** -7 }],
        ] as const) {
          const input = features.to({ dtype, memoryFormat });
          const expected = pool(input, regions, { scale, size, ratio, aligned });
          const [height, width] = size;
          const settings = [scale, height, width, ratio, aligned] as const;
          const got = simulated("roi_align", input, regions, ...settings);
          assert.deepEqual(got.shape, expected.shape);
          assert.equal(got.dtype, dtype);
          assert(got.isContiguous(memoryFormat), "the memory format of the input");
          assertClose(got, expected.toFloat32Array(), tolerance, `${dtype} output`);

          const pull = gradient.to({ dtype, memoryFormat });
          const back = [regions, input.shape, scale, ratio, aligned] as const;
          const wanted = call("malleolus::roi_align_backward", pull, ...back);
          assert(wanted instanceof Tensor);
          const found = simulated("roi_align_backward", pull, ...back);
          assert.equal(found.dtype, dtype);
          const sums = { absolute: 2e-5, relative: tolerance.absolute };
          assertClose(
            found,
            wanted.toFloat32Array(),
            dtype === "float32" ? sums : { absolute: 0.02, relative: 2 ** -7 },
            `${dtype} gradient`,
          );
        }
      }
    });
  }
}

function pool(input: Tensor, regions: Tensor, { scale, size, ratio, aligned }: Pooling): Tensor {
  return roiAlign(input, regions, scale, ...size, { samplingRatio: ratio, aligned });
}

const SHAPE = [2, 6, HEIGHT, WIDTH];

/** The gradient of the features, 7 x 7 bins, scale 1/4, adaptive sampling. */
function gradientOf(gradient: Tensor, regions: Tensor): Tensor {
  return simulated("roi_align_backward", gradient, regions, SHAPE, 0.25, 0, true);
}

tensorTest("GPU's roiAlign: bfloat16 is computed in float32 and rounded once", () => {
  const regions = tensor(REGIONS);
  const features = seededNumbers(1, ...SHAPE).to("bfloat16");
  const settings = [0.25, 7, 7, 0, true] as const;
  const exact = simulated("roi_align", features.to("float32"), regions, ...settings);
  const rounded = simulated("roi_align", features, regions, ...settings);
  assert.deepEqual(rounded.toFloat32Array(), exact.to("bfloat16").toFloat32Array());
  const gradient = seededNumbers(2, REGIONS.length, 6, 7, 7).to("bfloat16");
  const exactSums = gradientOf(gradient.to("float32"), regions);
  const sums = gradientOf(gradient, regions);
  assert.deepEqual(sums.toFloat32Array(), exactSums.to("bfloat16").toFloat32Array());
});

tensorTest("GPU's roiAlign: the gradient has the same bits in whatever order threads add", () => {
  const order = [5, 2, 7, 0, 3, 6, 1, 4];
  const rows = fromTypedArray(Int32Array.from(order), [order.length]).to("int64");
  const [regions, gradient] = [tensor(REGIONS), seededNumbers(3, REGIONS.length, 6, 7, 7)];
  const first = gradientOf(gradient, regions);
  const second = gradientOf(gradient.indexSelect(0, rows), regions.indexSelect(0, rows));
  assert.deepEqual(second.toFloat32Array(), first.toFloat32Array());
});

tensorTest("GPU's roiAlign: large and small gradients are as exact as others", () => {
  const [regions, gradient] = [tensor(REGIONS), seededNumbers(3, REGIONS.length, 6, 7, 7)];
  const expected = gradientOf(gradient, regions);
  for (const power of [-80, -40, 40, 110]) {
    const got = gradientOf(gradient.mul(2 ** power), regions);
    const back = got.to("float64").mul(2 ** -power);
    assertClose(back, expected.toFloat32Array(), { absolute: 1e-8, relative: 1e-6 }, `2^${power}`);
  }
  const none = gradientOf(gradient.mul(0), regions);
  assert.deepEqual(none.abs().sum().item(), 0);
});

tensorTest("GPU's roiAlign: what is no number reaches the same pixels as on the CPU", () => {
  const regions = tensor(REGIONS);
  for (const poison of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const gradient = seededNumbers(3, REGIONS.length, 6, 7, 7);
    gradient.setAt([0, 2, 3, 3], poison);
    const expected = call("malleolus::roi_align_backward", gradient, regions, SHAPE, 0.25, 0, true);
    assert(expected instanceof Tensor);
    const got = gradientOf(gradient, regions);
    assert.deepEqual(got.isfinite().toNumbers(), expected.isfinite().toNumbers());
    const finite = expected.isfinite();
    assert(finite.logicalNot().any().item() === 1, "the case has some");
    const values = { absolute: 2e-5 };
    assertClose(got.maskedSelect(finite), expected.maskedSelect(finite).toFloat32Array(), values);
  }
});

tensorTest(
  "GPU's roiAlign: a region that cannot be sampled gives NaN, the others their values",
  () => {
    const features = seededNumbers(1, 2, 6, HEIGHT, WIDTH);
    const [good] = REGIONS;
    const rows = [
      good,
      [2, 1, 1, 5, 5],
      [-1, 1, 1, 5, 5],
      [0, Number.NaN, 1, 5, 5],
      [0, 1, 1, Number.POSITIVE_INFINITY, 5],
      [0, 0, 0, 1e6, 5],
    ];
    const got = simulated("roi_align", features, tensor(rows), 0.25, 7, 7, 0, true);
    const expected = roiAlign(features, tensor([good]), 0.25, 7, 7);
    assertClose(got.at(0), expected.toFloat32Array(), { absolute: 2e-6 });
    for (let i = 1; i < rows.length; i++)
      assert.equal(got.at(i).isnan().all().item(), 1, `region ${i}`);
    const gradient = gradientOf(seededNumbers(3, rows.length, 6, 7, 7), tensor(rows));
    const alone = gradientOf(seededNumbers(3, rows.length, 6, 7, 7).at([0, 1]), tensor([good]));
    assertClose(gradient, alone.toFloat32Array(), { absolute: 1e-6 }, "they teach nothing");
  },
);

tensorTest("GPU's roiAlign: no regions; what does not fit is refused as on the CPU", () => {
  const features = seededNumbers(1, 2, 6, HEIGHT, WIDTH);
  const none = fromTypedArray(new Float32Array(0), [0, 5]);
  const settings = [0.25, 7, 7, 0, true] as const;
  assert.deepEqual(simulated("roi_align", features, none, ...settings).shape, [0, 6, 7, 7]);
  const gradient = gradientOf(fromTypedArray(new Float32Array(0), [0, 6, 7, 7]), none);
  assert.equal(gradient.abs().sum().item(), 0);
  const refuse = (input: Tensor, regions: Tensor, pattern: RegExp) =>
    assertTorchError(
      () => simulated("roi_align", input, regions, ...settings),
      "operator",
      pattern,
    );
  refuse(features.to("float64"), tensor(REGIONS), /float32 or bfloat16 on a GPU/);
  refuse(features, tensor([[1, 2, 3]]), /rois of shape \[K, 5\]/);
  refuse(features.at(0), tensor(REGIONS), /\[N, C, H, W\]/);
});

// --- Non-maximum suppression --------------------------------------------------------------------

/** Corners on a grid, so that overlaps meet thresholds exactly. */
function gridBoxes(seed: number, count: number): Tensor {
  const unit = seededNumbers(seed, count, 4).add(1).div(2).toFloat32Array();
  const boxes = new Float32Array(count * 4);
  for (let i = 0; i < count; i++) {
    const [x, y, width, height] = unit.subarray(i * 4, i * 4 + 4);
    const [left, top] = [Math.floor(x * 30), Math.floor(y * 30)];
    boxes.set(
      [left, top, left + 1 + Math.floor(width * 12), top + 1 + Math.floor(height * 12)],
      i * 4,
    );
  }
  return fromTypedArray(boxes, [count, 4]);
}

function assertSuppressed(boxes: Tensor, scores: Tensor, threshold: number, groups: Tensor | null) {
  const expected = nms(boxes, scores, threshold, { groups });
  const got = simulated("nms", boxes, scores, threshold, groups);
  assert.equal(got.dtype, "int64");
  assert.deepEqual(got.toNumbers(), expected.toNumbers());
  const mask = nmsMask(boxes, scores, threshold, { groups });
  const wanted = [...maskOf(expected, boxes.shape[0])];
  assert.deepEqual(mask.toNumbers(), wanted, "nmsMask");
  const found = simulated("nms_mask", boxes, scores, threshold, groups);
  assert.equal(found.dtype, "bool");
  assert.deepEqual(found.toNumbers(), wanted, "the GPU's nmsMask");
  return expected;
}

function maskOf(kept: Tensor, count: number): Uint8Array {
  const mask = new Uint8Array(count);
  for (const index of kept.toNumbers()) mask[index] = 1;
  return mask;
}

for (const count of [1, 63, 64, 65, 200, 700]) {
  tensorTest(`GPU's nms: ${count} boxes on a grid, some alike in score: as the CPU's`, () => {
    const boxes = gridBoxes(10, count);
    const scores = seededNumbers(11, count).mul(20).floor().div(20);
    const groups = seededNumbers(12, count).add(1).mul(1.5).floor().to("int64");
    for (const threshold of [0, 0.25, 0.5, 0.7, 1]) {
      assertSuppressed(boxes, scores, threshold, null);
      const kept = assertSuppressed(boxes, scores, threshold, groups);
      if (count > 100 && threshold < 1) assert(kept.shape[0] < count, "some go");
    }
  });
}

tensorTest("GPU's nms: scores that are no numbers, infinite or zeros of either sign", () => {
  const { NaN: none, POSITIVE_INFINITY: most, NEGATIVE_INFINITY: least } = Number;
  const scores = [none, 0, least, -0, most, none, 0.5, -0, least, 0, most, -1];
  // Apart from each other, so that the order is seen; and on one place, so that only the first stays.
  const apart = scores.map((_, i) => [i * 10, 0, i * 10 + 5, 5]);
  const kept = assertSuppressed(tensor(apart), tensor(scores), 0.5, null);
  assert.deepEqual(kept.toNumbers(), [4, 10, 6, 1, 3, 7, 9, 11, 2, 8, 0, 5]);
  const heap = scores.map(() => [0, 0, 5, 5]);
  assert.deepEqual(assertSuppressed(tensor(heap), tensor(scores), 0.5, null).toNumbers(), [4]);
});

tensorTest("GPU's nms: no boxes, empty ones, and corners that are no numbers", () => {
  assertSuppressed(fromTypedArray(new Float32Array(0), [0, 4]), tensor([]), 0.5, null);
  const odd = [
    [0, 0, 4, 4],
    [2, 2, 2, 2],
    [0, 0, Number.NaN, 4],
    [4, 4, 0, 0],
    [0, 0, 4, 4],
    [0, 0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [1, 1, 4, 4],
  ];
  for (const threshold of [-1, 0, 0.5]) {
    assertSuppressed(tensor(odd), tensor([7, 6, 5, 4, 3, 2, 1]), threshold, null);
  }
});

// --- Group norm and optimisers, which a GPU leaves to LibTorch ------------------------------------

for (const dtype of ["float32", "bfloat16"] as const) {
  for (const relu of [false, true]) {
    tensorTest(`GPU's group norm: ${dtype}${relu ? " with relu" : ""}: as the CPU's`, () => {
      const [groups, eps] = [4, 1e-5];
      const input = seededNumbers(20, 2, 12, 9, 7).mul(3).add(1);
      const map = input.to({ dtype, memoryFormat: "channelsLast" }).requiresGrad_();
      const [weight, bias] = [
        seededNumbers(21, 12).requiresGrad_(),
        seededNumbers(22, 12).requiresGrad_(),
      ];
      const expected = channelsLastGroupNorm(map, groups, weight, bias, { eps, relu });
      const gradient = seededNumbers(23, 2, 12, 9, 7).to({ dtype, memoryFormat: "channelsLast" });
      const wanted = grad(expected, [map, weight, bias], { gradients: [gradient] });

      noGrad(() => {
        const forward = call(
          "malleolus::simulated_group_norm_with_statistics",
          map,
          groups,
          weight,
          bias,
          eps,
          relu,
        );
        assert(Array.isArray(forward));
        const [output, mean, rstd] = forward;
        assert(output instanceof Tensor && mean instanceof Tensor && rstd instanceof Tensor);
        assert.equal(output.dtype, dtype);
        assert(output.isContiguous("channelsLast"));
        const coarse = { absolute: 1e-5, relative: dtype === "float32" ? 1e-5 : 2 ** -7 };
        assertClose(output, expected.toFloat32Array(), coarse, "output");
        const results = call(
          "malleolus::simulated_group_norm_backward",
          ...[gradient, map, weight, bias, mean, rstd, groups, relu],
        );
        assert(Array.isArray(results));
        for (const [i, name] of ["input", "weight", "bias"].entries()) {
          const got: unknown = results[i];
          const other = wanted[i];
          assert(got instanceof Tensor && other instanceof Tensor);
          assert.equal(got.dtype, other.dtype);
          assertClose(
            got,
            other.toFloat32Array(),
            { absolute: 1e-4, relative: coarse.relative },
            name,
          );
        }
      });
    });
  }
}

/** Parameters of two layouts and sizes, their gradients in another layout, and moments of zeros. */
function problem() {
  const parameters = [
    seededNumbers(30, 4, 3, 5, 5).to({ memoryFormat: "channelsLast" }).clone(),
    seededNumbers(31, 7).clone(),
  ];
  const gradients = [seededNumbers(32, 4, 3, 5, 5), seededNumbers(33, 7)];
  const moments = () => parameters.map((parameter) => parameter.mul(0));
  return { parameters, gradients, first: moments(), second: moments() };
}

function assertSameMove(
  step: (of: ReturnType<typeof problem>, age: number) => void,
  onGpu: (of: ReturnType<typeof problem>, age: number) => void,
): void {
  const [ours, theirs] = [problem(), problem()];
  for (let age = 1; age <= 3; age++) {
    noGrad(() => step(ours, age));
    noGrad(() => onGpu(theirs, age));
  }
  for (const key of ["parameters", "gradients", "first", "second"] as const) {
    for (const [i, expected] of ours[key].entries()) {
      assertClose(
        theirs[key][i],
        expected.toFloat32Array(),
        { absolute: 1e-6, relative: 1e-5 },
        `${key} ${i}`,
      );
    }
  }
  const start = problem();
  assert.notDeepEqual(
    ours.parameters[1]?.toNumbers(),
    start.parameters[1]?.toNumbers(),
    "the step moves",
  );
}

for (const momentum of [0, 0.9]) {
  tensorTest(`GPU's sgdStep_: momentum ${momentum}: as the CPU's`, () => {
    assertSameMove(
      ({ parameters, gradients, first }) =>
        sgdStep_(parameters, gradients, first, 0.1, momentum, 1e-2),
      ({ parameters, gradients, first }) => {
        call("malleolus::simulated_sgd_step_", parameters, gradients, first, 0.1, momentum, 1e-2);
      },
    );
  });
}

for (const decoupled of [false, true]) {
  tensorTest(`GPU's adamStep_: ${decoupled ? "decoupled" : "coupled"} decay: as the CPU's`, () => {
    const settings = [0.01, 0.9, 0.999, 1e-8, 1e-2, decoupled] as const;
    assertSameMove(
      ({ parameters, gradients, first, second }, age) =>
        adamStep_(parameters, gradients, first, second, ...settings, age),
      ({ parameters, gradients, first, second }, age) => {
        const lists = [parameters, gradients, first, second];
        call("malleolus::simulated_adam_step_", ...lists, ...settings, age);
      },
    );
  });
}

tensorTest("GPU's sgdStep_: what does not fit is refused as on the CPU", () => {
  const [parameter, wrong] = [zeros([2, 3]), zeros([3, 2])];
  assertTorchError(
    () => call("malleolus::simulated_sgd_step_", [parameter], [wrong], [parameter], 1, 0.9, 0),
    "operator",
    /alike in size/,
  );
});

// --- The compiler --------------------------------------------------------------------------------

const compiler = Number(call("malleolus::kernel_compiler_version"));

/** The names of all kernels, as the sources give them. */
function kernelNames(): string[] {
  const folder = new URL("../native/cuda/", import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".cuh"))
    .flatMap((name) => [
      ...readFileSync(new URL(name, folder), "utf8").matchAll(
        /^MALLEOLUS_(?:BLOCK_)?KERNEL\((\w+)/gm,
      ),
    ])
    .map(([, name = ""]) => name);
}

function compiled(architecture: string): Buffer {
  const code = call("malleolus::compiled_kernels", architecture);
  assert(code instanceof Tensor);
  const bytes = Buffer.from(code.toTypedArray().buffer);
  code.free();
  return bytes;
}

for (const architecture of ["sm_80", "sm_90", "compute_90"]) {
  test(`kernels: NVRTC compiles them for ${architecture}`, {
    skip: compiler > 0 ? false : "no NVRTC: LibTorch has no CUDA",
  }, () => {
    const names = kernelNames();
    assert(names.length >= 11, `only ${names}`);
    const code = compiled(architecture);
    if (architecture.startsWith("sm_")) assert.equal(code.subarray(1, 4).toString(), "ELF");
    for (const name of names) {
      const entry = architecture.startsWith("sm_") ? `.text.${name}\0` : `.entry ${name}(`;
      assert(code.includes(entry), `${name} is missing`);
    }
  });
}

test("kernels: an architecture that NVRTC does not know, or no NVRTC, is told in one line", () => {
  assertTorchError(
    () => compiled("sm_1"),
    "operator",
    compiler > 0 ? /NVRTC could not compile the kernels for sm_1/ : /no NVRTC was found.*install/,
  );
});
