/** What of this folder goes to a machine that runs Malleolus: all but what builds, tests and measures it. */

/** Files and folders of the project's root that go, besides `node_modules` and Node itself. */
export const ROOT_FILES = [
  "malleolus",
  "package.json",
  "package-lock.json",
  "LICENSE",
  "README.md",
  "CHANGELOG.md",
  "docs",
  "packages",
] as const;

/** Patterns of tar's `--exclude`, matched anywhere below. What the pages' checksum is taken of is not among them. */
export const LEFT_OUT = ["packages/torch/build", "packages/*/node_modules", "*.test.ts"] as const;

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

/** Of npm's packages those that nothing runs with, as paths below the root. */
export function developmentPackages(lock: Lock): string[] {
  return Object.entries(lock.packages)
    .filter(([path, { dev = false }]) => dev && path.startsWith("node_modules/"))
    .map(([path]) => path);
}

/** ONNX Runtime comes for every platform at once. */
export function otherPlatforms(
  present: readonly string[],
  platform: string,
  arch: string,
): string[] {
  return present.filter((path) => {
    const [, of = "", own = ""] = /\/bin\/napi-v\d+\/(\w+)\/(\w+)$/.exec(path) ?? [];
    return of !== "" && (of !== platform || own !== arch);
  });
}
