/** The dtype that all processes of a training compute in. */
import type { Recipe } from "@malleolus/schema";
import type { ProcessGroup } from "@malleolus/torch";
import type { Output } from "../output.ts";
import { sayDtype } from "./choose-dtype.ts";
import { chooseTrainingDtype, type TrainingToBegin } from "./training-dtype.ts";

export interface Agreement extends TrainingToBegin {
  /** What was asked for. */
  readonly asked: Recipe["dtype"] | undefined;
  /** Null for a process that trains alone. */
  readonly group: ProcessGroup | null;
}

/** What was asked for, else what the first process' machine is faster in, which that one says. */
export async function agreedDtype(
  { asked, group, ...training }: Agreement,
  output: Output,
): Promise<Recipe["dtype"]> {
  if (asked !== undefined) return asked;
  if (group !== null && group.rank > 0) return await leadersDtype(group, null);
  const choice = await chooseTrainingDtype(training);
  sayDtype(choice, output);
  if (group !== null) await leadersDtype(group, choice.dtype);
  return choice.dtype;
}

/** Machines differ in what they are faster in, and processes that train together must not. */
async function leadersDtype(
  group: ProcessGroup,
  own: Recipe["dtype"] | null,
): Promise<Recipe["dtype"]> {
  const { fromTypedArray, scope } = await import("@malleolus/torch");
  return scope(() => {
    const tensor = fromTypedArray(Float32Array.of(own === "bfloat16" ? 1 : 0), [1]);
    group.broadcast(tensor, 0);
    return tensor.item() === 1 ? "bfloat16" : "float32";
  });
}
