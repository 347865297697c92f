/**
 * What the box heads that `box-places.ts` has taught are worth on radiographs that they have not seen, beside the detector that they
 * began with, and what that knows of the height above the plafond by itself.
 *
 *     node experiments/box-places-measured.ts CHECKPOINT KEPT IMAGES TUNING TEST...
 *
 * KEPT is the folder that `box-places.ts` has filled; TUNING and every TEST are sets of a study, as `malleolus export` writes
 * them. The first call looks at TUNING alone, and keeps in `decisions.json` the decision that is fitted on its patients for
 * every head; the same command again looks at the tests, by those decisions. Prints Markdown; half a second a radiograph
 * on one core with AVX2, and two minutes a set for the tables.
 *
 * The rule, set before the tuning patients were looked at: coordinates relative to the plafond are of use if a head that is told
 * them has a lower log loss of the tuning patients, each by a decision without them, than the same head that is not told, by a
 * 95 % interval of the paired difference (bootstrap over patients) that lies below 0, and a box AP that does not lie below that
 * head's by its interval; learned on or drawn anew, and in the other of the two not worse by either interval. All else,
 * and the tests, tell how far that holds.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readRadiograph } from "@malleolus/data";
import { decidePatient, evaluate, evaluationDefaults, fitDecision } from "@malleolus/evaluation";
import { analysisOf, findingsOf, type PreparedImage, prepareImage } from "@malleolus/imaging";
import {
  arrangeRegions,
  detectBoxes,
  detectMasks,
  poolRegions,
  shippedPreliminary,
  withMasks,
} from "@malleolus/networks";
import { fileSha256 } from "@malleolus/runs";
import {
  ankleClassification,
  type Finding,
  type PatientDecision,
  patientDecisionSchema,
  type RadiographAnalysis,
  readJson,
} from "@malleolus/schema";
import { nn, noGrad, readSafetensors, scope } from "@malleolus/torch";
import type { TrainingImage } from "@malleolus/training";
import { z } from "zod";
import { heightsOf, openLegs, placesOf, type Told, toldHigher } from "./box-places-frames.ts";
import { AS_IT_IS, fileOf, HEADS, type PlacedBoxHead, placedBoxHead } from "./box-places-head.ts";
import { heightBy, heightsSchema } from "./box-places-height.ts";
import { type AnnotatedFracture, type Heights, placesText } from "./box-places-tables.ts";
import {
  eachLeftOut,
  labeledOf,
  patientsOf,
  readStudySet,
  type StudySet,
} from "./frozen-heads-patients.ts";
import { proposedBy, readTrained } from "./frozen-heads-training.ts";

const [checkpoint, kept, folder, tuning, ...tests] = process.argv.slice(2);
const preliminary = shippedPreliminary();
if (tuning === undefined || tests.length === 0 || preliminary === null) {
  console.error(
    "usage: node experiments/box-places-measured.ts CHECKPOINT KEPT IMAGES TUNING TEST...",
  );
  console.error("the preliminary networks are needed");
  process.exit(2);
}

/** Told of a plafond that lies elsewhere: as far as would make another class of many. */
const WRONG_MM = 15;

const { noFractureClass } = ankleClassification;
const { preprocess, base, withPart } = readTrained(checkpoint);
const { roi, classes } = base.config;
const wanted = { classes: ankleClassification.classes.map(({ id }) => id), noFractureClass };
const fractures = wanted.classes.filter((name) => name !== noFractureClass);
const asItIs = placedBoxHead(base, false);
const heads: readonly { name: string; told: Told | null; head: PlacedBoxHead }[] = [
  { name: AS_IT_IS, told: null, head: asItIs },
  ...HEADS.map(({ name, told }) => ({ name, told, head: headIn(fileOf(name), told !== null) })),
];
const heightFits = readJson(
  heightsSchema,
  readFileSync(join(kept, "height.json"), "utf8"),
  "height.json",
);
const legs = openLegs({ segmenter: preliminary.segmentation, kept: join(kept, "legs.jsonl") });

const decisionsSchema = z.strictObject({
  /** SHA-256 of the checkpoint and of every head that they are for. */
  detectors: z.array(z.string()),
  decisions: z.record(z.string(), patientDecisionSchema),
});
const decisionsPath = join(kept, "decisions.json");
const detectors: string[] = [];
for (const path of [checkpoint, ...HEADS.map(({ name }) => join(kept, fileOf(name)))]) {
  detectors.push(await fileSha256(path));
}
if (existsSync(decisionsPath)) {
  const text = readFileSync(decisionsPath, "utf8");
  const { decisions, ...of } = readJson(decisionsSchema, text, decisionsPath);
  if (of.detectors.join() !== detectors.join()) {
    throw new Error(
      `${decisionsPath}: expected decisions for ${checkpoint} and the heads beside them, got those for others; remove the file, and tune again`,
    );
  }
  for (const path of tests) await measure(path, decisions);
} else {
  console.log(`# The study's box head, told where a region lies

Written by \`node experiments/box-places-measured.ts\`, whose header has the rule by which a head wins. The heads have learned by
\`node experiments/box-places.ts\` from the study's training radiographs, while all else of the detector rested: on from the
detector's own weights, or from weights drawn anew. In brackets intervals of 95 %: Wilson's of shares of patients, else by
resamples of patients (2,000; of average precision 300), of differences too, which are paired. Every head has its own decision.
`);
  await measure(tuning, null);
}
legs.close();

function headIn(file: string, isTold: boolean): PlacedBoxHead {
  const head = placedBoxHead(withPart({ learns: /^$/ }), isTold);
  const path = join(kept, file);
  const { missing, mismatched } = nn.loadStateDict(head, readSafetensors(path).tensors);
  if (missing.length + mismatched.length > 0) throw new Error(`${path}: not all weights fit`);
  nn.freeze(head);
  return head;
}

/** One radiograph by one head: what is said of it, and every class's objects on their own. */
interface Examination {
  readonly analysis: RadiographAnalysis;
  readonly objects: readonly Finding[];
}

interface Seen {
  readonly image: TrainingImage;
  readonly heads: ReadonlyMap<string, Examination>;
  /** Of each annotated fracture the probabilities of the fracture classes, by head. */
  readonly annotated: readonly Omit<AnnotatedFracture, "patient">[];
  readonly heights: Omit<Heights, "patient">;
}

/** By decisions that were fitted on the tuning patients; by null on the tuning patients themselves, each left out. */
async function measure(
  path: string,
  decisions: Readonly<Record<string, PatientDecision>> | null,
): Promise<void> {
  const set = await readStudySet(path, folder);
  const seen: Seen[] = [];
  for (const image of set.images) {
    seen.push(await look(image, set));
    if (seen.length % 20 === 0) console.error(`${seen.length} of ${set.images.length}`);
  }
  const patientOf = ({ image }: Seen) => set.aboutOf(image).patient;
  const fitted: Record<string, PatientDecision> = {};
  const rows = heads.map(({ name }) => {
    const examined = ({ heads: all }: Seen): Examination => {
      const one = all.get(name);
      if (one === undefined) throw new Error(`internal: ${name} has not looked`);
      return one;
    };
    const patients = patientsOf(seen, set, (one) => examined(one).analysis);
    const decision = decisions === null ? fitDecision(patients, wanted) : decisions[name];
    fitted[name] = decision;
    const answers =
      decisions === null
        ? eachLeftOut(patients, wanted, decision)
        : patients.map(({ images }) => decidePatient(decision, images));
    // Intervals are of the tables' own bootstrap.
    const options = { ...evaluationDefaults, ...wanted, decision, resamples: 1 };
    return {
      name,
      patients: patients.map((one, i) => ({
        id: one.id,
        class: one.class,
        answer: answers[i],
      })),
      fractures: evaluate(patients, options).fractures,
      labeled: seen.map((one) => labeledOf(one.image, examined(one).objects, set.classes)),
    };
  });
  const text = placesText({
    name: basename(path),
    isTuning: decisions === null,
    rows,
    groups: seen.map(patientOf),
    classes: set.classes,
    annotated: seen.flatMap((one) =>
      one.annotated.map((own) => ({ ...own, patient: patientOf(one) })),
    ),
    heights: seen.map((one) => ({ ...one.heights, patient: patientOf(one) })),
  });
  console.log(text);
  if (decisions === null) {
    writeFileSync(decisionsPath, `${JSON.stringify({ detectors, decisions: fitted })}\n`);
  }
}

async function look(image: TrainingImage, set: StudySet): Promise<Seen> {
  const radiograph = await readRadiograph(image.path);
  const prepared = prepareImage(radiograph, preprocess);
  const axes = await legs.axesOf(image.path);
  const batch = [{ ...prepared, isMirrored: false, axes }];
  return noGrad(() =>
    scope(() => {
      const { batch: images, maps, proposals } = proposedBy(base, [prepared.image]);
      const pooledAt = (boxes: readonly Float32Array[]) => {
        const regions = arrangeRegions(boxes, roi);
        const places = {
          plafond: placesOf(regions, batch, "plafond"),
          picture: placesOf(regions, batch, "picture"),
        };
        return { regions, places, pooled: poolRegions(maps, regions, roi.box) };
      };
      const proposed = pooledAt(proposals);
      const examine = ({ told, head }: (typeof heads)[number]): Examination => {
        const { regions, places, pooled } = proposed;
        const predictions = head.predict(pooled, told === null ? null : places[told]);
        const found = detectBoxes(predictions, regions, images.sizes, roi);
        const masks = detectMasks(base.roi_heads.mask_head, maps, found, roi);
        const [detections] = withMasks(found, masks);
        return {
          analysis: analysisOf({ detections, shown: null }, radiograph, prepared, base.config),
          objects: findingsOf(detections, radiograph, prepared, classes),
        };
      };
      return {
        image,
        heads: new Map(heads.map((one) => [one.name, examine(one)])),
        annotated: annotatedFractures(image, set, prepared, pooledAt),
        heights: heightsBy(proposed),
      };
    }),
  );
}

type Pooled = {
  readonly regions: ReturnType<typeof arrangeRegions>;
  readonly places: Readonly<Record<Told, Float32Array>>;
  readonly pooled: ReturnType<typeof poolRegions>;
};

/** What each head makes of a region that is the annotated box itself, told rightly, wrongly and not at all. */
function annotatedFractures(
  { target }: TrainingImage,
  set: StudySet,
  { scaleX, scaleY }: PreparedImage,
  pooledAt: (boxes: readonly Float32Array[]) => Pooled,
): Omit<AnnotatedFracture, "patient">[] {
  const truths = target.boxes.flatMap((box, i) => {
    const name = set.classes[target.classes[i]];
    return name === noFractureClass ? [] : [{ name, box }];
  });
  if (truths.length === 0) return [];
  const boxes = truths.flatMap(({ box: [x1, y1, x2, y2] }) => [
    x1 * scaleX,
    y1 * scaleY,
    x2 * scaleX,
    y2 * scaleY,
  ]);
  const { regions, places, pooled } = pooledAt([Float32Array.from(boxes)]);
  const ways = heads.flatMap(({ name, told, head }) => {
    const own = told === null ? null : places[told];
    const rightly = { name, head, own };
    if (told !== "plafond" || own === null) return [rightly];
    return [
      rightly,
      { name: `${name}, but nothing`, head, own: null },
      ...[WRONG_MM, -WRONG_MM].map((mm) => ({
        name: `${name}, ${Math.abs(mm)} mm too ${mm > 0 ? "high" : "low"}`,
        head,
        own: toldHigher(own, mm),
      })),
    ];
  });
  const said = ways.map(({ name, head, own }) => {
    const { logits } = head.predict(pooled, own);
    return { name, values: logits.softmax(1).toFloat32Array(), width: logits.shape[1] };
  });
  return [...regions.places].map((place, row) => ({
    class: truths[place].name,
    probabilities: new Map(
      said.map(({ name, values, width }) => [
        name,
        fractures.map((one) => values[row * width + classes.indexOf(one)]),
      ]),
    ),
  }));
}

/** Of every proposal with a known height. */
function heightsBy({ places, pooled }: Pooled): Omit<Heights, "patient"> {
  const hidden = asItIs.hidden(pooled, null).toFloat32Array();
  const width = hidden.length / pooled.shape[0];
  const told = places.picture.length / pooled.shape[0];
  const known = heightsOf(places.plafond).flatMap((height, i) =>
    height === null ? [] : [{ height, i }],
  );
  return {
    mm: known.map(({ height }) => height),
    byHead: known.map(({ i }) =>
      heightBy(heightFits.hidden, hidden.subarray(i * width, (i + 1) * width)),
    ),
    byPicture: known.map(({ i }) =>
      heightBy(heightFits.picture, places.picture.subarray(i * told, (i + 1) * told)),
    ),
  };
}
