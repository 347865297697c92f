/**
 * Writes `src/ops.generated.ts`: a typed function for every operator in `ops.json`, from the
 * schemas of the LibTorch at hand (1.13 is the reference; a test compares). Run with Node:
 * `node packages/torch/tools/generate-ops.ts`.
 *
 * Arguments that must be given come first, by position; the others are named options. What has
 * a tensor called `self` is a method of Tensor too. Two overloads (tensor, number) become one
 * function that looks at the argument in which they differ.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { OperatorArgument, OperatorDescription } from "../src/native.ts";
import { native } from "../src/native.ts";

const PACKAGE = new URL("../", import.meta.url);

interface Entry {
  readonly name: string;
  readonly overloads: readonly OperatorDescription[];
}

/** Layout, pinning and generators are not offered: one layout, seeds by `manualSeed`. */
function isOffered(argument: OperatorArgument): boolean {
  return !["layout", "unsupported"].includes(argument.kind) && argument.name !== "pin_memory";
}

function isOption(argument: OperatorArgument): boolean {
  return argument.hasDefault || argument.nullable;
}

function camel(name: string): string {
  const plain =
    name === "self" ? "self" : name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  return ["default", "in", "function", "var"].includes(plain) ? `${plain}Value` : plain;
}

function typeOf(argument: OperatorArgument): string {
  const plain: Record<string, string> = {
    tensor: "Tensor",
    tensors: "readonly Tensor[]",
    optionalTensors: "readonly (Tensor | null)[]",
    int: "number",
    ints: argument.repeat > 0 ? "number | readonly number[]" : "readonly number[]",
    float: "number",
    floats: "readonly number[]",
    bool: "boolean",
    scalar: "number | bigint | boolean",
    dtype: "DType",
    device: "Device",
    memoryFormat: "MemoryFormat",
    string: "string",
  };
  const type = plain[argument.kind];
  if (type === undefined) throw new Error(`internal: no type for ${argument.kind}`);
  return argument.nullable ? `${type} | null` : type;
}

function lowered(argument: OperatorArgument, name: string, operator: string): string {
  const where = `"${operator}", "${camel(argument.name)}"`;
  if (argument.kind === "tensor") {
    const call = isOption(argument) ? "handleOrNull" : "handleOf";
    return `${call}(${name}, ${where})`;
  }
  if (argument.kind === "tensors" || argument.kind === "optionalTensors") {
    const call = `handlesOf(${name}, ${where})`;
    return isOption(argument) ? `${name} == null ? ${name} : ${call}` : call;
  }
  return name;
}

function returnOf(operator: OperatorDescription): { type: string; wrap: (call: string) => string } {
  if (operator.returnsSelf) return { type: "Tensor", wrap: (call) => `${call};\n  return self;` };
  const kinds = operator.returns;
  if (kinds.length === 0) return { type: "void", wrap: (call) => `${call};` };
  if (kinds.length > 1) {
    const many = kinds.map(() => "Tensor").join(", ");
    const parts = kinds.map((_, index) => `tensorOf(results[${index}])`).join(", ");
    return {
      type: `[${many}]`,
      wrap: (call) => `const results = listOf(${call});\n  return [${parts}];`,
    };
  }
  switch (kinds[0]) {
    case "tensor":
      return { type: "Tensor", wrap: (call) => `return tensorOf(${call});` };
    case "tensors":
      return { type: "Tensor[]", wrap: (call) => `return tensorsOf(${call});` };
    case "bool":
      return { type: "boolean", wrap: (call) => `return booleanOf(${call});` };
    default:
      throw new Error(`internal: ${operator.name} returns ${kinds[0]}, which has no wrapper yet`);
  }
}

/** The one argument in which a tensor overload and a number overload differ. */
function alternative(entry: Entry): string | null {
  const [first, second] = entry.overloads;
  if (first === undefined || second === undefined) return null;
  const differing = first.arguments.filter(
    (argument, index) => argument.kind === "tensor" && second.arguments[index]?.kind === "scalar",
  );
  if (differing.length !== 1 || differing[0] === undefined) {
    throw new Error(`internal: ${entry.name}: the overloads do not differ in one argument`);
  }
  return differing[0].name;
}

function functionText(entry: Entry, numbers: ReadonlyMap<string, number>): string {
  const [first, second] = entry.overloads;
  if (first === undefined) throw new Error(`internal: ${entry.name} has no overload`);
  const either = alternative(entry);
  const offered = first.arguments.filter(isOffered);
  const required = offered.filter((argument) => !isOption(argument));
  const options = offered.filter(isOption);
  const parameters = required.map((argument) => {
    const type = argument.name === either ? "Tensor | number | bigint | boolean" : typeOf(argument);
    return `${camel(argument.name)}: ${type}`;
  });
  if (options.length > 0) parameters.push(`options: ${optionsType(options)} = {}`);
  const result = returnOf(first);
  const call = (operator: OperatorDescription) => {
    const values = operator.arguments.map((argument, index) => {
      if (!isOffered(argument)) return "undefined";
      const given = camel((first.arguments[index] ?? argument).name);
      const name = isOption(argument) ? `options.${given}` : given;
      return lowered(argument, name, entry.name);
    });
    while (values.at(-1) === "undefined") values.pop();
    return `native.invoke(${[`id(${numbers.get(operator.name)})`, ...values].join(", ")})`;
  };
  const body: string[] = [];
  if (options.length > 0) body.push(`checkOptions(options, "${entry.name}");`);
  if (second !== undefined && either !== null) {
    body.push(`if (!(${camel(either)} instanceof Tensor)) {`, result.wrap(call(second)), "}");
  }
  body.push(result.wrap(call(first)));
  const schemas = entry.overloads.map((operator) => ` * \`${operator.name}\``).join(",\n");
  return `/**\n${schemas}\n */\nexport function ${entry.name}(${parameters.join(", ")}): ${result.type} {\n  ${body.join("\n  ")}\n}\n`;
}

function optionsType(options: readonly OperatorArgument[]): string {
  return `{ ${options.map((argument) => `${camel(argument.name)}?: ${typeOf(argument)} | undefined`).join("; ")} }`;
}

function isMethod(entry: Entry): boolean {
  const argument = entry.overloads[0]?.arguments[0];
  return argument?.name === "self" && argument.kind === "tensor";
}

function methodTexts(entries: readonly Entry[]): string {
  const methods = entries.filter(isMethod);
  const signatures = methods.map(
    ({ name }) => `    ${name}(...args: Rest<typeof ${name}>): ReturnType<typeof ${name}>;`,
  );
  const table = methods.map(({ name }) => `  ${name},`);
  return `type Rest<F> = F extends (self: Tensor, ...args: infer A) => unknown ? A : never;

declare module "./tensor.ts" {
  interface Tensor {
${signatures.join("\n")}
  }
}

const METHODS = {
${table.join("\n")}
};

for (const [name, operator] of Object.entries<(self: Tensor, ...args: never[]) => unknown>(METHODS)) {
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, ...args: never[]) {
      return operator(this, ...args);
    },
  });
}
`;
}

/** The text of `ops.generated.ts` for the LibTorch that is loaded. */
export function generateOperators(): string {
  const table: Record<string, string[]> = JSON.parse(
    readFileSync(new URL("ops.json", PACKAGE), "utf8"),
  );
  const entries: Entry[] = Object.entries(table).map(([name, overloads]) => ({
    name,
    overloads: overloads.map((overload) => native.describe(native.resolve(overload))),
  }));
  const names = entries.flatMap((entry) => entry.overloads.map((operator) => operator.name));
  const numbers = new Map(names.map((name, index) => [name, index]));
  return `/**
 * GENERATED from ops.json by tools/generate-ops.ts: do not edit.
 *
 * Typed functions for LibTorch's operators and ours. A number is a float scalar unless every
 * tensor argument is integral; a bigint is always integral; factories default to float32.
 */
import {
  booleanOf, checkOptions, handleOf, handleOrNull, handlesOf, listOf, tensorOf, tensorsOf,
} from "./dispatch.ts";
import type { Device, DType, MemoryFormat } from "./dtype.ts";
import { native } from "./native.ts";
import { Tensor } from "./tensor.ts";

/** The full names, in the order of their numbers below. */
export const OPERATOR_NAMES: readonly string[] = ${JSON.stringify(names)};

const ids: (number | undefined)[] = [];

/** The addon's number of an operator, looked up at its first call. */
function id(index: number): number {
  const known = ids[index];
  if (known !== undefined) return known;
  const number = native.resolve(OPERATOR_NAMES[index] ?? "");
  ids[index] = number;
  return number;
}

${entries.map((entry) => functionText(entry, numbers)).join("\n")}
${methodTexts(entries)}`;
}

/** As the project's formatter leaves it, which is how it is committed. */
export function formattedOperators(): string {
  const file = "packages/torch/src/ops.generated.ts";
  const root = fileURLToPath(new URL("../..", PACKAGE));
  return execFileSync(
    join(root, "node_modules/.bin/biome"),
    ["check", "--write", `--stdin-file-path=${file}`],
    { input: generateOperators(), encoding: "utf8", cwd: root, stdio: ["pipe", "pipe", "inherit"] },
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL("src/ops.generated.ts", PACKAGE), formattedOperators());
}
