/**
 * Recipes, detectors' files and protocols of the first version, in the words of the second. What they
 * mean is the same; only names changed, and what early ones left out is filled in. Nothing is checked
 * here: what comes out is parsed like any other.
 */

const RECIPE_1 = "malleolus-recipe-1";

type Fields = Readonly<Record<string, unknown>>;

/** New names of a record's fields; fields that are not named keep theirs. */
type Names = Readonly<Record<string, string>>;

const RECIPE_NAMES: Names = {
  batchParts: "gradientAccumulation",
  averaging: "weightAverage",
  optimiser: "optimizer",
};

const INPUT_NAMES: Names = {
  leastCropShare: "minCropFraction",
  greatestGamma: "maxGamma",
  greatestRotation: "maxRotationDegrees",
};

const SAMPLING_KINDS: ReadonlyMap<unknown, string> = new Map([
  ["as they come", "shuffled"],
  ["share of negatives", "negative-fraction"],
  ["classes alike", "class-balanced"],
]);

/** A recipe as it is, or one of the first version in the second's names. */
export function upgradeRecipe(value: unknown): unknown {
  if (!isRecord(value) || value.format !== RECIPE_1) return value;
  const { sampling, input, preprocess, model, ...rest } = value;
  return {
    ...renamed(rest, RECIPE_NAMES),
    format: "malleolus-recipe-2",
    ...ifGiven("sampling", sampling, upgradeSampling),
    ...ifGiven("input", input, upgradeInput),
    ...ifGiven("preprocess", preprocess, upgradePreprocess),
    ...ifGiven("model", model, upgradeModel),
  };
}

/** `preprocess` of a recipe or a detector's file of the first version. */
export function upgradePreprocess(value: unknown): unknown {
  if (!isRecord(value)) return value;
  // The earliest files do not say how an image is viewed.
  const { unexposed, views = "one", ...rest } = value;
  return {
    ...rest,
    ...ifGiven("maskCollimation", unexposed, (said) => isOneOf(said, "as is", "black")),
    testTimeFlip: isOneOf(views, "one", "mirrored too"),
  };
}

/** The configuration of a Mask R-CNN of the first version, which knew no other network. */
export function upgradeModel(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { channels, roi, ...rest } = value;
  return {
    kind: "mask-rcnn",
    ...rest,
    ...ifGiven("channels", channels, (said) => (said === "grey" ? "gray" : said)),
    ...ifGiven("roi", roi, upgradeRoi),
    // The earliest files have neither.
    imageHead: value.imageHead ?? null,
    soundClass: value.soundClass ?? null,
  };
}

/** Before there was a choice, the mask head was Detectron2's. */
function upgradeRoi(value: unknown): unknown {
  if (!isRecord(value) || !isRecord(value.mask)) return value;
  return { ...value, mask: { head: { kind: "detectron2" }, ...value.mask } };
}

/** The screening rules of one language, as `protocol.toml` had them: its one word that was spelt otherwise. */
export function upgradeLanguageRules(value: unknown): unknown {
  return isRecord(value) ? renamed(value, { recognisedBy: "recognizedBy" }) : value;
}

function upgradeInput(value: unknown): unknown {
  return isRecord(value) ? renamed(value, INPUT_NAMES) : value;
}

function upgradeSampling(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const kind = SAMPLING_KINDS.get(value.kind) ?? value.kind;
  return { ...renamed(value, { share: "fraction" }), kind };
}

function renamed(fields: Fields, names: Names): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [names[key] ?? key, value]),
  );
}

/** The first as false, the second as true; anything else stays, so that the parser shows it. */
function isOneOf(value: unknown, no: string, yes: string): unknown {
  if (value === no) return false;
  return value === yes ? true : value;
}

/** The key with its new value; none for a file that lacks it. */
function ifGiven(key: string, value: unknown, upgrade: (value: unknown) => unknown): Fields {
  return value === undefined ? {} : { [key]: upgrade(value) };
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
