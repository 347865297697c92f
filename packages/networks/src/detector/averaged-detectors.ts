/**
 * One detector with the mean of several detectors' weights. Networks that were trained on from the same weights lie close
 * to one another, and their mean has been found as good as they are or better, for the work of one (model soups, Wortsman et
 * al. 2022a). The mean of a network and of what it was trained on from may keep more of what the latter knew of other
 * hospitals' radiographs (robust fine-tuning, Wortsman et al. 2022b). Trainings that began apart have no such mean.
 */
import type { MaskRcnnConfig } from "@malleolus/schema";
import { scope, type Tensor, writeSafetensors } from "@malleolus/torch";
import { ModelError } from "../errors.ts";
import { detectorMetadata, readMembers, type StoredMember } from "./detector.ts";

/**
 * Writes a file that `openDetector` reads, atomically: with the mean of the weights in float32, and in all else like the
 * first (the size of radiographs, thresholds). No decision between a patient's classes is taken over.
 *
 * @param from - Files of two or more detectors of one network each.
 * @throws ModelError `checkpoint` as `openDetector`, and for detectors whose networks differ.
 * @throws TorchError `checkpoint` when it cannot be written; an older file is then still there.
 */
export function writeAveragedDetector(path: string, from: readonly string[]): void {
  scope(() => {
    const [first, ...others] = from.map(readSingle);
    for (const other of others) checkSame(first, other);
    const all = [first, ...others];
    const mean = [...first.tensors.keys()].map((name): [string, Tensor] => {
      const [one, ...rest] = all.map(({ tensors }) => tensorOf(tensors, name));
      const sum = rest.reduce((total, tensor) => total.add(tensor), one);
      return [name, sum.mul(1 / all.length)];
    });
    writeSafetensors(path, new Map(mean), detectorMetadata(first.config, first.preprocess));
  });
}

interface NamedMember extends StoredMember {
  readonly file: string;
}

function readSingle(file: string): NamedMember {
  const { members } = readMembers(file);
  if (members.length === 1) return { ...members[0], file };
  throw new ModelError(
    "checkpoint",
    `${file}: expected one network, got ${members.length} that were fused; name them one by one`,
  );
}

function tensorOf(tensors: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`internal: expected ${name}, which was checked`);
  return tensor.to({ dtype: "float32" });
}

function checkSame(first: NamedMember, other: NamedMember): void {
  const fault = differenceOf(first, other);
  if (fault === null) return;
  throw new ModelError(
    "checkpoint",
    `${other.file}: expected the same network as ${first.file}, got ${fault}; ` +
      "average detectors that were trained on from the same weights, or fuse them without --average",
  );
}

/** In words; null where weights of both mean the same. */
function differenceOf(first: NamedMember, other: NamedMember): string | null {
  for (const [what, of] of MEANINGS) {
    const [expected, got] = [first, other].map(({ config }) => JSON.stringify(of(config)));
    if (expected !== got) return `${what} ${got} instead of ${expected}`;
  }
  for (const [name, { shape }] of first.tensors) {
    const got = other.tensors.get(name)?.shape;
    if (got === undefined) return `no ${name}`;
    if (got.join() !== shape.join()) return `${name} of [${got}] instead of [${shape}]`;
  }
  const more = [...other.tensors.keys()].find((name) => !first.tensors.has(name));
  return more === undefined ? null : `${more} besides`;
}

/** What weights mean, besides their shapes. */
const MEANINGS: readonly (readonly [what: string, of: (config: MaskRcnnConfig) => unknown])[] = [
  ["classes", ({ classes }) => classes],
  ["the sound class", ({ soundClass }) => soundClass],
  ["channels", ({ channels, pixelMean }) => [channels, pixelMean]],
  ["the backbone", ({ backbone }) => [backbone.kind, backbone.norm]],
  ["anchors", ({ anchors }) => anchors],
  ["weights of boxes", ({ rpn, roi }) => [rpn.boxWeights, roi.box.boxWeights]],
  ["an image head", ({ imageHead }) => imageHead?.weighsScores],
];
