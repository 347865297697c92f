import assert from "node:assert/strict";
import test from "node:test";
import { type Case, fitMultinomial, probabilitiesOf, softmax } from "./multinomial.ts";

function close(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]) <= tolerance, `${actual} is not ${expected}`);
  });
}

/** Two classes, a constant and one slope for the second: logistic regression. */
function logistic(x: number, truth: 0 | 1): Case {
  return {
    design: [
      [0, 0],
      [1, x],
    ],
    truth,
  };
}

test("fitMultinomial: with two classes it is penalised logistic regression", () => {
  const cases = [
    logistic(0.5, 0),
    logistic(1, 0),
    logistic(1.5, 1),
    logistic(2, 0),
    logistic(2.5, 1),
    logistic(4, 1),
  ];
  // scikit-learn 1.9: LogisticRegression(C=2, fit_intercept=False, solver="newton-cholesky") on columns 1 and x.
  close(fitMultinomial(cases, 0.5), [-0.889703949, 0.648564527], 1e-8);
});

test("fitMultinomial: its gradient is zero at the end, also where the classes are apart", () => {
  const cases: Case[] = Array.from({ length: 30 }, (_, i) => {
    const truth = i % 3;
    const design = [0, 1, 2].map((k) => [
      (k === truth ? 4 : -4) + Math.sin(i * 7 + k),
      k === 0 ? Math.cos(i) : 0,
      ...[0, 1, 2].map((other) => (other === k ? 1 : 0)),
    ]);
    return { design, truth };
  });
  for (const penalty of [1e-3, 0.1, 10]) {
    const fitted = fitMultinomial(cases, penalty);
    const loss = (parameters: readonly number[]) =>
      cases.reduce(
        (sum, { design, truth }) => sum - Math.log(probabilitiesOf(design, parameters)[truth]),
        0,
      ) +
      (penalty / 2) * parameters.reduce((sum, one) => sum + one * one, 0);
    fitted.forEach((_, i) => {
      const moved = (by: number) => loss(fitted.map((one, j) => (j === i ? one + by : one)));
      const slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
      assert.ok(Math.abs(slope) < 1e-3, `penalty ${penalty}, parameter ${i}: slope ${slope}`);
    });
  }
});

test("softmax: sums to 1 and does not overflow", () => {
  close(softmax([1000, 1000, -1000]), [0.5, 0.5, 0], 1e-12);
  close(softmax([0, Math.log(3)]), [0.25, 0.75], 1e-12);
});
