/** The last stage: what the network finds in patients of both tests, judged and written down. */
import { join } from "node:path";
import { openDetector } from "@malleolus/detection";
import {
  type AcceptanceThreshold,
  type Evaluation,
  evaluate,
  evaluationDefaults,
  htmlReport,
  jsonReport,
  type ReportContent,
  type ReportedReaders,
  readerAgreement,
  type TestPatient,
  thresholdsReached,
} from "@malleolus/evaluation";
import { writeFileWhole } from "@malleolus/host";
import { PHANTOM_VERSION } from "@malleolus/phantom";
import { findDetector, readRun } from "@malleolus/runs";
import type { Panel, Proportion } from "@malleolus/schema";
import {
  readFlow,
  readingMatrix,
  readTestSets,
  type Study,
  type TestCase,
  type TestSet,
} from "@malleolus/studies";
import { libtorchVersion } from "@malleolus/torch";
import manifest from "../../package.json" with { type: "json" };
import { chooseDtype } from "../dtype/choose-dtype.ts";
import { analysePatients } from "../patients/analyse-patients.ts";
import { LEAST_SCORE } from "../patients/calibrate-detector.ts";
import type { DemoProgress } from "./demo-progress.ts";
import { galleryOf } from "./gallery.ts";
import type { KnownImages } from "./known-cases.ts";
import { type DemoPlan, THRESHOLDS } from "./plan.ts";
import { withSimulatedTruth } from "./simulated-truth.ts";
import type { Stages } from "./stages.ts";
import { testedPatients } from "./tested-patients.ts";
import type { TrainedDemo } from "./train-demo.ts";

export interface DemoResult {
  readonly reportPath: string;
  readonly jsonPath: string;
  readonly passed: boolean;
  readonly thresholds: readonly AcceptanceThreshold[];
  readonly commands: ReportContent["commands"];
}

export interface DemoToJudge {
  readonly study: Study;
  readonly folder: string;
  readonly run: TrainedDemo;
  readonly plan: DemoPlan;
  readonly known: KnownImages;
  readonly stages: Stages;
  readonly progress: DemoProgress;
}

export async function judgeDemo(given: DemoToJudge): Promise<DemoResult> {
  const { study, folder, run, plan, known, stages, progress } = given;
  const sets = await readTestSets(study);
  const choice = await chooseDtype("detection");
  progress.say(`computing in ${choice.dtype}: ${choice.reason}`);
  const detector = openDetector(findDetector(run.directory).path, {
    precision: choice.dtype,
    scoreThreshold: LEAST_SCORE,
  });
  const find = async (test: "internal test" | "external test", { difficult, easy }: TestSet) => {
    const cases = new Map([...difficult, ...(easy ?? [])].map((one) => [one.patient, one]));
    return analysePatients({
      detector,
      patients: await testedPatients(study, test, [...cases.values()]),
      folder: study.images,
      onImage: (done, total) => progress.count(done, total, `radiographs of the ${test}`),
    });
  };
  try {
    const inside = await find("internal test", sets.internal);
    const outside = await find("external test", sets.external);
    const settings = {
      ...evaluationDefaults,
      classes: study.protocol.classes.map(({ id }) => id),
      noFractureClass: study.protocol.noFractureClass,
      decision: detector.decision,
    };
    const judge = (patients: readonly TestPatient[]): Evaluation => evaluate(patients, settings);
    const truths = "by the reference panel and the annotators";
    const simulated = "by the phantom, which nobody in a real study can ask";
    const part = (patients: readonly TestPatient[], cases: readonly TestCase[] | null) => {
      const wanted = new Set((cases ?? []).map(({ patient }) => patient));
      return patients.filter(({ id }) => wanted.has(id));
    };
    const difficultInside = part(inside, sets.internal.difficult);
    const difficultOutside = part(outside, sets.external.difficult);
    const tests = [
      reported("Internal test, difficult", truths, judge(difficultInside)),
      reported("Internal test, easy", truths, judge(part(inside, sets.internal.easy))),
      reported("External test, difficult", truths, judge(difficultOutside)),
      reported("External test, easy", truths, judge(part(outside, sets.external.easy))),
      reported(
        "Internal test, difficult, against what was simulated",
        simulated,
        judge(withSimulatedTruth(difficultInside, known)),
      ),
      reported(
        "External test, difficult, against what was simulated",
        simulated,
        judge(withSimulatedTruth(difficultOutside, known)),
      ),
    ];
    const thresholds = thresholdsOf(tests[0].evaluation);
    const commands = nextCommands(folder, plan);
    const content: ReportContent = {
      title: "Fractures of the lateral malleolus, simulated",
      subtitle:
        "Two hospitals that do not exist, a study of them from archive to tables, and a network " +
        `trained ${describeSteps(run)}.`,
      generatedAt: new Date().toISOString(),
      simulated: { version: String(PHANTOM_VERSION), seed: plan.seed },
      software: [
        { name: "Malleolus", version: manifest.version },
        { name: "Phantom", version: String(PHANTOM_VERSION) },
        { name: "LibTorch", version: libtorchVersion() },
        { name: "Node", version: process.versions.node },
      ],
      names: namesOf(study),
      thresholds,
      flow: await readFlow(study),
      tests,
      readers: [
        await agreementOf(study, "curation", "Observers, before the senior decides"),
        await agreementOf(study, "reference", "Surgeons of the tests, before they talk"),
      ],
      gallery: [
        ...(await galleryOf(study, "Internal test", difficultInside, tests[0].evaluation)),
        ...(await galleryOf(study, "External test", difficultOutside, tests[2].evaluation)),
      ],
      training: { description: describeTraining(run), points: readRun(run.directory).losses },
      timings: stages.times().map(({ title, seconds }) => ({ stage: title, seconds })),
      commands,
    };
    const reportPath = join(folder, "report.html");
    const jsonPath = join(folder, "report.json");
    writeFileWhole(jsonPath, jsonReport(content));
    writeFileWhole(reportPath, htmlReport(content));
    return { reportPath, jsonPath, passed: thresholdsReached(thresholds), thresholds, commands };
  } finally {
    detector.close();
  }
}

function reported(name: string, whose: string, evaluation: Evaluation) {
  const { patients, images } = evaluation;
  return {
    name,
    description: `${patients} patients, ${images} radiographs; the truth is set ${whose}.`,
    evaluation,
  };
}

/** The figures that the plan asks for. */
function thresholdsOf(evaluation: Evaluation): AcceptanceThreshold[] {
  const { classification, localisation, falseAlarms } = evaluation;
  const { auc, sensitivity } = classification.fracture;
  const { median, medianInterval } = localisation.boxIou.missedAsZero;
  const figure = (value: number | null, interval: AcceptanceThreshold["interval"]) => ({
    value,
    interval,
  });
  const shareOf = ({ share, interval }: Proportion) => figure(share, interval);
  return [
    { ...THRESHOLDS.accuracy, ...shareOf(classification.accuracy) },
    { ...THRESHOLDS.sensitivity, ...shareOf(sensitivity) },
    { ...THRESHOLDS.auc, ...figure(auc?.auc ?? null, auc?.interval ?? null) },
    { ...THRESHOLDS.boxIou, ...figure(median, medianInterval) },
    { ...THRESHOLDS.falseAlarms, ...shareOf(falseAlarms) },
  ];
}

async function agreementOf(study: Study, panel: Panel, name: string): Promise<ReportedReaders> {
  const { readers, rows } = await readingMatrix(study, panel);
  const ratings = rows.map(({ decisions }) => decisions.map((decision) => decision?.id ?? null));
  return { name, agreement: readerAgreement(readers, ratings, evaluationDefaults) };
}

function namesOf({ protocol, configuration }: Study): Record<string, string> {
  const named = [...protocol.classes, ...protocol.exclusions, ...configuration.hospitals];
  return Object.fromEntries(named.map(({ id, name }) => [id, name]));
}

function describeTraining(run: TrainedDemo): string {
  const { depth, width, norm, trainedNorms } = run.recipe.model.backbone;
  const trained = trainedNorms.length === 0 ? "" : ` but in ${trainedNorms.join(", ")}`;
  const norms = norm === "group" ? "group norm" : `frozen norms${trained}`;
  return `Mask R-CNN with a ResNet-${depth} of width ${width} and ${norms}, ${describeSteps(run)}.`;
}

function describeSteps({ recipe: { weights, steps, batchSize } }: TrainedDemo): string {
  const start = weights === null ? "from scratch" : "from pretrained weights";
  return `${start} in ${steps} steps of ${batchSize} radiographs`;
}

function nextCommands(folder: string, { external }: DemoPlan): ReportContent["commands"] {
  const patient = `EP${String(4 * external.perClass).padStart(5, "0")}`;
  return [
    {
      command: `./malleolus predict --checkpoint ${join(folder, "run")} --threshold 0.2 --out findings ${join(folder, "archive/external/dicom", patient)}`,
      effect: "what the network finds in one patient, as pictures and JSON",
    },
    {
      command: `./malleolus screen --study ${join(folder, "study")}`,
      effect: "why each report let its case in or left it out",
    },
    {
      command: `./malleolus inspect ${join(folder, "archive/internal/dicom/IP00001")}`,
      effect: "what a radiograph is before anything is done with it",
    },
  ];
}
