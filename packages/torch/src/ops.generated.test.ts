import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { formattedOperators, generateOperators } from "../tools/generate-ops.ts";
import { call, libtorchVersion } from "./index.ts";
import { native } from "./native.ts";
import { OPERATOR_NAMES } from "./ops.generated.ts";
import { sampleCall } from "./test-sample-calls.ts";
import { tensorTest } from "./test-tensors.ts";

const committed = readFileSync(new URL("ops.generated.ts", import.meta.url), "utf8");
const reference = libtorchVersion().startsWith("1.13.");

test("ops.generated.ts: is what tools/generate-ops.ts writes", {
  skip: reference ? false : "the operators are generated from LibTorch 1.13's schemas",
}, () => {
  assert(formattedOperators() === committed, "run node packages/torch/tools/generate-ops.ts");
});

/** What the generated functions hand to the addon, call by call. */
function invocations(text: string): string[] {
  const plain = text.replace(/\s+/g, "").replaceAll(",)", ")");
  return plain.match(/native\.invoke\(id\(\d+\).*?\)(?=[;)}]|\)[;)])/g) ?? [];
}

test("ops.generated.ts: on this LibTorch, arguments stand where the generated functions put them", () => {
  const expected = invocations(committed);
  const got = invocations(generateOperators());
  assert(expected.length >= OPERATOR_NAMES.length - 1);
  assert.equal(got.length, expected.length);
  for (const [index, invocation] of expected.entries()) {
    // A later LibTorch may take more arguments at the end.
    const [start, own] = [invocation.replace(/\)+$/, ""), got[index] ?? ""];
    assert(own.startsWith(start), `${own} does not begin with ${start}`);
  }
});

for (const name of OPERATOR_NAMES) {
  tensorTest(`${name}: can be called`, () => {
    const { arguments: args } = native.describe(native.resolve(name));
    const result = call(name, ...sampleCall(name, args));
    assert.notEqual(result, undefined);
  });
}
