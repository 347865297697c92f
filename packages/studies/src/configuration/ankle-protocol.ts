/**
 * The protocol with which a new study begins: fractures of the lateral malleolus by Danis-Weber, read
 * and split as in the paper that Malleolus follows.
 */
import { ankleScreeningRules } from "@malleolus/data";
import { ankleClassification, type Protocol } from "@malleolus/schema";
import { stringify } from "smol-toml";
import { ankleLabels } from "./ankle-labels.ts";
import { ankleMeasurements } from "./ankle-measurements.ts";
import { wrapLists } from "./wrap-lists.ts";

export const ankleProtocol: Protocol = {
  name: "ankle",
  classes: ankleClassification.classes,
  noFractureClass: ankleClassification.noFractureClass,
  views: ["ap", "mortise", "lateral"],
  structures: [
    { id: "fibula", name: "Fibula" },
    { id: "tibia", name: "Tibia" },
  ],
  exclusions: [
    { id: "tibia-involved", name: "Tibia involved" },
    { id: "other-fracture", name: "Other fracture or pathology" },
    { id: "old-fracture", name: "Old fracture" },
    { id: "callus", name: "Callus" },
    { id: "cast", name: "Cast" },
    { id: "poor-quality", name: "Poor quality" },
    { id: "open-physes", name: "Open physes" },
    { id: "view-insufficient", name: "View insufficient" },
    { id: "hardware", name: "Plates or screws" },
  ],
  people: { observers: 3, seniors: 1, referenceSurgeons: 3, annotators: 2 },
  zonesMm: ankleClassification.zonesMm,
  measurements: ankleMeasurements,
  labels: ankleLabels,
  thresholds: { annotationIou: 0.5 },
  annotation: { unassistedShare: 0.15, proposals: "at once" },
  splits: {
    seed: 1,
    preliminary: { fracture: 147, noFracture: 228 },
    training: { fracture: 326, noFracture: 423 },
    tuningShare: 0.1,
    internalTestPatientsPerClass: 25,
    internalTestReservePerClass: 10,
    externalTestPatients: 167,
    externalTestViews: ["ap", "lateral"],
  },
  screening: ankleScreeningRules,
};

/** What stands above a part of the protocol's file. */
const COMMENTS: Readonly<Partial<Record<keyof Protocol, string>>> = {
  name: "The protocol: what the study looks for and how it is read. Unknown keys are refused.",
  classes: "Classes of a case. noFractureClass names the one that is no fracture.",
  views: "Views of a complete examination: ap, pa, mortise, lateral, oblique.",
  structures: "Bones that are outlined beside the fractures.",
  exclusions: "Why a case is left out, at most nine: readers press the digit of the place.",
  people: "How many of whom read, adjudicate, set the reference and draw.",
  zonesMm:
    "Millimetres: the width of a drawn fracture line, how far an intact fibula is outlined\n" +
    "above the plafond, and the heights above the plafond where Weber A ends and C begins.",
  measurements:
    "What readers may measure, and the landmarks to click in their order. Forms: length (2 points),\n" +
    "angle (3, at the second), between lines (4), perpendicular (3: the third from a line).",
  labels:
    "Further labels of a fracture. Readers must say those with asked = true; a value with classes, or\n" +
    "with values of other labels, goes with these alone.",
  thresholds: "Overlap (intersection over union) from which two annotators agree.",
  annotation:
    "Share of the cases that are drawn without seeing a model's proposals, so that what proposals\n" +
    "do to the drawings can be told; and when the reading room shows them in the other cases: at once,\n" +
    "after the first shape, never.",
  splits:
    "Radiographs of the preliminary and the final training, patients of the tests. The reserve is\n" +
    "read by the reference panel too, and replaces ambiguous patients in the easy internal test.",
  screening:
    "Words by which reports are screened, in each language. * stands for any letters at the\n" +
    'beginning or end of a word, "..." for up to three words, and | between single words for any\n' +
    'of them: "not seen|visible" is "not seen" or "not visible". Put words of your hospitals here.',
};

/** A protocol's file, each part under what explains it. */
export function protocolText(protocol: Protocol): string {
  // Values before tables: in TOML whatever follows a table's heading belongs to it.
  const parts = Object.entries(protocol).toSorted(
    ([, a], [, b]) => Number(isTable(a)) - Number(isTable(b)),
  );
  return parts
    .map(([key, value]) => {
      const comment = Object.entries(COMMENTS).find(([name]) => name === key)?.[1];
      const explained = comment === undefined ? "" : `# ${comment.replaceAll("\n", "\n# ")}\n`;
      return `${explained}${wrapLists(stringify({ [key]: value })).trimEnd()}\n`;
    })
    .join("\n");
}

function isTable(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => typeof item === "object");
  return typeof value === "object";
}
