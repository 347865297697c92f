/** The networks that prelabel: those that a person names, else those that come with the project. */
import { type Command, Option } from "commander";
import { CliError } from "../errors.ts";

export interface NetworkArguments {
  readonly bundle?: string;
  readonly segmentation?: string;
  readonly classification?: string;
}

/** As what a study knows both together, unless somebody says another name. */
export const PRELIMINARY = "preliminary";

export function withNetworkOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--bundle <folder>", "both networks, as malleolus bundle wrote them").conflicts([
        "segmentation",
        "classification",
      ]),
    )
    .option("--segmentation <path>", "a run of train --task segmentation, or its model.safetensors")
    .option(
      "--classification <path>",
      "a run of train --task classification, or its model.safetensors",
    );
}

/** Ends the command where networks are named that it would not use. */
export function requirePrelabel(
  given: NetworkArguments & { readonly prelabel?: true },
  command: Command,
): void {
  const named = (["bundle", "segmentation", "classification"] as const).find(
    (name) => given[name] !== undefined,
  );
  if (given.prelabel || named === undefined) return;
  command.error(`error: --${named} names networks that prelabel: give --prelabel, too`);
}

export interface Networks {
  readonly segmentation: string;
  readonly classification: string | null;
  /** Whether they are those that come with the project. */
  readonly isShipped: boolean;
}

export async function networksOf(given: NetworkArguments): Promise<Networks> {
  const { findDetector, openBundle } = await import("@malleolus/runs");
  const { shippedPreliminary } = await import("@malleolus/networks");
  const { bundle, segmentation, classification } = given;
  if (bundle !== undefined) {
    const { paths } = await openBundle(bundle);
    const own = paths.get("segmentation");
    if (own === undefined) throw withoutSegmentation(`${bundle}, a bundle without one`);
    const ofClasses = paths.get("classification") ?? null;
    return { segmentation: own, classification: ofClasses, isShipped: false };
  }
  if (segmentation !== undefined) {
    return {
      segmentation: findDetector(segmentation).path,
      classification: classification === undefined ? null : findDetector(classification).path,
      isShipped: false,
    };
  }
  if (classification !== undefined) throw withoutSegmentation("a classification alone");
  const shipped = shippedPreliminary();
  if (shipped === null) throw withoutSegmentation("none");
  return { ...shipped, isShipped: true };
}

function withoutSegmentation(got: string): CliError {
  return new CliError(
    "run",
    `prelabel: expected a network that outlines, got ${got}; name one with --bundle or --segmentation`,
  );
}
