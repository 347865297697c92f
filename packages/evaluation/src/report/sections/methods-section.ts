/** How the figures came about, in words that a paper can take, and the hashes to get them again. */
import { patientsForProportion, positivesForAuc } from "../../sample-size.ts";
import type { ReportContent } from "../content.ts";
import { html, type Markup } from "../markup.ts";
import type { Provenance } from "../provenance.ts";
import type { Name } from "./name.ts";

export function methodsSection(content: ReportContent, name: Name): Markup | null {
  const { provenance } = content;
  if (provenance === null) return null;
  const paragraphs = [
    ["Data", dataWords(provenance, name)],
    ["Reference standard", referenceWords(provenance)],
    ["Partitions", partitionWords(provenance)],
    ["Detector", detectorWords(content, provenance)],
    ["Evaluation", evaluationWords(content)],
    ["Size of the tests", sizeWords(content)],
  ] as const;
  return html`<section id="methods"><h2>Methods</h2>${paragraphs.map(([title, text]) => html`<h3>${title}</h3><p>${text}</p>`)}
<h3>Versions and hashes</h3><div class="wide" tabindex="0" role="region" aria-label="Versions and hashes"><table class="hashes"><tbody>${hashRows(content, provenance)}</tbody></table></div></section>`;
}

function dataWords({ study }: Provenance, name: Name): string {
  const hospitals = study.hospitals.map(({ id, role }) => `${name(id)} (${role})`).join(" and ");
  const dates =
    study.dates === null
      ? ""
      : ` Examinations are dated ${study.dates[0]} to ${study.dates[1]}; dates are shifted by patient.`;
  const pictures =
    study.pictures === 0
      ? ""
      : ` ${study.pictures} radiographs came as pictures, without attributes.`;
  const languages =
    study.languages.length === 0
      ? ""
      : ` Reports in ${study.languages.join(", ")} were screened by keywords.`;
  return `Radiographs come from ${hospitals}. DICOM files were de-identified on import: identifying attributes removed or replaced by DICOM PS3.15, UIDs replaced, dates shifted, patients under pseudonyms.${pictures}${dates}${languages}`;
}

function referenceWords({ study: { people, annotationIou, fractureLineMm } }: Provenance): string {
  return (
    `${people.observers} observers read every case, blind to each other; where they differed, ` +
    `${people.seniors === 1 ? "a senior" : `one of ${people.seniors} seniors`} decided. The patients of the tests were read again by ` +
    `${people.surgeons} surgeons, blind at first, who then came to a consensus, which is the truth of the tests. ` +
    `A case is ambiguous where the first readings of those who set its class differed. ${people.annotators} annotators outlined ` +
    `fractures, lines as bands of ${fractureLineMm} mm; where two outlines overlapped by less than an IoU of ${annotationIou}, a senior decided.`
  );
}

function partitionWords({ study, separation }: Provenance): string {
  const run = separation.againstRun
    ? " None of the tests' radiographs is among those that the training run recorded."
    : "";
  return (
    `Patients were drawn for training, tuning and the internal test at random within classes (seed ${study.splitSeed}). ` +
    "The difficult test is the draw as it was; in the easy one, ambiguous patients are replaced by others of their class. " +
    `No patient serves in more than one of training, tuning and the tests, which was checked for ${separation.patientsChecked} test patients.${run}`
  );
}

function detectorWords(
  { training: curve }: ReportContent,
  { detector, training }: Provenance,
): string {
  const what =
    training?.network ??
    curve?.description ??
    "A detector that finds, classifies and outlines fractures.";
  const run =
    training === null
      ? ""
      : ` It was trained by the recipe "${training.recipe}" for ${training.steps} of ${training.stepsPlanned} steps` +
        `${training.batchSize === null ? "" : ` of ${training.batchSize} radiographs`}` +
        `${training.seed === null ? "" : ` (seed ${training.seed})`}, ` +
        `${training.weightsSha256 === null ? "from scratch" : `from weights ${training.weightsSha256.slice(0, 12)}`}` +
        `${training.seenTraining === null ? "" : `, on ${training.seenTraining} radiographs`}` +
        `${training.seenTuning === null || training.seenTuning === 0 ? "" : `, the checkpoint chosen on ${training.seenTuning} tuning radiographs`}.`;
  const dtype = detector === null ? "" : ` Predictions were computed in ${detector.dtype}.`;
  return `${what}${run}${dtype}`;
}

function evaluationWords({ tests }: ReportContent): string {
  const settings = tests.at(0)?.evaluation.settings;
  if (settings === undefined) return "No test was evaluated.";
  const decided =
    settings.decision === null
      ? `the views' scores combined by the rule "${settings.rule}"`
      : "probabilities from all views, fitted on tuning patients";
  return (
    `A patient's class is decided by ${decided}. Shares have Wilson's 95 % intervals, areas under the curve DeLong's, ` +
    `and all other figures percentile intervals of a bootstrap over patients (${settings.resamples} resamples, seed ${settings.seed}). ` +
    "P-values of several comparisons are adjusted after Holm. A fracture is found where the box of a shown finding overlaps " +
    `its box with an IoU of at least ${settings.foundIou}. Overlaps are counted on the radiograph's own pixels.`
  );
}

/** How wide the first test's intervals are, and how large a test with narrower ones would be. */
function sizeWords({ tests }: ReportContent): string {
  const first = tests.at(0);
  if (first === undefined) return "No test was evaluated.";
  const { accuracy, fracture } = first.evaluation.classification;
  const { share, interval, total } = accuracy;
  const told =
    share === null || interval === null
      ? ""
      : ` ${first.name}: with ${total} patients the interval of accuracy is ${points(interval[1] - interval[0])} wide.`;
  const needed = [
    isInside(share)
      ? `${patientsForProportion(share, WIDTH)} patients for accuracy where it is ${percentOf(share)}`
      : null,
    fracture.auc !== null && isInside(fracture.auc.auc)
      ? areaWords(fracture.auc.auc, fracture.auc.negatives / fracture.auc.positives)
      : null,
  ].filter((one) => one !== null);
  const plan =
    needed.length === 0
      ? ""
      : ` An interval of ${points(WIDTH)} would take ${needed.join(", and ")}. This is worked out from what was found here, for the plan of a next study; what was planned before this one is the author's to say.`;
  return `The tests' sizes are those that the protocol draws.${told}${plan}`;
}

/** From end to end. */
const WIDTH = 0.1;

function areaWords(auc: number, negativesPerPositive: number): string {
  const positives = positivesForAuc(auc, WIDTH, negativesPerPositive);
  const negatives = Math.ceil(positives * negativesPerPositive);
  return `${positives} patients with and ${negatives} without a fracture for the area under the curve where it is ${auc.toFixed(2)}`;
}

function isInside(share: number | null): share is number {
  return share !== null && share > 0 && share < 1;
}

function points(width: number): string {
  return `${Math.round(100 * width)} percentage points`;
}

function percentOf(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function hashRows({ software }: ReportContent, provenance: Provenance): Markup[] {
  const { study, data, code, detector, training } = provenance;
  const rows: (readonly [what: string, value: string])[] = [
    ...software.map(({ name, version }) => [name, version] as const),
    ...(code.sha256 === null ? [] : [["Program's source, SHA-256", code.sha256] as const]),
    ["protocol.toml, SHA-256", study.protocolSha256],
    ...data.map(({ set, sha256 }) => [`${set}, SHA-256`, sha256] as const),
    ...(detector === null ? [] : [["Detector, SHA-256", detector.sha256] as const]),
    ...(training === null ? [] : [["Recipe, SHA-256", training.recipeSha256] as const]),
    ["Seed of the draws", String(study.splitSeed)],
  ];
  return rows.map(
    ([what, value]) => html`<tr><th scope="row">${what}</th><td><code>${value}</code></td></tr>
`,
  );
}
