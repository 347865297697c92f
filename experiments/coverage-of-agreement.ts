/**
 * How often nominal 95 % intervals hold what is true, in simulated tests of 25 and of 100 patients: of
 * agreement, of measurements, of comparisons, of probabilities and of reader studies. Docstrings of
 * `evaluation` say the results; `interval-coverage.ts` has areas and shares of radiographs.
 *
 *     node experiments/coverage-of-agreement.ts [tests of each design, 1000]
 */
import {
  analyzeReaderStudy,
  blandAltman,
  calibrationOf,
  cohenKappaOf,
  decisionCurve,
  intraclassCorrelation,
  type KappaWeights,
  krippendorffAlpha,
  mcnemar,
  pairedCounts,
  predictiveValues,
  shareDifference,
} from "@malleolus/evaluation";
import { philox4x32 } from "@malleolus/random";

type Interval = readonly [low: number, high: number] | null | undefined;

const tests = Number(process.argv[2] ?? 1000);
const SIZES = [25, 100];
/** Of what is hard to write down, the truth is the value of so many patients. */
const TRUTH_OF = 400_000;

interface Design {
  readonly name: string;
  /** Null where the value is known. */
  value(patients: number, test: number): number | null;
  interval(patients: number, test: number): Interval;
  readonly truth?: number;
}

/** Uniform in (0, 1), by patient, test and purpose. */
function uniform(patient: number, test: number, purpose: number): number {
  return (philox4x32([patient, test, purpose, 0], [31, 7])[0] + 0.5) / 2 ** 32;
}

function normal(patient: number, test: number, purpose: number): number {
  const radius = Math.sqrt(-2 * Math.log(uniform(patient, test, purpose)));
  return radius * Math.cos(2 * Math.PI * uniform(patient, test, purpose + 1));
}

const GRADES = ["a", "b", "c", "d"];

/** Grades of a reader who errs by a neighbouring grade with a chance of `noise`. */
function reading(patient: number, test: number, reader: number, noise: number): string {
  const truth = Math.floor(4 * uniform(patient, test, 0));
  const draw = uniform(patient, test, 10 + reader);
  if (draw >= noise) return GRADES[truth];
  return GRADES[Math.min(3, Math.max(0, truth + (draw < noise / 2 ? 1 : -1)))];
}

function readings(patients: number, test: number, readers: number, noise: number, missing = 0) {
  return Array.from({ length: patients }, (_, patient) =>
    Array.from({ length: readers }, (__, reader) =>
      uniform(patient, test, 20 + reader) < missing ? null : reading(patient, test, reader, noise),
    ),
  );
}

function kappa(weights: KappaWeights, noise: number): Design {
  const of = (patients: number, test: number) =>
    cohenKappaOf(readings(patients, test, 2, noise), GRADES, weights);
  return {
    name: `Cohen's kappa, weights ${weights}, readers err in ${100 * noise} %`,
    value: (patients, test) => of(patients, test).value,
    interval: (patients, test) => of(patients, test).interval,
  };
}

function alpha(level: "nominal" | "ordinal", noise: number, missing: number): Design {
  const of = (patients: number, test: number) =>
    krippendorffAlpha(readings(patients, test, 3, noise, missing), GRADES, level);
  return {
    name: `Krippendorff's alpha, ${level}, three readers err in ${100 * noise} %, ${100 * missing} % missing`,
    value: (patients, test) => of(patients, test).value,
    interval: (patients, test) => of(patients, test).interval,
  };
}

/** Of measurements with a deviation of 3 between patients, 1 by the reader's bias and 1 by chance. */
function intraclass(readers: number, bias: number): Design {
  const table = (patients: number, test: number) =>
    Array.from({ length: patients }, (_, patient) =>
      Array.from(
        { length: readers },
        (__, reader) =>
          3 * normal(patient, test, 2) +
          bias * normal(1e6 + reader, test, 4) +
          normal(patient, test, 30 + 2 * reader),
      ),
    );
  return {
    name: `ICC(2,1), ${readers} readers with a bias of ${bias}`,
    value: () => 9 / (9 + bias ** 2 + 1),
    interval: (patients, test) => intraclassCorrelation(table(patients, test)).interval,
    truth: 9 / (9 + bias ** 2 + 1),
  };
}

const limits: Design = {
  name: "Bland and Altman's upper limit",
  value: () => null,
  interval: (patients, test) =>
    blandAltman(Array.from({ length: patients }, (_, i) => [0.3 + normal(i, test, 2), 0] as const))
      .upperLimit.interval,
  truth: 0.3 + 1.959963984540054,
};

function paired(first: number, second: number, shared: number): Design {
  const right = (patients: number, test: number, share: number, purpose: number) =>
    Array.from({ length: patients }, (_, i) =>
      uniform(i, test, 3) < shared
        ? uniform(i, test, 4) < share
        : uniform(i, test, purpose) < share,
    );
  return {
    name: `difference of paired shares, ${first} and ${second}`,
    value: () => null,
    interval: (patients, test) =>
      mcnemar(pairedCounts(right(patients, test, first, 5), right(patients, test, second, 6)))
        .interval,
    truth: first - second,
  };
}

function apart(first: number, second: number): Design {
  const count = (patients: number, test: number, share: number, purpose: number) => ({
    count: Array.from({ length: patients }, (_, i) => uniform(i, test, purpose)).filter(
      (one) => one < share,
    ).length,
    total: patients,
  });
  return {
    name: `difference of shares of different patients, ${first} and ${second}`,
    value: () => null,
    interval: (patients, test) =>
      shareDifference(count(patients, test, first, 5), count(patients, test, second, 6)).interval,
    truth: first - second,
  };
}

/** As many patients with a fracture as without. */
function predictive(sensitivity: number, specificity: number, prevalence: number): Design {
  const count = (patients: number, test: number, share: number, purpose: number) =>
    Array.from({ length: patients }, (_, i) => uniform(i, test, purpose)).filter((u) => u < share)
      .length;
  const rightly = sensitivity * prevalence;
  return {
    name: `PPV at ${prevalence}, sensitivity ${sensitivity}, specificity ${specificity}`,
    value: () => null,
    interval: (patients, test) =>
      predictiveValues(
        { count: count(patients, test, sensitivity, 5), total: patients },
        { count: count(patients, test, specificity, 6), total: patients },
        prevalence,
      ).ppv.interval,
    truth: rightly / (rightly + (1 - specificity) * (1 - prevalence)),
  };
}

function forecasts(patients: number, test: number) {
  return Array.from({ length: patients }, (_, i) => {
    const p = uniform(i, test, 2);
    return {
      patient: `${i}`,
      truth: uniform(i, test, 3) < p ** 1.5 ? "fracture" : "none",
      probabilities: { fracture: p, none: 1 - p },
    };
  });
}

const bootstrapOptions = (test: number) => ({ seed: test, resamples: 400 });
const calibration = (patients: number, test: number) =>
  calibrationOf(forecasts(patients, test), {
    classes: ["fracture", "none"],
    noFractureClass: "none",
    ...bootstrapOptions(test),
  });

/** By numbers: E[2 (p - y)^2] with p uniform and y true with p^1.5. */
const brier: Design = {
  name: "Brier's score",
  value: () => null,
  interval: (patients, test) => calibration(patients, test).brier.interval,
  truth: 2 * (1 / 3 - 2 / 3.5 + 1 / 2.5),
};

const netBenefit: Design = {
  name: "net benefit at 0.2",
  value: () => null,
  interval: (patients, test) => {
    const said = forecasts(patients, test);
    const [{ model }] = decisionCurve(
      said.map(({ probabilities }) => probabilities.fracture),
      said.map(({ truth }) => truth === "fracture"),
      { thresholds: [0.2], prevalence: null, ...bootstrapOptions(test) },
    );
    return model.interval;
  },
  // Above 0.2 the true ones are those of p^1.5, and the others cost a quarter.
  truth: (1 - 0.2 ** 2.5) / 2.5 - (0.8 - (1 - 0.2 ** 2.5) / 2.5) / 4,
};

/** Readers and cases at random, as many cases with a fracture as without, two alike conditions. */
function readerStudy(readers: number): Design {
  return {
    name: `difference of two conditions, ${readers} readers, half the cases positive`,
    value: () => null,
    interval: (patients, test) => {
      const positive = Array.from({ length: patients }, (_, i) => i % 2 === 0);
      const scores = [0, 1].map((condition) =>
        Array.from({ length: readers }, (_, reader) =>
          positive.map((is, i) => {
            const skill = 1.5 + 0.2 * normal(2e6 + reader, test, 2 + 2 * condition);
            const own = normal(i, test, 2) + 0.7 * normal(i, test, 4 + 2 * condition);
            return (is ? skill : 0) + own + normal(i, test, 40 + 20 * condition + 2 * reader);
          }),
        ),
      );
      const study = {
        conditions: ["alone", "with"],
        readers: scores[0].map((_, reader) => `${reader}`),
        positive,
        scores,
      };
      return analyzeReaderStudy(study).randomReadersAndCases.differences[0].interval;
    },
    truth: 0,
  };
}

const designs: readonly Design[] = [
  ...[0.1, 0.3].flatMap((noise) => [kappa("none", noise), kappa("quadratic", noise)]),
  alpha("nominal", 0.1, 0),
  alpha("nominal", 0.3, 0.2),
  alpha("ordinal", 0.3, 0.2),
  intraclass(3, 0),
  intraclass(3, 1),
  intraclass(8, 1),
  limits,
  paired(0.9, 0.8, 0.5),
  paired(0.6, 0.6, 0.8),
  apart(0.9, 0.7),
  apart(0.5, 0.5),
  predictive(0.9, 0.9, 0.15),
  predictive(0.7, 0.97, 0.15),
  brier,
  netBenefit,
  readerStudy(5),
];

for (const design of designs) {
  const truth = design.truth ?? design.value(TRUTH_OF, 999_999) ?? Number.NaN;
  const shares = SIZES.map((patients) => {
    let [held, without] = [0, 0];
    for (let test = 0; test < tests; test++) {
      const interval = design.interval(patients, test);
      if (interval === null || interval === undefined) without++;
      else if (interval[0] <= truth && truth <= interval[1]) held++;
    }
    const share = ((100 * held) / (tests - without)).toFixed(1);
    return `${patients}: ${share} %${without > 0 ? ` (${without} without)` : ""}`;
  });
  console.log(`${design.name} (${truth.toFixed(3)}): ${shares.join(", ")}`);
}
