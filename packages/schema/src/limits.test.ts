/** How long, how many and how much a record's fields may be. */
import { test } from "node:test";
import type { z } from "zod";
import {
  annotationAdjudicationSchema,
  annotationSchema,
  structureAgreementSchema,
} from "./annotation.ts";
import {
  annotationContentSchema,
  drawnShapeSchema,
  offerDecisionSchema,
  parkedDrawingSchema,
} from "./annotation-draft.ts";
import {
  accountChangeSchema,
  invitationRequestSchema,
  loginRequestSchema,
  passwordRequestSchema,
  setupRequestSchema,
} from "./api/account.ts";
import { commentRequestSchema, returnRequestSchema } from "./api/annotating.ts";
import { modelFindingSchema, reopeningRequestSchema } from "./api/case.ts";
import { decidingRequestSchema } from "./api/deciding.ts";
import { jobRequestSchema } from "./api/job.ts";
import { newPasskeySchema } from "./api/passkey.ts";
import { predictedFileSchema } from "./api/predict.ts";
import { reportPatientSchema } from "./api/report.ts";
import { settlingDecisionSchema, settlingEntrySchema } from "./api/settling.ts";
import { accessSchema, roundRequestSchema, roundSchema } from "./api/study.ts";
import { uploadedFileQuerySchema, uploadRequestSchema } from "./api/upload.ts";
import { worklistQuestionSchema } from "./api/worklist.ts";
import { wrongFindingRequestSchema } from "./api/wrong-finding.ts";
import { assignedImageSchema } from "./assignment.ts";
import { auditedAgreementSchema, auditedDrawingSchema } from "./assistance.ts";
import { bundleSchema } from "./bundle.ts";
import { classificationConfigSchema } from "./classification-config.ts";
import { detectionEvaluationSchema } from "./detection-evaluation.ts";
import { findingSchema } from "./finding.ts";
import { imageSchema } from "./image.ts";
import { labelSchema } from "./labels.ts";
import { maskRcnnConfigSchema } from "./mask-rcnn-config.ts";
import { patientAnswerSchema, patientDecisionSchema } from "./patient-decision.ts";
import { predictionSchema } from "./prediction.ts";
import { prelabelSchema } from "./prelabel.ts";
import { proportionSchema } from "./proportion.ts";
import { protocolSchema } from "./protocol.ts";
import { radiographAnalysisSchema } from "./radiograph-analysis.ts";
import { adjudicationSchema, readingSchema } from "./reading.ts";
import { measurementRuleSchema, readingContentSchema } from "./reading-content.ts";
import { recipeSchema } from "./recipe.ts";
import { reportedPatientSchema } from "./report-cases.ts";
import { screeningRulesSchema } from "./screening-rules.ts";
import { segmentationConfigSchema } from "./segmentation-config.ts";
import { selectionAuditPlanSchema, selectionAuditRunSchema } from "./selection-audit.ts";
import { serviceSettingsSchema } from "./service-settings.ts";
import { signOnSchema } from "./sign-on.ts";
import { studyConfigurationSchema } from "./study-configuration.ts";
import { hospitalFlowSchema } from "./study-flow.ts";
import {
  assertLimits,
  between,
  type Limits,
  list,
  number,
  share,
  text,
  whole,
} from "./test-limits.ts";

const image = "ab".repeat(32);
const ring = [1, 2, 30, 2, 30, 40];
const named = (place: number) => ({ id: `n${place}`, name: `name ${place}` });
const drawn = (place: number) => ({
  id: `s${place}`,
  image,
  structure: "fracture",
  form: "polygon",
  points: ring,
  widthMm: null,
  order: place,
  locked: false,
  doubtful: false,
  parents: [],
  offer: null,
});
const parked = (place: number) => ({
  id: `p${place}`,
  image,
  structure: "a",
  tool: "line",
  points: [],
});
const free = () => ({
  image,
  rule: null,
  form: "length",
  points: [
    [0, 0],
    [1, 1],
  ],
});
const words = (place: number) => `word ${place}`;
const sizes = (place: number) => place + 1;

const limits: readonly (readonly [name: string, z.ZodType, Readonly<Record<string, Limits>>])[] = [
  [
    "annotation",
    annotationSchema,
    {
      annotator: text(1),
      "outlines.[].structure": text(1),
      "decisions.[].|0.structure": text(1),
      "decisions.[].|1.class": text(1),
    },
  ],
  ["adjudicated annotation", annotationAdjudicationSchema, { who: text(1), why: text(1, 500) }],
  ["agreement", structureAgreementSchema, { structure: text(1), iou: share }],
  [
    "drawn shape",
    drawnShapeSchema,
    {
      structure: text(1),
      offer: text(0, 200),
      points: { good: [Array(20_000).fill(1)], bad: [Array(20_002).fill(1), [1, 2, 3]] },
    },
  ],
  [
    "parked drawing",
    parkedDrawingSchema,
    { structure: text(1), points: { good: [[], [1, 2]], bad: [[1]] } },
  ],
  ["decision on an offer", offerDecisionSchema, { offer: text(0, 200) }],
  [
    "annotation's draft",
    annotationContentSchema,
    {
      shapes: list(drawn, 0, 500),
      parked: list(parked, 0, 100),
      decisions: list((place) => ({ offer: `${place}`, is: "accepted" }), 0, 200),
      setAside: list((place) => ({ shape: drawn(place), at: "now" }), 0, 200),
    },
  ],
  ["set-up", setupRequestSchema, { name: text(1, 200), password: text(12, 256) }],
  ["login", loginRequestSchema, { login: text(1, 64), password: text(1, 256) }],
  ["change of a password", passwordRequestSchema, { current: text(1, 256), next: text(12, 256) }],
  [
    "invitation",
    invitationRequestSchema,
    {
      "|0.person": text(1),
      "|1.name": text(1, 200),
      "|1.roles": list(() => "viewer", 1),
    },
  ],
  ["change of an account", accountChangeSchema, { roles: list(() => "viewer", 1) }],
  ["comment", commentRequestSchema, { text: text(1, 1000) }],
  ["return", returnRequestSchema, { reason: text(1, 500) }],
  ["reopening", reopeningRequestSchema, { reason: text(1, 500) }],
  ["model's finding", modelFindingSchema, { score: share }],
  [
    "wrong finding",
    wrongFindingRequestSchema,
    { structure: text(1, 100), note: text(1, 500), round: text(1, 100) },
  ],
  ["decision between readers", decidingRequestSchema, { reason: text(1, 500) }],
  ["job that is asked for", jobRequestSchema, { "|2.title": text(1, 200) }],
  ["passkey", newPasskeySchema, { name: text(1, 100) }],
  ["predicted file", predictedFileSchema, { place: whole(0, 5) }],
  ["patient of a report", reportPatientSchema, { "": text(1, 200) }],
  ["case to settle", settlingEntrySchema, { worstIou: share }],
  [
    "settled case",
    settlingDecisionSchema,
    {
      reason: text(1, 500),
      "take.|0.place": whole(0, 1),
      "take.|1.shapes": list(drawn, 0, 500),
    },
  ],
  ["round", roundSchema, { passShare: share }],
  [
    "round that is asked for",
    roundRequestSchema,
    {
      name: text(1, 100),
      people: list(words, 1),
      repeatShare: share,
      washoutDays: number(0, 3650),
      passShare: share,
    },
  ],
  ["access", accessSchema, { "|2": list(() => "viewer", 1) }],
  ["upload", uploadRequestSchema, { hospital: text(1, 100), passphrase: text(1, 1024) }],
  ["uploaded file", uploadedFileQuerySchema, { name: text(1, 500) }],
  ["worklist", worklistQuestionSchema, { limit: whole(1, 1000) }],
  ["assigned image", assignedImageSchema, { image: text(1), caseId: text(1), patient: text(1) }],
  [
    "audited drawing",
    auditedDrawingSchema,
    {
      image: text(1),
      patient: text(1),
      annotator: text(1),
      "shapes.[].structure": text(1),
      "shapes.[].overlap": share,
    },
  ],
  ["audited agreement", auditedAgreementSchema, { image: text(1), patient: text(1) }],
  [
    "bundle",
    bundleSchema,
    {
      name: text(1, 100),
      version: text(1, 100),
      writtenBy: text(1),
      members: list(
        (place) => ({
          network: ["detection", "segmentation", "classification"][place],
          file: "a.safetensors",
          sha256: image,
        }),
        1,
      ),
    },
  ],
  [
    "classifier",
    classificationConfigSchema,
    {
      "classes.[]": text(1),
      dropout: between("from 0", "below 1"),
      prevalencePower: share,
      sizeDivisibility: { good: [32, 64], bad: [0, 33, 16] },
      "backbone.outputStride": { good: [16, 32], bad: [8, 17, 33] },
    },
  ],
  [
    "finding",
    findingSchema,
    {
      class: text(1),
      score: share,
      "probabilities.{}": share,
      "polygons.[]": { good: [ring, [...ring, 5, 6]], bad: [ring.slice(2), [...ring, 5]] },
      box: {
        good: [
          [1, 2, 1, 2],
          [1, 2, 3, 4],
        ],
        bad: [
          [2, 1, 1, 4],
          [1, 4, 3, 2],
          [2, 4, 1, 3],
        ],
      },
    },
  ],
  ["image", imageSchema, { exifOrientation: whole(2, 8) }],
  [
    "label",
    labelSchema,
    {
      name: text(1),
      values: list(named, 2),
      "values.[].name": text(1),
      "values.[].classes": list(words, 1),
      "values.[].with.{}": list(words, 1),
    },
  ],
  [
    "Mask R-CNN",
    maskRcnnConfigSchema,
    {
      classes: list(words, 1),
      "classes.[]": text(1),
      soundClass: text(1),
      sizeDivisibility: { good: [32, 64], bad: [0, 33, 48] },
      "backbone.|0.depth": { good: [26, 50, 101], bad: [18, 27, 51, 102] },
      "backbone.|0.freezeAt": whole(0, 5),
      "backbone.|1.freezeAt": whole(0, 22),
      "anchors.sizes": {
        good: [Array(5).fill([32])],
        bad: [Array(4).fill([32]), Array(6).fill([32])],
      },
      "anchors.sizes.[]": list(sizes, 1),
      "anchors.aspectRatios": list(sizes, 1),
      "anchors.offset": share,
      "rpn.positiveFraction": share,
      "roi.mask.head.|1.refinements": whole(0),
      "roi.boxRegressions": whole(1, 4),
    },
  ],
  [
    "evaluation of a detector",
    detectionEvaluationSchema,
    { "imageLevel.auc.auc": share, "imageLevel.highestScoreAuc.auc": share },
  ],
  [
    "decision",
    patientDecisionSchema,
    {
      classes: list(words, 2),
      "classes.[]": text(1),
      noFractureClass: text(1),
      prevalence: between("above 0", "below 1"),
      findingThreshold: share,
      "operatingPoints.[].wanted.share": between("above 0", "up to 1"),
      "operatingPoints.[].probability": share,
      "ownProbabilities.{}.[]": share,
    },
  ],
  ["answer", patientAnswerSchema, { class: text(1), "probabilities.{}": share }],
  [
    "prediction",
    predictionSchema,
    {
      file: text(1),
      detector: text(1),
      scoreThreshold: share,
      "answer.prevalence": share,
      "answer.notExcluded.errorRate": between("above 0", "below 1"),
      "answer.notExcluded.classes.[]": text(1),
    },
  ],
  [
    "prelabel",
    prelabelSchema,
    {
      "model.name": text(1, 100),
      "model.version": text(1, 100),
      "shapes.[].structure": text(1),
      "shapes.[].polygons": list(() => ring, 1),
      "shapes.[].score": share,
      "segmentation.class": text(1),
      // Rounding is let pass, and no more.
      probabilities: {
        good: [
          { a: 0.4, b: 0.6 },
          { a: 0.4, b: 0.6009 },
          { a: 0.4, b: 0.5991 },
        ],
        bad: [{ a: 0.4, b: 0.6012 }, { a: 0.4, b: 0.5988 }, { "": 1 }, { a: 1.0005 }],
      },
    },
  ],
  ["proportion", proportionSchema, { share }],
  [
    "protocol",
    protocolSchema,
    {
      name: text(1),
      classes: list(named, 2),
      "classes.[].name": text(1),
      views: list(() => "ap", 1),
      exclusions: list(named, 1, 9),
      "people.annotators": whole(0, 2),
      "thresholds.annotationIou": share,
      "annotation.unassistedShare": share,
      "splits.tuningShare": number(0, 0.5),
      "splits.externalTestViews": list(() => "ap", 1),
    },
  ],
  ["analysis", radiographAnalysisSchema, { "classScores.{}": share }],
  [
    "reading",
    readingSchema,
    { caseId: text(1), reader: text(1), note: text(0, 500), "decision.id": text(1) },
  ],
  ["adjudication", adjudicationSchema, { caseId: text(1), who: text(1), why: text(1, 500) }],
  [
    "measurement of the protocol",
    measurementRuleSchema,
    { name: text(1), "landmarks.[]": text(1) },
  ],
  [
    "reading's content",
    readingContentSchema,
    { certainty: whole(1, 5), note: text(0, 500), measurements: list(free, 0, 100) },
  ],
  [
    "recipe",
    recipeSchema,
    {
      name: text(1),
      "expected.[].metric": text(1),
      "expected.[].conditions": text(1),
      "weightAverage.decay": between("from 0", "below 1"),
      "input.minSizes": list(sizes, 1),
      "input.minCropFraction": between("above 0", "up to 1"),
      "input.maxGamma": number(1),
      "input.maxRotationDegrees": number(0, 180),
      "input.flipProbability": share,
      "input.otherMachine.maxNoise": share,
      "input.otherMachine.maxContrastGain": number(1),
      "input.otherMachine.collimationProbability": share,
      "input.window.around": list(words, 1),
      "input.window.stepShare": share,
      "sampling.|1.fraction": share,
    },
  ],
  ["flow of a hospital", hospitalFlowSchema, { hospital: text(1) }],
  ["reported patient", reportedPatientSchema, { patient: text(1) }],
  ["screening rules", screeningRulesSchema, { oldFracture: text(1) }],
  [
    "segmentation",
    segmentationConfigSchema,
    {
      structures: list((place) => ({ name: `s${place}`, within: null }), 1),
      "structures.[].name": text(1),
      dropout: between("from 0", "below 1"),
      "loss.prevalencePower": share,
    },
  ],
  [
    "plan of an audit",
    selectionAuditPlanSchema,
    {
      strategy: text(1),
      control: text(1),
      recipe: text(1),
      sizes: list(sizes, 2),
      seeds: list(sizes, 2),
      outcomes: {
        good: [["macro AUC"], ["macro AUC", "fracture Dice"]],
        bad: [[], ["macro AUC", "macro AUC"]],
      },
    },
  ],
  [
    "training of an audit",
    selectionAuditRunSchema,
    {
      strategy: text(1),
      "patients.[].patient": text(1),
      "patients.[].class": text(1),
      "patients.[].fractureDice": share,
    },
  ],
  [
    "service's settings",
    serviceSettingsSchema,
    {
      mostWaiting: whole(1, 10_000),
      analysesAtOnce: whole(1, 16),
      completeAfterSeconds: number(0.1, 3600),
      keepPixelsDays: { good: [0.01, 7], bad: [0, 7.01] },
      keepRecordsDays: { good: [0.01, 366], bad: [0, 366.01] },
      "dimse.host": text(1),
      "dimse.port": whole(0, 65_535),
      "dimse.callingTitles": list((place) => `AE${place}`, 1),
      "dimse.tlsCertificate": text(1),
      "dimse.tlsKey": text(1),
      "dimse.tlsAuthority": text(1),
      "destination.|0.host": text(1),
    },
  ],
  [
    "single sign-on",
    signOnSchema,
    {
      clientId: text(1),
      clientSecret: text(1),
      clientSecretFile: text(1),
      scope: text(1),
      loginClaim: text(1),
      nameClaim: text(1),
      groupsClaim: text(1),
      "groups.{}": list(() => "viewer", 1),
      "people.{}": text(1),
    },
  ],
  [
    "study's configuration",
    studyConfigurationSchema,
    {
      name: text(1),
      protocol: text(1),
      "storage.database": text(1),
      "storage.images": text(1),
      "storage.keyFile": text(1),
      "hospitals.[].name": text(1),
      "hospitals.[].language": text(2),
      hospitals: list((place) => ({ ...named(place), role: "internal" }), 1),
      "observers.[].name": text(1),
      "observers.[].roles": list(() => "observer", 1),
    },
  ],
];

for (const [name, schema, fields] of limits) {
  test(`${name}: its limits`, () => {
    for (const [path, limit] of Object.entries(fields)) assertLimits(schema, path, limit);
  });
}
