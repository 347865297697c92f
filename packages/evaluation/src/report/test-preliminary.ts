/** What a report says of preliminary networks, with every part: for tests alone. */
import type { AssistanceAudit, Proportion } from "@malleolus/schema";
import type { PreliminaryPicture, PreliminaryResult } from "./preliminary-result.ts";
import { EVIL, picture } from "./test-report.ts";

const share = (count: number, total: number): Proportion => ({
  count,
  total,
  share: count / total,
  interval: [0, 1],
});
const figure = (value: number) => ({ value, interval: [value - 0.1, value + 0.1] as const });
const arms = (first: number, second: number) => ({
  assisted: figure(first),
  unassisted: figure(second),
  difference: figure(first - second),
});
const shown = (caption: string): PreliminaryPicture => ({
  picture,
  pictureType: "image/webp",
  width: 40,
  height: 30,
  caption,
  lines: [`because ${EVIL}`],
});
const assistance: AssistanceAudit = {
  patients: { assisted: 17, unassisted: 3 },
  drawings: { assisted: 34, unassisted: 6 },
  seconds: arms(41, 63.5),
  agreement: arms(0.71, 0.69),
  decisions: { accepted: share(3, 10), mended: share(6, 10), rejected: share(1, 10) },
  editDistanceMm: figure(1.2),
  anchoring: {
    wrongShapesAccepted: share(2, 9),
    wrongClassesAccepted: share(1, 8),
    pull: arms(0.5, 0.4),
  },
};
export const testPreliminary: PreliminaryResult = {
  model: { sha256: "ab".repeat(32), name: "preliminary", version: "1+2" },
  radiographs: 123,
  patients: 45,
  judged: ["weber-b 0", "weber-b 1", "of no test"],
  against: "what was simulated",
  measures: [
    {
      structure: "fibula",
      dice: figure(0.9),
      proposed: share(9, 10),
      inVain: share(0, 1),
      patients: {
        there: ["weber-b 0", "weber-b 1"],
        proposed: ["weber-b 0"],
        missed: ["weber-b 1"],
        inVain: [],
      },
    },
  ],
  pictures: { chosen: "Evenly spaced.", items: [shown("lateral, patient 000001")] },
  selection: {
    strategy: "hard",
    picked: 20,
    passedOver: 40,
    rows: [
      {
        trait: { of: "mistaken" },
        picked: share(12, 20),
        passedOver: share(4, 40),
        patients: { picked: ["chosen 1"], passedOver: ["left 22"] },
      },
      {
        trait: { of: "view", view: "ap" },
        picked: share(5, 20),
        passedOver: share(15, 40),
        patients: { picked: ["chosen 1"], passedOver: ["left 22"] },
      },
    ],
    patients: { picked: ["chosen 1"], passedOver: ["left 22"] },
    pictures: { chosen: "The first.", items: [shown("AP, patient 000002")] },
  },
  assistance,
  assistancePatients: {
    assisted: ["helped 1"],
    unassisted: ["alone 1"],
    accepted: ["helped 1"],
    mended: ["helped 1"],
    rejected: ["helped 1"],
    wrongShapesAccepted: ["helped 1"],
    wrongClassesAccepted: ["helped 1"],
    timed: { assisted: ["helped 1", "helped 2"], unassisted: ["alone 1"] },
    drawnTwice: { assisted: ["helped 2"], unassisted: ["alone 2", "alone 3"] },
    wrongShapes: { assisted: ["helped 1"], unassisted: ["alone 3"] },
  },
  selectionAudit: {
    plan: {
      format: "malleolus-selection-audit-1",
      fixedAt: "2026-01-01T00:00:00Z",
      strategy: "hard",
      control: "random",
      sizes: [50, 100],
      seeds: [1, 2, 3, 4, 5],
      outcomes: ["macro AUC", "fracture Dice"],
      recipe: "demo",
      bootstrap: { seed: 1, resamples: 100 },
    },
    audit: {
      planSha256: "cd".repeat(32),
      patients: 60,
      outcomes: [
        {
          outcome: "macro AUC",
          strategy: [
            { size: 50, mean: 0.71 },
            { size: 100, mean: 0.79 },
          ],
          control: [
            { size: 50, mean: 0.72 },
            { size: 100, mean: 0.8 },
          ],
          strategyArea: figure(0.75),
          controlArea: figure(0.76),
          difference: figure(-0.01),
          differenceBySeed: [0, 0, 0, 0, -0.05],
          verdict: "no difference shown",
        },
        {
          outcome: "fracture Dice",
          strategy: [
            { size: 50, mean: 0.5 },
            { size: 100, mean: 0.53 },
          ],
          control: [
            { size: 50, mean: 0.54 },
            { size: 100, mean: 0.56 },
          ],
          strategyArea: figure(0.52),
          controlArea: figure(0.55),
          difference: { value: -0.03, interval: [-0.05, -0.01] },
          differenceBySeed: [-0.03, -0.03, -0.03, -0.03, -0.03],
          verdict: "worse",
        },
      ],
    },
    on: null,
  },
};
