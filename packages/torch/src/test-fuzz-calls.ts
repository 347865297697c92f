/**
 * A program for fuzz.test.ts: calls operators and the addon's functions with all kinds of wrong
 * arguments, and is expected to end by itself. Before every call it writes it to a file, so that
 * whoever finds it dead knows the last one.
 *
 * Arguments: the journal's path, a seed, the number of calls of each operator, and optionally
 * the only operator to call.
 */
import { ftruncateSync, openSync, writeSync } from "node:fs";
import { inspect } from "node:util";
import * as torch from "./index.ts";
import { native, type OperatorArgument } from "./native.ts";
import { OPERATOR_NAMES } from "./ops.generated.ts";
import { sampleCall } from "./test-sample-calls.ts";

const [journalPath = "/dev/null", seedText = "1", countText = "40", only = ""] =
  process.argv.slice(2);
const journal = openSync(journalPath, "w");

function note(text: string): void {
  const bytes = Buffer.from(text.slice(0, 4000));
  ftruncateSync(journal, 0);
  writeSync(journal, bytes, 0, bytes.length, 0);
}

// --- Random choices -------------------------------------------------------------------------

let state = Number(seedText);

/** Mulberry32. */
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let x = Math.imul(state ^ (state >>> 15), 1 | state);
  x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
  return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
}

function pick<T>(values: readonly T[]): T {
  const place = Math.floor(random() * values.length);
  for (const value of values.slice(place)) return value;
  throw new Error("internal: nothing to pick from");
}

const DTYPES: readonly torch.DType[] = [
  ...(["float32", "float32", "float32", "float64", "bfloat16", "float16"] as const),
  ...(["int64", "int64", "int32", "int16", "int8", "uint8", "bool"] as const),
];
const SHAPES: readonly (readonly number[])[] = [
  ...[[], [0], [1], [2], [3], [6], [2, 3], [3, 2], [2, 0], [0, 4], [5, 5], [5, 4], [1, 1]],
  ...[
    [2, 3, 4],
    [1, 3, 4, 4],
    [2, 3, 4, 4],
    [6, 3, 3, 3],
    [3, 2, 2, 2],
    [1, 1, 1, 1],
  ],
  ...[
    [0, 3, 4, 4],
    [2, 0, 4, 4],
    [2, 3, 0, 4],
    [2, 4, 5, 5, 2],
    [1, 1, 1, 1, 1, 1, 1],
  ],
];

/** Tensors of many kinds. What is called may write into them, so they are made anew often. */
function wildTensor(): torch.Tensor {
  const dtype = pick(DTYPES);
  const shape = pick(SHAPES);
  const base = torch
    .rand(shape)
    .mul(pick([0, 1, 10, -300]))
    .to(dtype);
  switch (Math.floor(random() * 12)) {
    case 0:
      return base.mul(Number.NaN).to("float32");
    case 1:
      return torch.full(shape, pick([Number.POSITIVE_INFINITY, -1e38, 1e38]));
    case 2:
      return torch.fromTypedArray(BigInt64Array.of(-(2n ** 63n), -1n, 2n ** 62n, 5n, 0n, 2n), [6]);
    case 3:
      return base.unsqueeze(0).expand([3, ...shape]);
    case 4:
      return shape.length === 4 ? base.to({ memoryFormat: "channelsLast" }) : base;
    case 5:
      return shape.length >= 2 ? base.transpose(0, 1) : base;
    case 6:
      return dtype.startsWith("f") || dtype.startsWith("b")
        ? base.detach().to("float32").requiresGrad_()
        : base;
    case 7: {
      base.free();
      return base;
    }
    default:
      return base;
  }
}

const INTEGERS: readonly (number | bigint)[] = [
  ...[0, 1, 1, 2, 2, 3, -1, -1, -2, 4, 7, 17, -5, 300],
  ...[2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 42, 2 ** 53 - 1, -(2 ** 53)],
  ...[2n ** 62n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n],
];
const NUMBERS: readonly number[] = [
  ...[0, -0, 1, 0.5, -1, 2, 1e-30, 1e30, 3.5e38, 1e308, -1e308],
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.EPSILON],
];
const throwing = Object.defineProperty([1, 2], 0, {
  get() {
    throw new RangeError("a getter of the fuzz");
  },
});
/** Values of no kind that an operator takes. */
const STRANGE: readonly unknown[] = [
  ...["", "float32", "cpu", "x".repeat(300), "\ud800", Symbol("fuzz"), () => 1, {}, { length: 3 }],
  ...[
    [],
    [[]],
    [1],
    [1.5],
    [null],
    [undefined],
    ["1"],
    [2 ** 42],
    new Array(2 ** 32 - 1),
    throwing,
  ],
  ...[new Proxy([1, 2], {}), new Float32Array(3), new Date(0), new Map(), 2n ** 70n, true, null],
];

/** A handle, where the addon is called directly, or the tensor itself. */
type Lower = (tensor: torch.Tensor) => unknown;

function wildValue(kind: string, lower: Lower): unknown {
  if (random() < 0.08) return pick(STRANGE);
  if (random() < 0.05) return undefined;
  switch (kind) {
    case "tensor":
      return random() < 0.9 ? lower(wildTensor()) : pick(INTEGERS);
    case "tensors":
    case "optionalTensors":
      return Array.from({ length: pick([0, 1, 2, 2, 3]) }, () =>
        random() < 0.1 ? null : lower(wildTensor()),
      );
    case "int":
      return pick(INTEGERS);
    case "ints":
      return random() < 0.1
        ? pick(INTEGERS)
        : Array.from({ length: pick([0, 1, 2, 2, 3, 4, 5]) }, () => pick(INTEGERS));
    case "float":
      return pick(NUMBERS);
    case "floats":
      return Array.from({ length: pick([0, 1, 2, 3]) }, () => pick(NUMBERS));
    case "scalar":
      return random() < 0.5 ? pick(NUMBERS) : pick(INTEGERS);
    case "bool":
      return random() < 0.5;
    case "dtype":
      return pick(DTYPES);
    case "device":
      return pick(["cpu", "cuda", "cuda:7", "meta", "xla", "cpu:1", "mkldnn"]);
    case "memoryFormat":
      return pick(["contiguous", "channelsLast", "preserve", "channels"]);
    default:
      return pick(STRANGE);
  }
}

// --- Calls ----------------------------------------------------------------------------------

function shown(value: unknown): string {
  if (value instanceof torch.Tensor && !value.isFreed) {
    const kind = `${value.dtype}[${value.shape}]${value.requiresGrad ? " grad" : ""}`;
    return value.size <= 12 ? `${kind}=${value.detach().toTypedArray()}` : kind;
  }
  if (Array.isArray(value) && value.length < 20 && value !== throwing) {
    return `[${value.map(shown).join(", ")}]`;
  }
  return inspect(value, { depth: 1, maxArrayLength: 5, getters: false }).slice(0, 200);
}

const counts = { called: 0, succeeded: 0, refused: 0 };

/** Nothing but a TorchError, or the getter's own error, may come out of a wrong call. */
function attempt(what: string, body: () => unknown): void {
  note(what);
  counts.called += 1;
  try {
    body();
    counts.succeeded += 1;
  } catch (error) {
    const ours = error instanceof RangeError && error.message.includes("of the fuzz");
    if (!(error instanceof torch.TorchError) && !ours) {
      throw new Error(`not a TorchError: ${what}`, { cause: error });
    }
    counts.refused += 1;
  }
}

/** Arguments that work, of which some are replaced; or all of them wild. */
function wildArguments(name: string, args: readonly OperatorArgument[]): unknown[] {
  const keep: Lower = (tensor) => tensor;
  if (random() < 0.15) return args.map(({ kind }) => wildValue(kind, keep));
  const values: unknown[] = [...sampleCall(name, args)];
  for (let replaced = pick([1, 1, 1, 2, 2, 3]); replaced > 0; replaced--) {
    const index = Math.floor(random() * args.length);
    while (values.length < index) values.push(undefined);
    values[index] = wildValue(args[index]?.kind ?? "string", keep);
  }
  if (random() < 0.03) values.push(1);
  if (random() < 0.03) values.length = Math.floor(random() * values.length);
  return values;
}

/** The gradients of what came out, for kernels that run only then. */
function tryBackward(result: unknown, what: string): void {
  const tensors = Array.isArray(result) ? result : [result];
  for (const tensor of tensors) {
    if (tensor instanceof torch.Tensor && !tensor.isFreed && tensor.requiresGrad) {
      attempt(`backward of ${what}`, () => torch.backward(tensor.to("float32").sum()));
    }
  }
}

function fuzzOperator(name: string, calls: number): void {
  const { arguments: args } = native.describe(native.resolve(name));
  for (let index = 0; index < calls; index++) {
    torch.scope(() => {
      const values = wildArguments(name, args);
      for (const value of values) {
        if (value instanceof torch.Tensor && random() < 0.3) trainable(value);
      }
      const what = `${name}(${values.map(shown).join(", ")})`;
      let result: unknown;
      attempt(what, () => {
        result = Reflect.apply(torch.call, null, [name, ...values]);
      });
      tryBackward(result, what);
    });
  }
}

function trainable(tensor: torch.Tensor): void {
  if (!tensor.isFreed && tensor.dtype === "float32" && !tensor.requiresGrad) tensor.requiresGrad_();
}

/** The addon's own functions, and the arguments each is meant for. */
const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  resolve: ["string"],
  describe: ["int"],
  invoke: ["int", "tensor", "tensor", "scalar"],
  free: ["handle"],
  alias: ["tensor"],
  shape: ["tensor"],
  strides: ["tensor"],
  dtype: ["tensor"],
  device: ["tensor"],
  isContiguous: ["tensor", "memoryFormat"],
  fromTypedArray: ["array", "ints", "dtype", "device"],
  toTypedArray: ["tensor"],
  copyToTypedArray: ["tensor", "array"],
  item: ["tensor"],
  backward: ["tensors", "tensors", "bool", "tensors"],
  gradients: ["tensors", "tensors", "tensors", "bool", "bool", "bool"],
  gradient: ["tensor"],
  setGradient: ["tensor", "tensor"],
  requiresGrad: ["tensor"],
  setRequiresGrad: ["tensor", "bool"],
  setGradMode: ["bool"],
  enterAutocast: ["dtype"],
  leaveAutocast: ["int"],
  manualSeed: ["int"],
};

function wildArray(): unknown {
  const length = pick([0, 1, 6, 24]);
  const arrays = [
    () => new Float32Array(length),
    () => new Float64Array(length),
    () => new BigInt64Array(length),
    () => new Uint16Array(length),
    () => new Uint8Array(length),
    () => new BigUint64Array(length),
    () => new Uint32Array(length),
    () => new DataView(new ArrayBuffer(length)),
    () => new ArrayBuffer(length),
    () => Buffer.alloc(length),
    () => new Float32Array(new SharedArrayBuffer(length * 4)),
    () => {
      const array = new Float32Array(length);
      structuredClone(array, { transfer: [array.buffer] });
      return array;
    },
    () => {
      const buffer = new ArrayBuffer(length * 4, { maxByteLength: 1000 });
      const array = new Float32Array(buffer);
      buffer.resize(pick([0, 3, 8, 1000]));
      return array;
    },
    () => new Proxy(new Float32Array(length), {}),
    () => Object.create(Float32Array.prototype),
  ];
  return pick(arrays)();
}

function fuzzFunctions(calls: number): void {
  const names = Object.keys(FUNCTIONS);
  // Handles outlive the tensors: the addon must know which are in use.
  const lower: Lower = (tensor) => tensor.handle;
  for (let index = 0; index < calls; index++) {
    torch.scope(() => {
      const name = pick(names);
      const kinds = FUNCTIONS[name] ?? [];
      const values = kinds.map((kind) => {
        if (kind === "array") return random() < 0.9 ? wildArray() : pick(STRANGE);
        if (kind === "handle") return pick([...STRANGE, -1, -5, 2 ** 31, 2 ** 40, 0.5, Number.NaN]);
        return wildValue(kind, lower);
      });
      values.length = random() < 0.1 ? Math.floor(random() * (values.length + 1)) : values.length;
      const what = `native.${name}(${values.map(shown).join(", ")})`;
      attempt(what, () => {
        const result: unknown = Reflect.apply(Reflect.get(native, name), native, values);
        // What it made goes again, by the only way there is without an object.
        const made = ["alias", "fromTypedArray", "gradient"].includes(name) ? [result] : [];
        const several = ["invoke", "gradients"].includes(name) ? result : made;
        for (const handle of Array.isArray(several) ? several : [several]) {
          if (typeof handle === "number" && name !== "invoke") native.free(handle);
        }
        if (name === "setGradMode") native.setGradMode(true);
        if (name === "enterAutocast" && typeof result === "number") native.leaveAutocast(result);
      });
    });
  }
}

/** Regions and boxes of right shapes and wrong numbers, for our own operators. */
function fuzzRegions(calls: number): void {
  const coordinates = [...NUMBERS, 0, 1, 2, 3, 5, -2, 1e5, 4096.5];
  const rows = (width: number) =>
    Array.from({ length: pick([1, 2, 3]) }, () =>
      Array.from({ length: width }, () => pick(coordinates)),
    );
  for (let index = 0; index < calls; index++) {
    torch.scope(() => {
      const shape = pick([
        [1, 3, 4, 4],
        [2, 40, 7, 5],
        [1, 1, 1, 1],
        [3, 0, 4, 4],
      ]);
      const features = torch
        .rand(shape)
        .to(pick(["float32", "float64", "bfloat16"]))
        .requiresGrad_();
      const regions = rows(5).map(([, ...box]) => [
        pick([0, 0, 0, 1, 2.5, -1, Number.NaN, 1e20]),
        ...box,
      ]);
      const rest = [pick([1, 0.25, 3, ...NUMBERS]), pick([1, 7, 0, -1]), pick([1, 2, 5000])];
      const sampling = [pick([0, 0, 1, 2, -1, 8192, 2 ** 40]), random() < 0.5];
      const what = `roi_align([${shape}], ${shown(regions)}, ${[...rest, ...sampling]})`;
      let pooled: unknown;
      attempt(what, () => {
        const values = [features, torch.tensor(regions), ...rest, ...sampling];
        pooled = torch.call("malleolus::roi_align", ...values);
      });
      tryBackward(pooled, what);
      attempt(`roi_align_backward of ${what}`, () => {
        const sizes = pick([shape, [1, 3, 0, 4], [-1, 3, 4, 4], [1, 3, 2 ** 40, 2 ** 40], [2]]);
        const gradient = torch.rand([regions.length, shape[1] ?? 1, 2, 2]);
        const [scale = 1] = rest;
        const values = [gradient, torch.tensor(regions), sizes, scale, ...sampling];
        torch.call("malleolus::roi_align_backward", ...values);
      });
      const boxes = rows(4);
      const scores = boxes.map(() => pick(coordinates));
      attempt(`nms(${shown(boxes)}, ${shown(scores)})`, () =>
        torch.nms(torch.tensor(boxes), torch.tensor(scores), pick(NUMBERS)),
      );
    });
  }
}

/** Norms whose parts fit each other only sometimes, and their gradients. */
function fuzzGroupNorm(calls: number): void {
  const shapes = [[1, 4, 3, 3], [2, 6, 1, 5], [2, 6, 0, 5], [0, 4, 3, 3], [4, 6], [6], [2, 2], []];
  const any = () => torch.rand(pick(shapes)).to(pick(["float32", "float64", "bfloat16"]));
  for (let index = 0; index < calls; index++) {
    torch.scope(() => {
      const shape = pick(shapes);
      const input = torch.rand(shape).to(pick(["float32", "float64", "bfloat16"]));
      const channels = pick([shape[1] ?? 1, shape[1] ?? 1, 5]);
      const groups = pick([1, 2, 3, 2, 0, -1, 2 ** 40]);
      const weight = pick([torch.rand([channels]), any()]);
      const what = `group_norm([${shape}], ${groups}, [${weight.shape}])`;
      attempt(what, () => {
        const bias = torch.rand([channels]);
        const values = [input, groups, weight, bias, pick([1e-5, ...NUMBERS]), random() < 0.5];
        torch.call("malleolus::group_norm_with_statistics", ...values);
      });
      attempt(`group_norm_backward of ${what}`, () => {
        const statistics = [pick([torch.rand([shape[0] ?? 1, 2]), any()]), any()];
        const bias = pick([torch.rand([channels]), any()]);
        const gradient = pick([torch.rand(shape), any()]);
        const values = [gradient, input, weight, bias, ...statistics, groups, random() < 0.5];
        torch.call("malleolus::group_norm_backward", ...values);
      });
    });
  }
}

torch.manualSeed(1);
torch.setThreads(2);
for (const name of OPERATOR_NAMES) {
  if (only === "" || only === name) fuzzOperator(name, Number(countText));
}
if (only === "") {
  fuzzFunctions(Number(countText) * 60);
  fuzzRegions(Number(countText) * 20);
  fuzzGroupNorm(Number(countText) * 20);
}
note("");
process.stdout.write(`${JSON.stringify(counts)}\n`);
