/** What the tests of this package share: tests that leave no tensor behind, and comparisons. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { liveTensors, scope, type Tensor, TorchError, type TorchErrorCode } from "./index.ts";

/** A test inside a scope, after which as many tensors are live as before. */
export function tensorTest(
  name: string,
  body: (context: TestContext) => void,
  options: { readonly skip?: string | false } = {},
): void {
  test(name, options, (context) => {
    const before = liveTensors();
    scope(() => body(context));
    assert.equal(liveTensors(), before, "live tensors afterwards");
  });
}

/**
 * For tests that hold bfloat16's convolutions against exact sums: without instructions for it LibTorch
 * sums in bfloat16, too, and is off by a tenth.
 */
export const exactBfloat16: { readonly skip: string | false } = {
  skip: / (avx512_bf16|amx_bf16|bf16) /.test(readFileSync("/proc/cpuinfo", "utf8"))
    ? false
    : "the processor has no instructions for bfloat16",
};

export interface Tolerance {
  readonly absolute: number;
  readonly relative?: number;
}

/** Fails with the place of the largest difference. NaN equals nothing. */
export function assertClose(
  actual: Tensor | ArrayLike<number>,
  expected: ArrayLike<number>,
  { absolute, relative = 0 }: Tolerance,
  what = "values",
): void {
  const values = "handle" in actual ? actual.toFloat32Array() : actual;
  assert.equal(values.length, expected.length, `${what}: number of elements`);
  let worst = { excess: 0, index: -1 };
  for (let index = 0; index < expected.length; index++) {
    const wanted = expected[index] ?? Number.NaN;
    const got = values[index] ?? Number.NaN;
    if (Object.is(wanted, got)) continue;
    const excess = Math.abs(got - wanted) - absolute - relative * Math.abs(wanted);
    if (!(excess <= worst.excess)) {
      worst = { excess: Number.isNaN(excess) ? Number.POSITIVE_INFINITY : excess, index };
    }
  }
  const { index, excess } = worst;
  if (index < 0) return;
  assert.fail(
    `${what}[${index}]: expected ${expected[index]}, got ${values[index]} (${excess} beyond the tolerance)`,
  );
}

/** Fails unless `body` throws a TorchError of that code whose message matches every pattern. */
export function assertTorchError(
  body: () => unknown,
  code: TorchErrorCode,
  ...patterns: RegExp[]
): TorchError {
  let caught: unknown;
  try {
    body();
  } catch (error) {
    caught = error;
  }
  if (!(caught instanceof TorchError)) {
    assert.fail(`expected a TorchError, got ${caught instanceof Error ? caught.stack : caught}`);
  }
  assert.equal(caught.code, code, caught.message);
  for (const pattern of patterns) assert.match(caught.message, pattern);
  return caught;
}
