/**
 * How often nominal 95 % intervals hold what is true, in simulated tests: of areas under the curve, and
 * of shares of radiographs whose patients have several. What `evaluation` takes stands beside what it
 * could take instead; its docstrings say the results.
 *
 *     node experiments/interval-coverage.ts [tests of each design, 1500]
 */
import { aucOf, bootstrap, clusteredProportionOf, proportionOf } from "@malleolus/evaluation";
import { philox4x32 } from "@malleolus/random";

type Interval = readonly [low: number, high: number];
/** Uniform in (0, 1), by address. */
type Uniform = (place: number, which: 0 | 1 | 2 | 3) => number;

const Z = 1.959963984540054;
const tests = Number(process.argv[2] ?? 1500);

function uniformOf(design: number, test: number): Uniform {
  return (place, which) =>
    (philox4x32([place, test, design, 0], [2026, 11])[which] + 0.5) / 2 ** 32;
}

/** By Box and Muller. */
function normal(uniform: Uniform, place: number): number {
  return Math.sqrt(-2 * Math.log(uniform(place, 0))) * Math.cos(2 * Math.PI * uniform(place, 1));
}

/** Scores of a positive and of a negative that give a certain area. */
const shapes: Readonly<Record<string, (shift: number) => readonly [number, number][]>> = {
  "equal deviations": (shift) => [
    [shift * Math.SQRT2, 1],
    [0, 1],
  ],
  "positives twice as wide": (shift) => [
    [shift * Math.sqrt(5), 2],
    [0, 1],
  ],
  "negatives twice as wide": (shift) => [
    [shift * Math.sqrt(5), 1],
    [0, 2],
  ],
};

/** Positives, negatives, the true area and its normal quantile. */
const designs = [
  [30, 10, 0.93, 1.475791],
  [75, 25, 0.93, 1.475791],
  [75, 25, 0.97, 1.880794],
  [25, 75, 0.99, 2.326348],
  [10, 30, 0.97, 1.880794],
  [10, 30, 0.8, 0.841621],
  [30, 10, 0.75, 0.67449],
  [75, 25, 0.6, 0.253347],
  [88, 150, 0.88, 1.174987],
] as const;

function areas(): void {
  console.log("AREAS: share of intervals that hold the true one");
  for (const [shape, parametersOf] of Object.entries(shapes)) {
    for (const [place, [positives, negatives, area, quantile]] of designs.entries()) {
      const parameters = parametersOf(quantile);
      const positive = Array.from({ length: positives + negatives }, (_, i) => i < positives);
      const counts = tallied(
        tests,
        (test) => {
          const uniform = uniformOf(place, test);
          const scores = positive.map((is, i) => {
            const [mean, deviation] = parameters[is ? 0 : 1];
            return mean + deviation * normal(uniform, i);
          });
          return areaIntervals(scores, positive, test);
        },
        area,
      );
      console.log(`${shape}, ${positives} and ${negatives}, ${area}: ${counts}`);
    }
  }
}

function areaIntervals(scores: readonly number[], positive: readonly boolean[], test: number) {
  const auc = aucOf(scores, positive);
  if (auc?.interval == null || auc.standardError === null) throw new Error("internal: no interval");
  const { auc: area, standardError, positives: m, negatives: n } = auc;
  const half = Z * standardError;
  const logit = Math.log(area / (1 - area));
  const logitHalf = half / (area * (1 - area));
  const expit = (x: number) => 1 / (1 + Math.exp(-x));
  return {
    ours: auc.interval,
    "DeLong, symmetric": [area - half, area + half],
    "DeLong, logit": area === 1 ? [1, 1] : [expit(logit - logitHalf), expit(logit + logitHalf)],
    "Newcombe's method 5": newcombe(area, m, n),
    // A tenth of the tests: it takes long, and a rough figure is enough.
    ...(test % 10 === 0 ? { "bootstrap within classes": bootstrapped(scores, positive) } : {}),
  } satisfies Record<string, Interval>;
}

/** Newcombe 2006: where the area's distance from what was seen is 1.96 deviations of Hanley and McNeil. */
function newcombe(seen: number, positives: number, negatives: number): Interval {
  const size = (positives + negatives) / 2;
  const isWithin = (area: number) => {
    const terms = 1 + (size - 1) * ((1 - area) / (2 - area) + area / (1 + area));
    const variance = (area * (1 - area) * terms) / (positives * negatives);
    return Math.abs(seen - area) <= Z * Math.sqrt(variance);
  };
  const edge = (end: number) => {
    let [inside, outside] = [seen, end];
    if (seen === end || isWithin(end)) return end;
    for (let i = 0; i < 50; i++) {
      const middle = (inside + outside) / 2;
      if (isWithin(middle)) inside = middle;
      else outside = middle;
    }
    return inside;
  };
  // At 0 and 1 the variance is 0, so that the search begins within.
  return [edge(1e-9), edge(1 - 1e-9)];
}

function bootstrapped(scores: readonly number[], positive: readonly boolean[]): Interval {
  const strata = [true, false].map((is) => scores.filter((_, i) => positive[i] === is));
  const draws = Array.from({ length: 400 }, (_, resample) => {
    const drawn = strata.map((values, stratum) =>
      values.map((_, i) => {
        const [word] = philox4x32([i, resample, stratum, 1], [3, 3]);
        return values[Math.floor((word / 2 ** 32) * values.length)];
      }),
    );
    const sides = drawn.flatMap((values, stratum) => values.map(() => stratum === 0));
    return aucOf(drawn.flat(), sides)?.auc ?? 0;
  }).toSorted((a, b) => a - b);
  return [draws[Math.floor(0.025 * draws.length)], draws[Math.ceil(0.975 * draws.length) - 1]];
}

function shares(): void {
  console.log("\nSHARES of radiographs: share of intervals that hold the true one");
  for (const most of [3, 4]) {
    for (const patients of [10, 30, 75]) {
      for (const [share, quantile] of [
        [0.6, 0.253347],
        [0.88, 1.174987],
        [0.95, 1.644854],
      ]) {
        for (const alike of [0, 0.5, 0.8]) {
          const counts = tallied(
            tests,
            (test) => {
              const uniform = uniformOf(100 * most + patients, test);
              const clusters = Array.from({ length: patients }, (_, patient) => {
                const views = most === 3 ? 3 : 1 + Math.floor(4 * uniform(patient, 2));
                const own = normal(uniform, patient);
                const seen = Array.from({ length: views }, (_, view) => {
                  const noise = normal(uniform, 1000 + 4 * patient + view);
                  return Math.sqrt(alike) * own + Math.sqrt(1 - alike) * noise < quantile;
                });
                return { count: seen.filter(Boolean).length, total: views };
              });
              const ours = clusteredProportionOf(clusters);
              const wilson = proportionOf(ours.count, ours.total);
              const [drawn] = bootstrap(
                clusters,
                (sample) => [
                  sample.reduce((sum, { count }) => sum + count, 0) /
                    sample.reduce((sum, { total }) => sum + total, 0),
                ],
                { seed: test, resamples: 200 },
              );
              return {
                ours: ours.interval ?? [1, 0],
                "Wilson, views apart": wilson.interval ?? [1, 0],
                "bootstrap over patients": drawn.interval ?? [1, 0],
              };
            },
            share,
          );
          const views = most === 3 ? "3" : "1 to 4";
          console.log(`${patients} patients of ${views}, ${share}, alike ${alike}: ${counts}`);
        }
      }
    }
  }
}

/** Of the intervals of each name, the share that hold the truth, as text. */
function tallied(
  count: number,
  intervalsOf: (test: number) => Readonly<Record<string, Interval>>,
  truth: number,
): string {
  const held = new Map<string, { yes: number; all: number }>();
  for (let test = 0; test < count; test++) {
    for (const [name, [low, high]] of Object.entries(intervalsOf(test))) {
      const { yes, all } = held.get(name) ?? { yes: 0, all: 0 };
      held.set(name, { yes: yes + (low <= truth && truth <= high ? 1 : 0), all: all + 1 });
    }
  }
  return [...held]
    .map(([name, { yes, all }]) => `${name} ${((100 * yes) / all).toFixed(1)} %`)
    .join(", ");
}

areas();
shares();
