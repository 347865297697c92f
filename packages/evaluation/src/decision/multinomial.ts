/**
 * A multinomial logit whose classes share weights (McFadden's conditional logit), fitted by Newton's
 * method with a squared penalty on every parameter. Pure arithmetic on plain arrays: some tens of
 * patients and a dozen parameters.
 *
 * A case is a design: one row of P numbers for each of K classes; a class's logit is its row times the
 * parameters.
 */

export interface Case {
  /** [K][P] */
  readonly design: readonly (readonly number[])[];
  /** Index of the class that is true. */
  readonly truth: number;
}

const MOST_STEPS = 100;
const CONVERGED = 1e-9;

/**
 * The parameters that minimise the sum of `-log p(truth)` and `penalty / 2` times their squares. The
 * sum is strictly convex, so that they are unique.
 *
 * @throws an internal error if Newton's method does not end, which it always has.
 */
export function fitMultinomial(cases: readonly Case[], penalty: number): number[] {
  const size = cases[0].design[0].length;
  let parameters: number[] = new Array(size).fill(0);
  let value = objective(cases, parameters, penalty);
  for (let step = 0; step < MOST_STEPS; step++) {
    const { gradient, hessian } = derivatives(cases, parameters, penalty);
    const direction = solve(hessian, gradient);
    const decrement = dot(direction, gradient);
    // So near, a whole step squares what is left, and the objective cannot tell any more.
    if (decrement < CONVERGED) return parameters.map((one, i) => one - direction[i]);
    // Newton's own step nearly always; shorter ones where the model is far from quadratic.
    for (let length = 1; ; length /= 2) {
      const next = parameters.map((parameter, i) => parameter - length * direction[i]);
      const nextValue = objective(cases, next, penalty);
      if (nextValue <= value - 1e-4 * length * decrement || length < 1e-8) {
        parameters = next;
        value = nextValue;
        break;
      }
    }
  }
  throw new Error("internal: a multinomial fit did not converge");
}

/** Of each class, summing to 1. */
export function softmax(logits: readonly number[]): number[] {
  const highest = Math.max(...logits);
  const raised = logits.map((logit) => Math.exp(logit - highest));
  const total = raised.reduce((sum, one) => sum + one, 0);
  return raised.map((one) => one / total);
}

export function probabilitiesOf(
  design: readonly (readonly number[])[],
  parameters: readonly number[],
): number[] {
  return softmax(design.map((row) => dot(row, parameters)));
}

function objective(cases: readonly Case[], parameters: readonly number[], penalty: number): number {
  const loss = cases.reduce(
    (sum, { design, truth }) => sum - Math.log(probabilitiesOf(design, parameters)[truth]),
    0,
  );
  return loss + (penalty / 2) * dot(parameters, parameters);
}

function derivatives(cases: readonly Case[], parameters: readonly number[], penalty: number) {
  const size = parameters.length;
  const gradient = parameters.map((parameter) => penalty * parameter);
  const hessian = parameters.map((_, i) => parameters.map((__, j) => (i === j ? penalty : 0)));
  for (const { design, truth } of cases) {
    const p = probabilitiesOf(design, parameters);
    const expected = parameters.map((_, i) =>
      design.reduce((sum, row, k) => sum + p[k] * row[i], 0),
    );
    for (let i = 0; i < size; i++) {
      gradient[i] += expected[i] - design[truth][i];
      for (let j = 0; j <= i; j++) {
        const second = design.reduce((sum, row, k) => sum + p[k] * row[i] * row[j], 0);
        const entry = second - expected[i] * expected[j];
        hessian[i][j] += entry;
        if (j < i) hessian[j][i] += entry;
      }
    }
  }
  return { gradient, hessian };
}

/** A symmetric positive definite system, by Cholesky's decomposition. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const size = right.length;
  const lower = matrix.map((row) => row.map(() => 0));
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i][j];
      for (let k = 0; k < j; k++) sum -= lower[i][k] * lower[j][k];
      lower[i][j] = i === j ? Math.sqrt(sum) : sum / lower[j][j];
    }
  }
  const half: number[] = [];
  for (let i = 0; i < size; i++) {
    let sum = right[i];
    for (let k = 0; k < i; k++) sum -= lower[i][k] * half[k];
    half.push(sum / lower[i][i]);
  }
  const solution = new Array<number>(size).fill(0);
  for (let i = size - 1; i >= 0; i--) {
    let sum = half[i];
    for (let k = i + 1; k < size; k++) sum -= lower[k][i] * solution[k];
    solution[i] = sum / lower[i][i];
  }
  return solution;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
