/**
 * Names of Gluon's MobileNetV2 (MXNet, and the ONNX model zoo, which took it from there) as
 * torchvision's.
 */

/** Whether a file's names are Gluon's; they may stand behind the network's own. */
export function areGluonNames(names: readonly string[]): boolean {
  return names.some((name) => /(^|_)features_conv0_weight$/.test(name));
}

const PARTS: Readonly<Record<string, string>> = {
  weight: "weight",
  gamma: "weight",
  beta: "bias",
  running_mean: "running_mean",
  running_var: "running_var",
};

/** Where a block's convolutions and norms stand: expansion, depthwise, linear. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  conv: ["0.0", "1.0", "2"],
  batchnorm: ["0.1", "1.1", "3"],
};

/** Of the stem and of the last convolution. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  conv: ["0.0", "18.0"],
  batchnorm: ["0.1", "18.1"],
};

/** The name in torchvision, or null for a layer outside the features. */
export function gluonName(name: string): string | null {
  const match = /(?:^|_)features_(?:linearbottleneck(\d+)_)?(conv|batchnorm)(\d)_(\w+)$/.exec(name);
  if (match === null) return null;
  const [, block, kind, number, part] = match;
  const last = PARTS[part];
  const place = (block === undefined ? ENDS : PLACES)[kind]?.[Number(number)];
  if (last === undefined || place === undefined) return null;
  const before = block === undefined ? "features" : `features.${Number(block) + 1}.conv`;
  return `${before}.${place}.${last}`;
}
