/** The last stage: the network evaluated on both tests, against thresholds, and the report. */
import { join } from "node:path";
import { readRadiograph } from "@malleolus/data";
import {
  type AcceptanceThreshold,
  figureAnchors,
  htmlReport,
  jsonReport,
  type ReportContent,
  type ReportedTest,
  thresholdsReached,
} from "@malleolus/evaluation";
import { writeFileWhole } from "@malleolus/host";
import { openDetector } from "@malleolus/networks";
import { PHANTOM_VERSION } from "@malleolus/phantom";
import { fileSha256, findDetector, readRun, readSeenImages } from "@malleolus/runs";
import type { Proportion } from "@malleolus/schema";
import type { Study } from "@malleolus/studies";
import { libtorchVersion } from "@malleolus/torch";
import { chooseDtype } from "../dtype/choose-dtype.ts";
import { LEAST_SCORE } from "../patients/least-score.ts";
import { readSelectionAudit } from "../selection-audit/audit-folder.ts";
import { withChecklists } from "../study-report/filled-checklists.ts";
import { findOnTests } from "../study-report/find-on-tests.ts";
import { writeReportCases } from "../study-report/report-cases.ts";
import { evaluatorOf, reportedTest, studyReport } from "../study-report/report-content.ts";
import { writeReport } from "../study-report/report-files.ts";
import { checkSeparation } from "../study-report/separation.ts";
import type { DemoProgress } from "./demo-progress.ts";
import type { KnownImages } from "./known-cases.ts";
import { type DemoPlan, THRESHOLDS } from "./plan.ts";
import { simulatedOutlines, withSimulatedTruth } from "./simulated-truth.ts";
import type { Stages } from "./stages.ts";
import type { TrainedDemo } from "./train-demo.ts";

export interface DemoResult {
  readonly reportPath: string;
  readonly jsonPath: string;
  readonly passed: boolean;
  readonly thresholds: readonly AcceptanceThreshold[];
  readonly commands: ReportContent["commands"];
}

export interface DemoToEvaluate {
  readonly study: Study;
  readonly folder: string;
  readonly run: TrainedDemo;
  readonly plan: DemoPlan;
  readonly known: KnownImages;
  /** Whether networks have proposed what annotators mended. */
  readonly hasProposals: boolean;
  readonly stages: Stages;
  readonly progress: DemoProgress;
}

/** Run once, by `experiments/selection-audit.ts`: thirty trainings, for which a demonstration has no time. */
const SELECTION_AUDIT = join(import.meta.dirname, "selection-audit");

export async function evaluateDemo(given: DemoToEvaluate): Promise<DemoResult> {
  const { study, folder, run, plan, known, hasProposals, stages, progress } = given;
  const choice = await chooseDtype("detection");
  progress.say(`computing in ${choice.dtype}: ${choice.reason}`);
  const { path } = findDetector(run.directory);
  const detector = openDetector(path, {
    precision: choice.dtype,
    scoreThreshold: LEAST_SCORE,
  });
  try {
    const { decision } = detector;
    const separation = await checkSeparation(study, readSeenImages(path));
    const found = await findOnTests({
      study,
      analyze: async ({ fileName }) =>
        detector.analyze(await readRadiograph(join(study.images, fileName))),
      onImage: (done, total, test) => progress.count(done, total, `radiographs of the ${test}`),
    });
    if (found === null) throw new Error("internal: nobody has stopped the demonstration's tests");
    const base = await studyReport({
      study,
      found,
      decision,
      title: "Fractures of the lateral malleolus, simulated",
      subtitle:
        "Two hospitals that do not exist, a study of them from archive to tables, and a network " +
        `trained ${describeSteps(run)}.`,
      simulated: { version: String(PHANTOM_VERSION), seed: plan.seed },
      software: [
        { name: "Phantom", version: String(PHANTOM_VERSION) },
        { name: "LibTorch", version: libtorchVersion() },
      ],
      training: {
        description: describeTraining(run),
        points: readRun(run.directory).losses,
      },
      detector: { sha256: await fileSha256(path), dtype: choice.dtype },
      run: run.directory,
      separation,
      truth: null,
      readerScores: [],
      preliminary: {
        reference: simulatedOutlines(known),
        whose: "what was simulated, which nobody in a real study can ask",
        selectionAudit: hasProposals
          ? { ...readSelectionAudit(SELECTION_AUDIT), on: "of another simulated study" }
          : null,
      },
    });
    const evaluateTest = evaluatorOf(study, decision);
    const simulated = "by the phantom, which nobody in a real study can ask";
    const againstTruth = (where: "internal" | "external") => {
      const name = `${where === "internal" ? "Internal" : "External"} test, difficult, against what was simulated`;
      const id = `${where}-simulated`;
      const patients = withSimulatedTruth(found[where].difficult, known);
      return reportedTest(
        {
          id,
          name,
          whose: simulated,
          people: null,
          analyses: null,
          outlines: null,
          levels: null,
          published: null,
        },
        evaluateTest(patients),
      );
    };
    const tests = [...base.tests, againstTruth("internal"), againstTruth("external")];
    const thresholds = thresholdsOf(tests[0]);
    const commands = nextCommands(folder, plan);
    const content = withChecklists(study, {
      ...base,
      thresholds,
      tests,
      timings: stages.times().map(({ title, seconds }) => ({ stage: title, seconds })),
      commands,
    });
    const reportPath = join(folder, "report.html");
    const jsonPath = join(folder, "report.json");
    writeFileWhole(jsonPath, jsonReport(content));
    writeFileWhole(reportPath, htmlReport(content));
    // For those who open the simulated study's reading room.
    const own = join(study.folder, "reports", "demo");
    await writeReport(own, content, { csv: false, svg: false, pdf: false });
    writeReportCases(own, content, found);
    return { reportPath, jsonPath, passed: thresholdsReached(thresholds), thresholds, commands };
  } finally {
    detector.close();
  }
}

/** The figures that the plan asks for. */
function thresholdsOf({ id, evaluation }: ReportedTest): AcceptanceThreshold[] {
  const { classification, localization, falsePositiveRadiographs } = evaluation;
  const { auc, sensitivity } = classification.fracture;
  const { median, medianInterval } = localization.boxIou.missedAsZero;
  type Figure = Pick<AcceptanceThreshold, "value" | "interval">;
  const shareOf = ({ share, interval }: Proportion): Figure => ({ value: share, interval });
  const figures: Readonly<Record<keyof typeof THRESHOLDS, Figure>> = {
    accuracy: shareOf(classification.accuracy),
    sensitivity: shareOf(sensitivity),
    auc: { value: auc?.auc ?? null, interval: auc?.interval ?? null },
    boxIou: { value: median, interval: medianInterval },
    falsePositiveRadiographs: shareOf(falsePositiveRadiographs),
  };
  const anchors = figureAnchors(id);
  return (["accuracy", "sensitivity", "auc", "boxIou", "falsePositiveRadiographs"] as const).map(
    (name) => ({ ...THRESHOLDS[name], ...figures[name], anchor: anchors[name] }),
  );
}

function describeTraining(run: TrainedDemo): string {
  const { model } = run.recipe;
  if (model.kind !== "mask-rcnn") return `${model.kind}, ${describeSteps(run)}.`;
  const { backbone } = model;
  if (backbone.kind === "efficientnet-lite2") {
    return `Mask R-CNN with an EfficientNet-Lite2, ${describeSteps(run)}.`;
  }
  const { depth, width, norm, trainedNorms } = backbone;
  const trained = trainedNorms.length === 0 ? "" : ` but in ${trainedNorms.join(", ")}`;
  const norms = norm === "group" ? "group norm" : `frozen norms${trained}`;
  return `Mask R-CNN with a ResNet-${depth} of width ${width} and ${norms}, ${describeSteps(run)}.`;
}

function describeSteps({ recipe: { weights, steps, batchSize } }: TrainedDemo): string {
  const start = weights === null ? "from scratch" : "from other simulated patients' weights";
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
    {
      command: `./malleolus serve ${join(folder, "study")}`,
      effect:
        "the reading room in the browser: invite observer-1, who has a round of cases to read",
    },
  ];
}
