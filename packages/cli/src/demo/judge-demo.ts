/** The last stage: what the network finds in patients of both tests, judged and written down. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PHANTOM_VERSION } from "@malleolus/data";
import { openDetector } from "@malleolus/detection";
import {
  type Evaluation,
  evaluate,
  evaluationDefaults,
  type Floor,
  floorsReached,
  htmlReport,
  jsonReport,
  type ReportContent,
  type ReportedReaders,
  readerAgreement,
  type TestPatient,
} from "@malleolus/evaluation";
import type { Panel } from "@malleolus/schema";
import { readFlow, readingMatrix, readTestSets, type Study } from "@malleolus/studies";
import { libtorchVersion } from "@malleolus/torch";
import { findDetector } from "@malleolus/training";
import manifest from "../../package.json" with { type: "json" };
import { hasFastBfloat16 } from "../processor.ts";
import { writeFileWhole } from "../write-file-whole.ts";
import type { DemoProgress } from "./demo-progress.ts";
import { galleryOf } from "./gallery.ts";
import type { KnownImages } from "./known-cases.ts";
import { type DemoPlan, FLOORS } from "./plan.ts";
import { withSimulatedTruth } from "./simulated-truth.ts";
import type { Stages } from "./stages.ts";
import { findOnPatients } from "./tested-patients.ts";
import type { TrainedDemo } from "./train-demo.ts";

export interface DemoResult {
  readonly reportPath: string;
  readonly jsonPath: string;
  readonly passed: boolean;
  readonly floors: readonly Floor[];
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

/** Findings below this score say nothing; the report shows what is left. Detectron2's threshold. */
const LEAST_SCORE = 0.05;

export async function judgeDemo(given: DemoToJudge): Promise<DemoResult> {
  const { study, folder, run, plan, known, stages, progress } = given;
  const { internal, external } = await readTestSets(study);
  const detector = openDetector(findDetector(run.directory).path, {
    precision: hasFastBfloat16() ? "bfloat16" : "float32",
    scoreThreshold: LEAST_SCORE,
  });
  const find = (test: "internal test" | "external test", cases: typeof internal.difficult) =>
    findOnPatients({
      study,
      detector,
      test,
      cases,
      onImage: (done, total) => progress.count(done, total, `radiographs of the ${test}`),
    });
  try {
    const inside = await find("internal test", internal.difficult);
    const outside = await find("external test", external.difficult);
    const settings = {
      ...evaluationDefaults,
      classes: study.protocol.classes.map(({ id }) => id),
      noFractureClass: study.protocol.noFractureClass,
      findingThreshold: LEAST_SCORE,
    };
    const judge = (patients: readonly TestPatient[]): Evaluation => evaluate(patients, settings);
    const tests = [
      reported("Internal test", "by the reference panel and the annotators", judge(inside)),
      reported("External test", "by the reference panel and the annotators", judge(outside)),
      reported(
        "Internal test, against what was simulated",
        "by the phantom, which nobody in a real study can ask",
        judge(withSimulatedTruth(inside, known)),
      ),
      reported(
        "External test, against what was simulated",
        "by the phantom, which nobody in a real study can ask",
        judge(withSimulatedTruth(outside, known)),
      ),
    ];
    const floors = floorsOf(tests[0].evaluation);
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
      floors,
      flow: await readFlow(study),
      tests,
      readers: [
        await agreementOf(study, "curation", "Observers, before the senior decides"),
        await agreementOf(study, "reference", "Surgeons of the tests, before they talk"),
      ],
      gallery: [
        ...(await galleryOf(study, "Internal test", inside, tests[0].evaluation)),
        ...(await galleryOf(study, "External test", outside, tests[1].evaluation)),
      ],
      training: { description: describeTraining(run), points: lossesOf(run.directory) },
      timings: stages.times().map(({ title, seconds }) => ({ stage: title, seconds })),
      commands,
    };
    const reportPath = join(folder, "report.html");
    const jsonPath = join(folder, "report.json");
    writeFileWhole(jsonPath, jsonReport(content));
    writeFileWhole(reportPath, htmlReport(content));
    return { reportPath, jsonPath, passed: floorsReached(floors), floors, commands };
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

function floorsOf({ classification, localisation }: Evaluation): Floor[] {
  const { auc } = classification.fracture;
  const { median, medianInterval } = localisation.boxIou.missedAsZero;
  return [
    {
      name: "AUC of fracture against none, internal test",
      value: auc?.auc ?? null,
      interval: auc?.interval ?? null,
      atLeast: FLOORS.fractureAuc,
    },
    {
      name: "Median box IoU of fractures, missed ones 0, internal test",
      value: median,
      interval: medianInterval,
      atLeast: FLOORS.medianBoxIou,
    },
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

/** Every step's loss, as the run wrote it. */
function lossesOf(directory: string): { step: number; loss: number }[] {
  return readFileSync(join(directory, "events.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line))
    .flatMap((event) => (isStep(event) ? [{ step: event.step, loss: event.loss }] : []));
}

function isStep(event: unknown): event is { step: number; loss: number } {
  return (
    typeof event === "object" &&
    event !== null &&
    "loss" in event &&
    typeof event.loss === "number" &&
    "step" in event &&
    typeof event.step === "number"
  );
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
