/**
 * The screening rules of the ankle protocol, with which a new study begins.
 */
import type { ScreeningRules } from "@malleolus/schema";
import { ankleDutch } from "./ankle-dutch.ts";
import { ankleEnglish } from "./ankle-english.ts";

export const ankleScreeningRules: ScreeningRules = {
  oldFracture: "old-fracture",
  uncertainFracture: "candidate fracture",
  languages: { en: ankleEnglish, nl: ankleDutch },
};
