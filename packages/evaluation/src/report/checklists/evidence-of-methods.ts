/** What a study knows of how it was done: who set the truth, and how the detector came about. */
import type { ReportContent } from "../content.ts";
import { testAnchor } from "../links.ts";
import { type Evidence, ends, METHODS, RESULTS } from "./evidence-words.ts";

export function referenceStandard({ provenance }: ReportContent): Evidence | null {
  if (provenance === null) return null;
  const { people, annotationIou } = provenance.study;
  return {
    text: `Test patients: consensus of ${people.surgeons} surgeons after blind first readings. All others: ${people.observers} blind observers, and a senior where they differed. Outlines: ${people.annotators} annotators, a senior where their masks overlapped by less than an IoU of ${annotationIou}.`,
    where: METHODS,
  };
}

export function annotators({ provenance }: ReportContent): Evidence | null {
  if (provenance === null) return null;
  const { people } = provenance.study;
  return {
    text: `${people.observers} observers, ${people.seniors} senior, ${people.surgeons} surgeons of the reference panel and ${people.annotators} annotators, each with instructions in the protocol.`,
    where: METHODS,
  };
}

export function variability({ readers, tests }: ReportContent): Evidence | null {
  const known = readers.flatMap(({ name, agreement: { fleissKappa } }) =>
    fleissKappa.value === null
      ? []
      : [`${name}: Fleiss' kappa ${fleissKappa.value.toFixed(2)}${ends(fleissKappa.interval)}`],
  );
  if (known.length === 0) return null;
  const drawn = tests.at(0)?.people?.annotators?.medianIou;
  const overlap =
    drawn === undefined || drawn.value === null
      ? ""
      : ` Two annotators: median mask IoU ${drawn.value.toFixed(2)}${ends(drawn.interval)}.`;
  return {
    text: `${known.join("; ")}.${overlap}`,
    where: { anchor: "readers", title: "How far readers agree" },
  };
}

export function model({ training: curve, provenance }: ReportContent): Evidence | null {
  const detector = provenance?.detector ?? null;
  if (curve === null && detector === null) return null;
  const file =
    detector === null ? "" : ` Its file (SHA-256 ${detector.sha256}) holds its configuration.`;
  return { text: `${curve?.description ?? "A detector of fractures."}${file}`, where: METHODS };
}

export function software({ software: names }: ReportContent): Evidence | null {
  if (names.length === 0) return null;
  return {
    text: `${names.map(({ name, version }) => `${name} ${version}`).join(", ")}.`,
    where: { anchor: "top", title: "Head of the report" },
  };
}

export function initialisation({ provenance }: ReportContent): Evidence | null {
  const run = provenance?.training ?? null;
  if (run === null) return null;
  return {
    text:
      run.weightsSha256 === null
        ? "From scratch, by the recipe's seed."
        : `From weights with SHA-256 ${run.weightsSha256}.`,
    where: METHODS,
  };
}

export function training({ provenance }: ReportContent): Evidence | null {
  const run = provenance?.training ?? null;
  if (run === null) return null;
  const batch = run.batchSize === null ? "" : ` of ${run.batchSize} radiographs`;
  return {
    text: `Recipe "${run.recipe}" (SHA-256 ${run.recipeSha256.slice(0, 12)}, seed ${run.seed ?? "not stated"}), ${run.steps} of ${run.stepsPlanned} steps${batch}; the recipe holds every augmentation and setting.`,
    where: METHODS,
  };
}

export function selection({ provenance }: ReportContent): Evidence | null {
  const run = provenance?.training ?? null;
  if (run === null || run.seenTuning === null || run.seenTuning === 0) return null;
  return {
    text: `The checkpoint that did best on ${run.seenTuning} tuning radiographs; no test was looked at.`,
    where: METHODS,
  };
}

export function ensemble({ provenance }: ReportContent): Evidence | null {
  if (provenance === null || provenance.detector === null) return null;
  return {
    text: "None: one network, whose results over a patient's views are combined.",
    where: METHODS,
  };
}

export function measures({ tests }: ReportContent): Evidence | null {
  const test = tests.at(0);
  if (test === undefined) return null;
  return {
    text: `Of patients: accuracy, sensitivity, specificity, predictive values, AUC, kappa. Of fractures: recall from a box IoU of ${test.evaluation.settings.foundIou}, box and mask IoU with missed ones left out and as 0, false positives a radiograph.`,
    where: RESULTS,
  };
}

export function uncertainty({ tests }: ReportContent): Evidence | null {
  const test = tests.at(0);
  if (test === undefined) return null;
  const { resamples, seed } = test.evaluation.settings;
  return {
    text: `95% intervals: Wilson for shares, DeLong for areas, bootstrap over patients for the rest (${resamples} resamples, seed ${seed}); p-values of several comparisons after Holm.`,
    where: RESULTS,
  };
}

export function imbalance({ tests }: ReportContent): Evidence | null {
  const decision = tests.at(0)?.evaluation.settings.decision ?? null;
  if (decision === null) return null;
  const { patients } = decision.fittedOn;
  const prevalence =
    decision.prevalence === undefined
      ? "as many of each as there were"
      : `set for a prevalence of ${decision.prevalence}`;
  return {
    text: `Probabilities were fitted after training on tuning patients (${Object.entries(patients)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ")}; ${prevalence}).`,
    where: METHODS,
  };
}

export function output({ tests }: ReportContent): Evidence | null {
  const test = tests.at(0);
  if (test === undefined) return null;
  const { classes, findingThreshold } = test.evaluation.settings;
  return {
    text: `Of a patient the probability of each of ${classes.length} classes; of a radiograph boxes and outlines with scores, shown from ${findingThreshold.toFixed(2)} on.`,
    where: { anchor: testAnchor(test.id), title: test.name },
  };
}

export function reproduction({ provenance }: ReportContent): Evidence | null {
  if (provenance === null) return null;
  const { code, detector } = provenance;
  const source = code.sha256 === null ? "" : `, source SHA-256 ${code.sha256.slice(0, 12)}`;
  const weights = detector === null ? "" : `; weights SHA-256 ${detector.sha256.slice(0, 12)}`;
  return {
    text: `Malleolus ${code.version}${source}${weights}; hashes of every set.`,
    where: METHODS,
  };
}
