/**
 * Names of Caffe2's blobs, under which MSRA's ResNets are published, as Detectron2's (the rules of
 * detectron2/checkpoint/c2_model_loading.py).
 */

/** Whether a file's names are Caffe2's. */
export function areCaffe2Names(names: readonly string[]): boolean {
  return names.some((name) => name === "conv1_w" || /^res\d_\d+_branch/.test(name));
}

const RULES: readonly (readonly [RegExp, string])[] = [
  [/_/g, "."],
  [/\.w$/, ".weight"],
  [/bn\.(s|gamma)$/, "norm.weight"],
  [/bn\.(b|beta)$/, "norm.bias"],
  [/bn\.rm$/, "norm.running_mean"],
  [/bn\.riv$/, "norm.running_var"],
  [/\.b$/, ".bias"],
  // The stem's norm is called as if it were a stage of its own.
  [/^res\.conv1\./, "conv1."],
  [/^conv1\./, "stem.conv1."],
  [/\.branch1\./, ".shortcut."],
  [/\.branch2a\./, ".conv1."],
  [/\.branch2b\./, ".conv2."],
  [/\.branch2c\./, ".conv3."],
];

/** The name in Detectron2, below `backbone.bottom_up.`; null for a name that the network lacks. */
export function caffe2Name(name: string): string | null {
  if (name.endsWith("_momentum")) return null;
  const renamed = RULES.reduce((text, [from, to]) => text.replace(from, to), name);
  return /^(stem|res\d)\./.test(renamed) ? `backbone.bottom_up.${renamed}` : null;
}
