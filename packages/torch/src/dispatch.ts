/**
 * Calls of operators: by a generated function (`ops.generated.ts`), or any of the dispatcher's
 * by name with `call`.
 */
import { TorchError } from "./errors.ts";
import { type Handle, native, type OperatorDescription } from "./native.ts";
import { Tensor } from "./tensor.ts";

/**
 * Operators that can end the process by themselves on LibTorch 1.13, with the reason. `call`
 * refuses them; where we need one, its typed function guards the call.
 */
export const UNSAFE_OPERATORS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "an integer division of the smallest value by -1 ends the process": [
      ...["floor_divide", "floor_divide.Scalar", "floor_divide_.Tensor", "floor_divide_.Scalar"],
      "floor_divide.out",
      ...["Tensor_mode", "Scalar_mode", "out_mode"].map((overload) => `div.${overload}`),
      ...["div_.Tensor_mode", "div_.Scalar_mode"],
      ...["Tensor_mode", "Scalar_mode", "out_mode"].map((overload) => `divide.${overload}`),
      ...["divide_.Tensor_mode", "divide_.Scalar_mode"],
      ...["remainder", "fmod"].flatMap((name) => [
        ...["Tensor", "Scalar", "Tensor_out", "Scalar_out"].map(
          (overload) => `${name}.${overload}`,
        ),
        ...[`${name}_.Tensor`, `${name}_.Scalar`],
      ]),
      "remainder.Scalar_Tensor",
    ],
    "indices are written through unchecked": [
      "max_pool2d_with_indices_backward",
      "max_pool2d_with_indices_backward.grad_input",
    ],
  }).flatMap(([reason, names]) => names.map((name) => [`aten::${name}`, reason] as const)),
);

/** A tensor's number for an argument; anything else is refused by name. */
export function handleOf(value: unknown, operator: string, argument: string): Handle {
  if (!(value instanceof Tensor)) throw wrongKind(operator, argument, "a tensor", value);
  if (value.handle < 0) {
    throw new TorchError("freed", `${operator}: argument ${argument}: the tensor has been freed`);
  }
  return value.handle;
}

export function handleOrNull(
  value: Tensor | null | undefined,
  operator: string,
  argument: string,
): Handle | null | undefined {
  return value === null || value === undefined ? value : handleOf(value, operator, argument);
}

export function handlesOf(
  values: readonly (Tensor | null)[],
  operator: string,
  argument: string,
): (Handle | null)[] {
  checkList(values, operator, argument);
  return values.map((value) => (value === null ? null : handleOf(value, operator, argument)));
}

// Reading an array of 2^32 - 1 holes takes minutes.
const LONGEST_LIST = 1 << 20;

function checkList(
  values: unknown,
  operator: string,
  argument: string,
): asserts values is readonly unknown[] {
  if (!Array.isArray(values)) throw wrongKind(operator, argument, "an array of tensors", values);
  if (values.length > LONGEST_LIST) {
    throw wrongKind(operator, argument, `at most ${LONGEST_LIST} tensors`, values);
  }
}

/** The options of a generated function, where JavaScript passed something else. */
export function checkOptions(options: object, operator: string): void {
  if (typeof options !== "object" || options === null || options instanceof Tensor) {
    throw wrongKind(operator, "options", "an object", options);
  }
}

/** How a value of the wrong kind is refused. */
function wrongKind(
  operator: string,
  argument: string,
  expected: string,
  value: unknown,
): TorchError {
  const got = value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
  return new TorchError(
    "argument",
    `${operator}: argument ${argument}: expected ${expected}, got ${got}`,
  );
}

/** The tensor behind a number that the addon returned. */
export function tensorOf(value: unknown): Tensor {
  if (typeof value !== "number")
    throw new TorchError("operator", `internal: expected a tensor, got ${value}`);
  return new Tensor(value);
}

export function tensorsOf(value: unknown): Tensor[] {
  return listOf(value).map(tensorOf);
}

/** Several results of one operator. */
export function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value))
    throw new TorchError("operator", `internal: expected results, got ${value}`);
  return value;
}

export function numberOf(value: unknown): number {
  if (typeof value !== "number")
    throw new TorchError("operator", `internal: expected a number, got ${value}`);
  return value;
}

export function booleanOf(value: unknown): boolean {
  if (typeof value !== "boolean")
    throw new TorchError("operator", `internal: expected a boolean, got ${value}`);
  return value;
}

/** What `call` takes for an argument; undefined takes the schema's default. */
export type Argument =
  | Tensor
  | readonly (Tensor | null)[]
  | readonly number[]
  | number
  | bigint
  | boolean
  | string
  | null
  | undefined;

/** What `call` returns: a tensor, several, or a plain value. */
export type Result = Tensor | null | number | bigint | boolean | Result[];

/**
 * Calls any operator of LibTorch's dispatcher, with its arguments in the schema's order:
 * `call("aten::conv2d", input, weight, null, [2, 2])`. What an operator only writes into its
 * first argument is returned as that argument.
 *
 * @throws TorchError `argument` for an unknown operator or a value of the wrong kind,
 *   `operator` when LibTorch refuses the call.
 */
export function call(name: string, ...args: Argument[]): Result {
  const full = name.includes("::") ? name : `aten::${name}`;
  const danger = UNSAFE_OPERATORS.get(full);
  if (danger !== undefined)
    throw new TorchError("operator", `${full}: refused: ${danger}`, { operator: full });
  const number = native.resolve(full);
  const description = describe(number);
  const result = native.invoke(
    number,
    ...args.map((value, index) => lower(description, index, value)),
  );
  if (!description.returnsSelf) return raise(result, description.returns);
  const written = args.find(
    (value, index) => description.arguments[index]?.written && value instanceof Tensor,
  );
  return written instanceof Tensor ? written : null;
}

const descriptions = new Map<number, OperatorDescription>();

function describe(number: number): OperatorDescription {
  const known = descriptions.get(number);
  if (known !== undefined) return known;
  const description = native.describe(number);
  descriptions.set(number, description);
  return description;
}

/** The schema of an operator, for whoever wants to see what `call` will take. */
export function schemaOf(name: string): string {
  return describe(native.resolve(name.includes("::") ? name : `aten::${name}`)).schema;
}

function lower(description: OperatorDescription, index: number, value: Argument): unknown {
  const argument = description.arguments[index];
  if (argument === undefined || value === null || value === undefined) return value;
  switch (argument.kind) {
    case "tensor":
      if (value instanceof Tensor) return handleOf(value, description.name, argument.name);
      throw wrongKind(description.name, argument.name, "a tensor", value);
    case "tensors":
    case "optionalTensors":
      checkList(value, description.name, argument.name);
      return value.map((entry) =>
        entry === null ? null : handleOf(entry, description.name, argument.name),
      );
    default:
      return value;
  }
}

function raise(result: unknown, kinds: readonly string[]): Result {
  if (kinds.length > 1 && Array.isArray(result)) {
    return result.map((entry, index) => raise(entry, [kinds[index] ?? "unsupported"]));
  }
  if (result === undefined || result === null) return null;
  if (kinds[0] === "tensor") return tensorOf(result);
  if (kinds[0] === "tensors" && Array.isArray(result)) {
    return result.map((entry) => (entry === null ? null : tensorOf(entry)));
  }
  if (typeof result === "number" || typeof result === "bigint" || typeof result === "boolean")
    return result;
  if (Array.isArray(result)) return result.map(numberOf);
  throw new TorchError("operator", `internal: an operator returned ${typeof result}`);
}
