/**
 * What the heads that `frozen-heads.ts` has taught are worth on radiographs that they have not seen, beside the detector that
 * they began with: boxes once through the box head, twice, through one that learned longer, and through a second
 * one; masks of each mask head on the same boxes, on annotated ones, and the best that a grid of cells could say.
 *
 *     node experiments/frozen-heads-measured.ts CHECKPOINT HEADS IMAGES COCO...
 *
 * HEADS is the folder that `frozen-heads.ts` has filled; a detector `whole-NAME.safetensors` in it, of the same classes, stands
 * beside them, by the same decision. Every COCO is a set of a study, as `malleolus export` writes it. Who has
 * a fracture, and from which score a finding is shown, the checkpoint's decision says for all alike. Differences are
 * paired, with intervals of the bootstrap over patients. Prints Markdown; a second a radiograph on one core with AVX2.
 */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { readRadiograph } from "@malleolus/data";
import { evaluate, evaluationDefaults } from "@malleolus/evaluation";
import { boxIou, rasterizePolygonsInBox } from "@malleolus/geometry";
import {
  analysisOf,
  type Detection,
  findingsOf,
  prepareImage,
  resizeTarget,
} from "@malleolus/imaging";
import { type MaskRcnn, maskRcnn } from "@malleolus/networks";
import {
  detectorConfig,
  detectorPreprocess,
  type Finding,
  type MaskRcnnConfig,
  patientDecisionSchema,
  type RadiographAnalysis,
  readJson,
} from "@malleolus/schema";
import { nn, noGrad, readSafetensors, scope, type Tensor } from "@malleolus/torch";
import type { TrainingImage } from "@malleolus/training";
import { labeledOf, patientsOf, readStudySet } from "./frozen-heads-patients.ts";
import { boxTables, type Compared, maskTables } from "./frozen-heads-tables.ts";
import { proposedBy } from "./frozen-heads-training.ts";

const [checkpoint, heads, folder, ...sets] = process.argv.slice(2);
if (folder === undefined || sets.length === 0) {
  console.error("usage: node experiments/frozen-heads-measured.ts CHECKPOINT HEADS IMAGES COCO...");
  process.exit(2);
}

/** Below it a finding says nothing. */
const LEAST_SCORE = 0.05;
const SIDES = [28, 56] as const;

const { metadata } = readSafetensors(checkpoint);
const preprocess = detectorPreprocess(metadata, checkpoint);
const decision = readJson(patientDecisionSchema, metadata.decision, `${checkpoint}: its decision`);
const { config, tensors } = fileOf(checkpoint);
const network = loaded(config, tensors);
const inHeads = (name: string) => fileOf(join(heads, `${name}.safetensors`));
const longer = inHeads("box-longer");
const second = inHeads("second-box");
const twice = { ...config, roi: { ...config.roi, boxRegressions: 2 } };
/** Whose boxes, by what is done with the proposals. */
const BOXES: readonly (readonly [name: string, model: MaskRcnn])[] = [
  ["as it is", network],
  ["boxes through the box head twice", loaded(twice, tensors)],
  ["a second box head", loaded(second.config, second.tensors)],
  ["the box head learned longer", loaded(longer.config, longer.tensors)],
  ["the same, boxes twice through it", loaded(twice, longer.tensors)],
];
/** What is compared besides with the detector as it is. */
const AGAINST: readonly Compared[] = [
  ["a second box head", "boxes through the box head twice"],
  ["a second box head", "the box head learned longer"],
  ["a second box head", "the same, boxes twice through it"],
  ["second-box", "longer"],
];
const MASKS_AGAINST: readonly Compared[] = [
  ["the fine head", "learned longer"],
  ["the fine head", "its last layer anew"],
];
/** Detectors that share nothing with it. */
const WHOLE = readdirSync(heads)
  .flatMap((name) => /^whole-(.+)\.safetensors$/.exec(name)?.[1] ?? [])
  .toSorted()
  .map((name) => {
    const file = inHeads(`whole-${name}`);
    return [name, loaded(file.config, file.tensors)] as const;
  });
/** Every head's masks on whatever boxes it is handed. */
const MASKS: readonly (readonly [name: string, model: MaskRcnn])[] = [
  ["as it is", holder({ config, tensors })],
  ["learned longer", holder(inHeads("mask-longer"))],
  ["its last layer anew", holder(inHeads("mask-anew"))],
  ["the fine head", holder(inHeads("mask-fine"))],
];

console.log(`# Single heads of the study's detector

Written by \`node experiments/frozen-heads-measured.ts\`. Each head has learned from the study's training radiographs by
\`node experiments/frozen-heads.ts\`, while all else of the detector rested. In brackets intervals of 95 % by resamples of
patients (2,000; of average precision 300), of differences too, which are paired. Findings are those that are shown of the patients
who are said to have a fracture, by the decision of the detector as it is.`);
for (const path of sets) await measure(path);

interface DetectorFile {
  readonly config: MaskRcnnConfig;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

function fileOf(path: string): DetectorFile {
  const file = readSafetensors(path);
  const own = detectorConfig(file.metadata, path);
  return {
    config: { ...own, roi: { ...own.roi, scoreThreshold: LEAST_SCORE } },
    tensors: file.tensors,
  };
}

function loaded(own: MaskRcnnConfig, weights: ReadonlyMap<string, Tensor>): MaskRcnn {
  const model = maskRcnn(own);
  scope(() => nn.loadStateDict(model, weights));
  nn.freeze(model);
  return model;
}

/** A network that leaves every box where it is, of every class, and says its mask. */
function holder({ config: own, tensors: weights }: DetectorFile): MaskRcnn {
  const roi = { ...own.roi, scoreThreshold: 0, nmsThreshold: 1, detectionsPerImage: 10_000 };
  const model = loaded({ ...own, roi }, weights);
  const { bbox_pred: deltas } = model.roi_heads.box_predictor;
  for (const tensor of nn.stateDict(deltas).values()) nn.constant(tensor, 0);
  return model;
}

/** One radiograph in one way: what is said of it, and every class's objects on their own. */
interface Examination {
  readonly analysis: RadiographAnalysis;
  readonly objects: readonly Finding[];
}

type ByName = Readonly<Record<string, Examination>>;

interface Seen {
  readonly image: TrainingImage;
  readonly boxes: ByName;
  readonly masksOnFound: ByName;
  readonly masksOnTrue: ByName;
}

async function measure(path: string): Promise<void> {
  const set = await readStudySet(path, folder);
  const seen: Seen[] = [];
  for (const [number, image] of set.images.entries()) {
    seen.push(await look(image));
    if ((number + 1) % 20 === 0) console.error(`${number + 1} of ${set.images.length}`);
  }
  const groups = seen.map(({ image }) => set.aboutOf(image).patient);
  /** By the decision for all alike; what is annotated is handed over as found, whoever it is of. */
  const fracturesOf = (of: (one: Seen) => ByName, name: string, decided: boolean) => {
    const patients = patientsOf(seen, set, (one) => {
      const { analysis, objects } = of(one)[name];
      return decided ? analysis : { findings: objects };
    });
    return evaluate(patients, {
      ...evaluationDefaults,
      classes: set.classes,
      noFractureClass: decision.noFractureClass,
      // Intervals are of the tables' own bootstrap.
      resamples: 1,
      ...(decided ? { decision } : { findingThreshold: 0 }),
    }).fractures;
  };
  const named = (of: (one: Seen) => ByName, decided: boolean) =>
    Object.keys(of(seen[0])).map((name) => ({ name, fractures: fracturesOf(of, name, decided) }));
  const patients = new Set(groups).size;
  console.log(`\n## ${basename(path)}: ${patients} patients, ${seen.length} radiographs\n`);
  const rows = named(({ boxes }) => boxes, true).map((row) => ({
    ...row,
    labeled: seen.map(({ image, boxes }) => labeledOf(image, boxes[row.name].objects, set.classes)),
  }));
  const names = rows.map(({ name }) => name);
  console.log(boxTables(rows, comparisons(names, AGAINST), groups, set.classes));
  console.log(
    maskTables(
      named(({ masksOnFound }) => masksOnFound, true),
      named(({ masksOnTrue }) => masksOnTrue, false),
      comparisons(
        MASKS.map(([name]) => name),
        MASKS_AGAINST,
      ),
    ),
  );
}

/** Everything against the detector as it is, and what else there is. */
function comparisons(names: readonly string[], against: readonly Compared[]): Compared[] {
  const [first, ...others] = names;
  const known = against.filter((pair) => pair.every((name) => names.includes(name)));
  return [...others.map((name): Compared => [name, first]), ...known];
}

async function look(image: TrainingImage): Promise<Seen> {
  const radiograph = await readRadiograph(image.path);
  const prepared = prepareImage(radiograph, preprocess);
  const target = resizeTarget(image.target, prepared.scaleX, prepared.scaleY);
  return noGrad(() =>
    scope(() => {
      const { batch, maps, proposals } = proposedBy(network, [prepared.image]);
      const detect = (model: MaskRcnn, boxes: readonly Float32Array[]) =>
        model.roi_heads.detect(maps, boxes, batch.sizes)[0];
      const found = [
        ...BOXES.map(([name, model]) => [name, detect(model, proposals)] as const),
        ...WHOLE.map(([name, model]) => [name, model.detect(batch)[0]] as const),
      ];
      const examined = (detections: Detection[]) => ({
        analysis: analysisOf({ detections, shown: null }, radiograph, prepared, config),
        objects: findingsOf(detections, radiograph, prepared, config.classes),
      });
      const held = (detections: readonly Detection[]) =>
        MASKS.map(([name, model]) => {
          const boxes = Float32Array.from(detections.flatMap((one) => [...one.box]));
          const own = withMasks(detections, detect(model, [boxes]));
          return [name, examined(own)] as const;
        });
      const annotated = target.boxes.map(
        (box, i): Detection => ({
          box,
          class: target.classes[i],
          score: 1,
          probabilities: Float32Array.from(config.classes, (_, c) =>
            Number(c === target.classes[i]),
          ),
          mask: new Float32Array(),
        }),
      );
      const grids = SIDES.map((side) => {
        const own = annotated.map((one, i) => ({
          ...one,
          mask: Float32Array.from(rasterizePolygonsInBox(target.polygons[i], one.box, side)),
        }));
        return [`the outline itself on ${side} x ${side} cells`, examined(own)] as const;
      });
      return {
        image,
        boxes: Object.fromEntries(found.map(([name, own]) => [name, examined(own)])),
        masksOnFound: Object.fromEntries(held(found[0][1])),
        masksOnTrue: Object.fromEntries([...held(annotated), ...grids]),
      };
    }),
  );
}

/** Each detection with the mask of its class on its box, which a holder has not moved. */
function withMasks(detections: readonly Detection[], held: readonly Detection[]): Detection[] {
  return detections.map((one) => {
    const [own] = held
      .filter((other) => other.class === one.class)
      .toSorted((a, b) => boxIou(b.box, one.box) - boxIou(a.box, one.box));
    return { ...one, mask: own.mask };
  });
}
