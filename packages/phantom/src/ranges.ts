/**
 * Every number that patients, fractures and exposures are drawn from, with where it comes from:
 * the numbers in brackets are PHANTOM.md's source list; R is recalled there and unverified, D derived,
 * A an assumption. "Looked" marks what was set by putting phantoms beside real radiographs.
 *
 * Millimetres at the size of an average man unless a line says otherwise.
 *
 * Frozen as version 2: any change of what is drawn or rendered is a new version and voids the figures
 * measured on this one (`frozen.test.ts` holds it to that). Version 2 swells more of the sound ankles
 * (0.85 instead of 0.72): of version 1 a thumbnail told sound from broken with an AUC of 0.646.
 *
 * Measured on version 2 (`experiments/phantom-calibration.ts`: 360 rendered patients at a pitch of 0.3 mm,
 * half of them sound, the others A, B and C in equal numbers, half from either hospital; contrast to
 * noise is then 0.997 of that at full resolution, SD 0.03 and 0.02; 95 % intervals in brackets):
 *   with 60 patients a class, n = 240 (the readers' levels and margin were set once more after a first
 *   look at these, when kappa was 0.563 to 0.615):
 *   an observer agrees with truth 0.825 (0.772-0.868), 0.783 (0.727-0.831), 0.787 (0.731-0.835)
 *     sensitivity for a fracture  0.939 (0.894-0.966), 0.900 (0.847-0.936), 0.861 (0.803-0.904)
 *     specificity                 0.867 (0.758-0.931), 0.833 (0.720-0.907), 0.867 (0.758-0.931)
 *   kappa between observers       0.648 (0.574-0.723), 0.674 (0.601-0.747), 0.625 (0.548-0.701)
 *     of the class, where both see a fracture that is there   0.711, 0.765, 0.721
 *   kappa with a second look      0.680 (0.607-0.753)
 *   any of three disagree         0.362 (0.304-0.425)
 *   three with a senior 0.900 (0.856-0.932), a surgeon 0.883 (0.837-0.918), three and their consensus
 *   0.929 (0.890-0.955)
 *   8,000 patients with the fractures of these: curation wrong 0.095, reference 0.071, both 0.041, so
 *   the reference in 0.434 of what curation has wrong (readers of version 1, likewise: 0.065, 0.068,
 *   0.049, 0.750)
 *   visible on one view only      0.111 (0.073-0.165); on none 0.217 (0.163-0.282), n = 180 fractures
 *   logistic regression on 16 x 16 thumbnails and header fields: AUC 0.630 (0.572-0.687), n = 360;
 *   thumbnails alone 0.600 (0.542-0.658), headers alone 0.638 (0.581-0.694), 0.593 without age and
 *   birth date, which happen to differ here (over 2,000 patients of either hospital age alone has
 *   0.504 and 0.514); swelling alone 0.513 (0.454-0.573), in version 1 0.586
 * Grades of visibility, obvious/visible/subtle/impossible:
 *        AP             mortise       lateral
 *   A    35/16/9/0      16/8/6/0      13/24/17/6
 *   B    7/28/16/9      7/12/8/3      5/25/24/6
 *   C    30/17/13/0     18/8/4/0      20/18/20/2
 */
import type { Spread } from "./random.ts";

export const PHANTOM_VERSION = 2;

interface Sourced extends Spread {
  readonly source: string;
}

export const PATIENT = {
  adultAge: { mean: 50, sd: 20, min: 18, max: 95, source: "[25][26], D" },
  childAge: { mean: 12, sd: 2.2, min: 7, max: 15, source: "[22], A" },
  shareOfWomen: { value: 0.61, source: "[25]" },
  shareOfScars: { value: 0.6, source: "[24] 93 % at 20 to 50 years; faint ones not drawn, A" },
  manScale: { mean: 1, sd: 0.045, min: 0.88, max: 1.12, source: "1a R" },
  womanScale: { mean: 0.885, sd: 0.04, min: 0.78, max: 1, source: "1a R" },
  shaftWidth: { mean: 1, sd: 0.07, min: 0.84, max: 1.18, source: "1a R, A" },
  domeRadius: { mean: 20.7, sd: 1.8, min: 16.5, max: 25, source: "[16]" },
  domeWidth: { mean: 27.9, sd: 2, min: 23, max: 33, source: "[16]" },
  superiorClearSpace: { mean: 3.6, sd: 0.5, min: 2.3, max: 5, source: "[12]" },
  medialClearSpace: { mean: 2.7, sd: 0.5, min: 1.5, max: 4, source: "[12]" },
  tibiofibularClearSpace: { mean: 3.7, sd: 0.8, min: 2, max: 6, source: "[9][10]" },
  lateralTip: { mean: 26, sd: 2.6, min: 20, max: 32, source: "1b R" },
  medialTip: { mean: 15, sd: 2.2, min: 10, max: 20, source: "1b R" },
  fibulaForward: { mean: 0, sd: 1.5, min: -3.5, max: 3.5, source: "A" },
  youngCortex: { mean: 1, sd: 0.1, min: 0.75, max: 1.3, source: "1a R" },
  cortexLostPerYearWoman: {
    value: 0.0022,
    source: "[21]: 12 % from 20 to 85, and more after 50, D",
  },
  cortexLostPerYearMan: { value: 0.0012, source: "A" },
  mineralDensity: { mean: 1, sd: 0.17, min: 0.55, max: 1.5, source: "[20], A" },
  mineralLostPerYear: { value: 0.006, source: "[21], A" },
  calcanealPitch: { mean: 18, sd: 5, min: 8, max: 30, source: "[18]" },
  swellingLevel: { mean: 0, sd: 7, min: -14, max: 18, source: "A, around the malleoli" },
  swellingForward: { mean: 0, sd: 4, min: -9, max: 9, source: "A" },
  swellingLength: { mean: 1, sd: 0.15, min: 0.65, max: 1.4, source: "A" },
  tissue: { mean: 1, sd: 0.07, min: 0.88, max: 1.25, source: "1b R" },
  mortiseAngleMan: { mean: 21.2, sd: 4.6, min: 10, max: 32, source: "[11]" },
  mortiseAngleWoman: { mean: 16.4, sd: 4.1, min: 7, max: 27, source: "[11]" },
} satisfies Record<string, Sourced | { readonly value: number; readonly source: string }>;

/** Trabecular mineral in g/cm³ of hydroxyapatite, by level; Looked, around [20]. */
export const TRABECULAR_DENSITY = {
  leg: [
    [-26, 0.24],
    [-5, 0.27],
    [12, 0.24],
    [30, 0.16],
    [60, 0.07],
    [90, 0.03],
  ],
  talus: 0.3,
  calcaneus: 0.19,
  forefoot: 0.15,
} as const;

export const FRACTURE = {
  /** Of isolated fibular fractures; studies that want classes in other shares say so. */
  classShares: { A: 25, B: 65, C: 10, source: "2b, A from [30]" },
  morphologyA: { transverse: 50, avulsion: 35, oblique: 15, source: "2c, A" },
  morphologyB: { oblique: 30, spiral: 60, transverse: 5, comminuted: 5, source: "2c, A" },
  morphologyC: { oblique: 35, spiral: 20, transverse: 15, comminuted: 30, source: "2c, A" },
  levelA: { mean: -12, sd: 4, min: -19, max: -5, source: "2c R" },
  avulsionHeight: { mean: 8, sd: 3, min: 3.5, max: 15, source: "2c R" },
  lowestB: { mean: -5, sd: 4.6, min: -15, max: 8, source: "[35]" },
  heightB: {
    mean: 30,
    sd: 10,
    min: 12,
    max: 55,
    source: "[35], smaller since not all are operated on",
  },
  lowestC: { mean: 45, sd: 18, min: 16, max: 92, source: "[36]" },
  heightC: { mean: 16, sd: 7, min: 3, max: 32, source: "A" },
  roughness: { mean: 0.35, sd: 0.15, min: 0.1, max: 0.8, source: "A" },
  /** Displacement in mm: median and sigma of a lognormal. */
  displacement: { median: 1.4, sigma: 0.68, max: 9, source: "[37], D" },
  gaps: { hairline: 35, narrow: 45, wide: 20, source: "A" },
  gapHairline: { low: 0.12, high: 0.5, source: "A" },
  gapNarrow: { low: 0.5, high: 2, source: "A" },
  gapWide: { low: 2, high: 4, source: "A" },
  swelling: { mean: 8, sd: 4, min: 1, max: 18, source: "1b R" },
  /** The talus follows a lateral malleolus that has moved out further than `from`, in mm, A. */
  talarShift: { chance: 0.55, from: 1.5, least: 0.5, most: 1, max: 6, source: "A" },
} as const;

/** Fractures of the tibia beside the fibula's: reasons to leave a study out. */
export const TIBIAL_FRACTURE = {
  shares: { "medial malleolus": 50, "posterior malleolus": 30, shaft: 20, source: "A" },
} as const;

export const LOOK_ALIKES = {
  osSubfibulare: { value: 0.05, source: "[50] 0.6 to 1 %; more here, so that it can be learnt, A" },
  osTrigonum: { value: 0.154, source: "[50]" },
  nutrientCanal: { value: 0.08, source: "[4][53] usually higher up; A" },
  skinFold: { value: 0.15, source: "A" },
  swelling: {
    withFracture: 0.88,
    withoutFracture: 0.85,
    source: "A; near each other, or swelling alone would tell the classes apart",
  },
} as const;

export const VIEWS = {
  apError: { mean: 0, sd: 5, min: -14, max: 14, source: "[56], D" },
  mortiseTurn: { mean: 17.5, sd: 5, min: 6, max: 30, source: "[54], D" },
  lateralError: { mean: 0, sd: 3.5, min: -10, max: 10, source: "[56], D" },
  roll: { mean: 0, sd: 4, min: -12, max: 12, source: "A" },
  tilt: { mean: 0, sd: 2.5, min: -7, max: 7, source: "A" },
  plantarflexion: { mean: 15, sd: 8, min: -2, max: 34, source: "Looked" },
  objectToDetectorAp: { mean: 50, sd: 5, min: 40, max: 60, source: "3 R/D" },
  objectToDetectorLateral: { mean: 35, sd: 5, min: 22, max: 48, source: "3 R/D" },
  shareCutOff: { value: 0.35, source: "of wrong views; the others are turned, A" },
} satisfies Record<string, Sourced | { readonly value: number; readonly source: string }>;

/** Reports: how surely radiologists call what they see, and how often dictation slips. */
export const REPORT = {
  /** Called a fracture, and doubted; the rest is reported as none. [33][39][42], D/A */
  seen: {
    obvious: { called: 0.99, doubted: 0.008 },
    visible: { called: 0.93, doubted: 0.05 },
    subtle: { called: 0.55, doubted: 0.27 },
    impossible: { called: 0.05, doubted: 0.15 },
  },
  doubtWithoutFracture: { value: 0.04, source: "A: 5 to 10 % of all reports are uncertain" },
  withoutIndication: { value: 0.2, source: "A" },
  oldInjury: { value: 0.08, source: "A" },
  talarShiftSeen: { value: 1.5, source: "A, mm" },
  wrongSide: { value: 0.006, source: "[66], A" },
  lostNegation: { value: 0.004, source: "[66], A" },
} as const;

/**
 * Simulated observers, A. Set on some 300 rendered patients of the seed "weights", so that with classes in
 * equal shares one observer agrees with truth in 0.75 to 0.85 of them, kappa between two is 0.60 to
 * 0.70 (published for Weber: 0.49 to 0.61 [45][46][47], over all comers), three with a senior are right
 * in 0.85 to 0.92, and surgeons who talk in 0.90 to 0.95. What came of it on other patients stands at
 * the top of this file.
 */
export const READER = {
  /** Contrast to noise at which half of all fractures are called. */
  justSeenContrast: 0.5,
  /** How far below that a sound ankle lies, in the same logarithm. */
  soundMargin: 2.5,
  /** How much an ossicle, a canal or a skin fold adds at most. */
  imitation: 1.5,
  /** Without an ossicle, this share of what is imagined lies at the tip. */
  imitationAtTip: 0.6,
  /** Ends of what is imagined, in mm. */
  lineAtTip: { lowest: -14, highest: -10 },
  lineAtSyndesmosis: { lowest: -3, highest: 14 },
  /** In the logarithm of contrast: of all who see the case, and of each alone, more where it is faint. */
  sharedNoise: 0.55,
  ownNoise: 0.4,
  ownNoiseFaint: 1.5,
  /** How steeply faintness falls with that logarithm. */
  faintSlope: 0.8,
  /** People judge how high a line lies against the plafond; they do not measure it. */
  sharedLevelMm: 4,
  ownLevelMm: 8,
  ownLevelFaintMm: 16,
  /** Of a line that cannot be made out, this share of its height is lost at either end. */
  unseenShare: 0.5,
  /** Of the shared noise's variance: what all share; the rest is a school's. */
  commonShare: 0.3,
  /** Of one's own noise's variance: what is the same at the next look. */
  lastingShare: 0.4,
  /** A line whose top only just passes the plafond is still called infrasyndesmotic. */
  topToleranceMm: 2,
  exclusionSeen: 0.96,
} as const;

/** Who reads: an observer's noise is 1, and those of a school have learnt to overlook alike. A. */
export const READER_ROLES = {
  observer: { noise: 1, school: "radiology" },
  senior: { noise: 0.7, school: "radiology" },
  surgeon: { noise: 0.7, school: "surgery" },
} as const;

/** Annotators' outlines, in mm. PHANTOM.md 5: ends of lines scatter by 2 to 4 mm, A; the rest A. */
export const ANNOTATOR = {
  endMm: 2,
  shiftMm: 0.35,
  tremorMm: 0.2,
  toleranceMm: 0.4,
  /** Smaller spots are not outlined. */
  smallestMm2: 4,
} as const;
