/**
 * The architecture as rules over source files: which package may import which, and the invariants
 * of ARCHITECTURE.md. Each finding is one line that says where and what.
 *
 * It takes a tree as a map from path to text, so that a test can hand it a tree with a fault.
 */
import { globSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, posix } from "node:path";
import { type Act, readSourceFacts, type SourceFacts } from "./source-facts.ts";

/** Paths relative to the repository, with slashes, and what the files hold. */
export type SourceTree = ReadonlyMap<string, string>;

/**
 * The packages of this project that each package, `bench` and `experiments` may import.
 * ARCHITECTURE.md shows the same table.
 */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  random: [],
  host: [],
  geometry: [],
  torch: ["errors"],
  schema: ["errors", "geometry"],
  imaging: ["errors", "geometry", "schema"],
  networks: ["errors", "random", "torch", "imaging", "geometry", "schema"],
  data: ["errors", "imaging", "geometry", "schema"],
  phantom: ["errors", "data", "host", "geometry", "schema"],
  evaluation: ["errors", "random", "geometry", "schema"],
  runs: ["errors", "schema"],
  onnx: ["errors", "imaging", "geometry", "schema"],
  pacs: ["errors", "data", "schema"],
  web: ["geometry", "schema", "imaging", "data", "onnx"],
  studies: ["errors", "random", "host", "data", "geometry", "schema"],
  training: [
    "errors",
    "random",
    "host",
    "torch",
    "networks",
    "imaging",
    "data",
    "evaluation",
    "runs",
    "geometry",
    "schema",
  ],
  server: [
    "errors",
    "host",
    "data",
    "studies",
    "evaluation",
    "runs",
    "pacs",
    "imaging",
    "geometry",
    "schema",
  ],
  cli: [
    "errors",
    "random",
    "host",
    "geometry",
    "torch",
    "schema",
    "imaging",
    "networks",
    "data",
    "phantom",
    "evaluation",
    "runs",
    "pacs",
    "studies",
    "training",
    "server",
    "onnx",
  ],
  bench: [
    "errors",
    "random",
    "host",
    "geometry",
    "torch",
    "schema",
    "imaging",
    "networks",
    "data",
    "phantom",
    "evaluation",
    "runs",
    "pacs",
    "studies",
    "training",
    "cli",
    "server",
    "onnx",
  ],
  experiments: [
    "errors",
    "random",
    "host",
    "geometry",
    "torch",
    "schema",
    "imaging",
    "networks",
    "data",
    "phantom",
    "evaluation",
    "runs",
    "studies",
    "training",
    "cli",
    "bench",
    "onnx",
  ],
};

/** Modules that belong to one package, whose business nobody else's it is. */
const owners: readonly {
  readonly modules: RegExp;
  readonly owner: string;
  readonly why: string;
}[] = [
  {
    modules: /^(dicom-parser|dcmjs|dcmjs-imaging|dcmjs-codecs|@cornerstonejs\/.*|jpeg-lossless.*)$/,
    owner: "data",
    why: "only data parses DICOM",
  },
  {
    modules: /^(kysely|node:sqlite|pg|pg-boss|pgpass)$/,
    owner: "studies",
    why: "only studies speaks SQL",
  },
  {
    modules: /^s3mini$/,
    owner: "studies",
    why: "only studies keeps images",
  },
  {
    modules: /^(fastify.*|@fastify\/.*|dcmjs-dimse|node:https?|node:http2)$/,
    owner: "server",
    why: "only server speaks HTTP",
  },
  {
    modules: /^(commander|cli-progress|@clack\/.*)$/,
    owner: "cli",
    why: "only cli talks to a terminal",
  },
];

/** The one file that loads native code: it finds the addon through the launcher's variable. */
const nativeLoader = "packages/torch/src/native.ts";
const vagueFolders = new Set(["utils", "common", "shared", "helpers", "misc", "types"]);
const longFile = 400;
const reasonToBeLong = /\bLong because\b/;

/** Programs beside the packages, which a person starts. */
const byHand = new Set(["bench", "experiments"]);

/** Packages that run in a browser, too. */
const anywhere = new Set(["errors", "geometry", "schema", "imaging", "onnx", "web"]);

/** Entries of other packages that run there, too: they, and all that they import, need no Node. */
const anywhereEntries: ReadonlyMap<string, string> = new Map([
  ["@malleolus/data/browser", "packages/data/src/browser.ts"],
]);

/** All that the rules read: sources of packages, benchmarks and experiments, and their manifests. */
export function readSourceTree(root: string): SourceTree {
  const paths = globSync(
    [
      "packages/*/src/**/*.{ts,tsx}",
      "packages/*/package.json",
      "{bench,experiments}/**/*.ts",
      "package.json",
    ],
    { cwd: root },
  );
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

/** Every broken rule, one line each; none for a tree that keeps them. */
export function checkArchitecture(tree: SourceTree): string[] {
  const sources = new Map<string, SourceFacts>();
  for (const [path, text] of tree) {
    if (/\.tsx?$/.test(path)) sources.set(path, readSourceFacts(path, text));
  }
  return [
    ...[...sources].flatMap(([path, facts]) => [
      ...checkImports(path, facts, tree),
      ...checkActs(path, facts),
      ...checkShape(path, facts),
    ]),
    ...checkManifests(tree),
    ...checkCycles(sources),
    ...checkAnywhere(sources),
  ];
}

// --- One file -------------------------------------------------------------------------------------

function checkImports(path: string, facts: SourceFacts, tree: SourceTree): string[] {
  const owner = packageOf(path);
  const allowed = arrows[owner];
  if (allowed === undefined) return [`${path}: the table of packages has no row for ${owner}`];
  const declared = dependenciesOf(tree.get(manifestOf(owner)));
  return facts.imports.flatMap(({ specifier, line }) => {
    const place = `${path}:${line}`;
    if (specifier === undefined)
      return [`${place}: an import must name its module as a plain string`];
    if (specifier.startsWith(".")) {
      const target = posix.join(posix.dirname(path), specifier);
      // What is started by hand describes its machine as the benchmarks do.
      const isBenchForExperiment = owner === "experiments" && packageOf(target) === "bench";
      if (packageOf(target) !== owner && !isBenchForExperiment) {
        return [
          `${place}: "${specifier}" leaves the package; import @malleolus/${packageOf(target)}`,
        ];
      }
      return isTest(target) && !isTest(path) ? [`${place}: only tests import ${specifier}`] : [];
    }
    const module = moduleOf(specifier);
    const imported = module.startsWith("@malleolus/")
      ? module.slice("@malleolus/".length)
      : undefined;
    if (imported === owner) return [`${place}: a package imports its own files by relative paths`];
    if (imported !== undefined && !allowed.includes(imported)) {
      return [`${place}: ${owner} must not import ${imported}`];
    }
    const isNodes = imported !== undefined && !anywhere.has(imported);
    if (anywhere.has(owner) && isNodes && !anywhereEntries.has(specifier) && !isTest(path)) {
      return [`${place}: ${owner} must not import ${specifier}: it runs in a browser, too`];
    }
    if (anywhere.has(owner) && module.startsWith("node:") && !isTest(path)) {
      return [`${place}: ${owner} must not import ${module}: it runs in a browser, too`];
    }
    const rule = owners.find(({ modules }) => modules.test(module));
    const isClient = rule?.owner === "server" && asksServers(path);
    if (rule !== undefined && rule.owner !== owner && !isClient) {
      return [`${place}: ${owner} must not import ${module}: ${rule.why}`];
    }
    // The workspace links packages for these two, which have no manifest of their own.
    const isLinked = byHand.has(owner) && imported !== undefined;
    const needsDeclaration = !module.startsWith("node:") && !isLinked && !isTest(path);
    return needsDeclaration && !declared.has(module)
      ? [`${place}: ${manifestOf(owner)} does not list ${module}`]
      : [];
  });
}

function checkActs(path: string, { acts }: SourceFacts): string[] {
  return acts.flatMap((act) => {
    const rule = ruleBrokenBy(act.kind, path);
    return rule === undefined ? [] : [`${path}:${act.line}: ${act.what}: ${rule}`];
  });
}

function ruleBrokenBy(kind: Act["kind"], path: string): string | undefined {
  const owner = packageOf(path);
  switch (kind) {
    case "environment":
      if (owner === "cli" || byHand.has(owner) || path === nativeLoader || isTest(path)) {
        return undefined;
      }
      return "only cli reads the arguments and the environment";
    case "node":
      return undefined;
    case "native":
      return path === nativeLoader ? undefined : `only ${nativeLoader} loads native code`;
    case "network":
      return owner === "server" || owner === "pacs" || owner === "web" || asksServers(path)
        ? undefined
        : "only server and pacs speak HTTP";
    case "not a re-export":
      if (posix.basename(path) !== "index.ts") return undefined;
      return "index.ts re-exports and does nothing else";
    case "export of all":
      if (posix.basename(path) !== "index.ts") return undefined;
      return "index.ts names what it re-exports";
  }
}

function checkShape(path: string, { lines, header }: SourceFacts): string[] {
  const problems: string[] = [];
  const vague = posix
    .dirname(path)
    .split("/")
    .find((folder) => vagueFolders.has(folder));
  if (vague !== undefined) problems.push(`${path}: a folder called ${vague} says nothing`);
  const isLong = lines > longFile && !isTest(path) && !path.endsWith(".generated.ts");
  if (isLong && !reasonToBeLong.test(header)) {
    problems.push(`${path}: ${lines} lines; past ${longFile} the header says "Long because …"`);
  }
  return problems;
}

// --- Manifests and cycles -------------------------------------------------------------------------

function checkManifests(tree: SourceTree): string[] {
  return [...tree].flatMap(([path, text]) => {
    if (posix.basename(path) !== "package.json") return [];
    const owner = packageOf(path);
    return [...dependenciesOf(text)].flatMap(([name, version]) => {
      const imported = name.startsWith("@malleolus/")
        ? name.slice("@malleolus/".length)
        : undefined;
      if (imported !== undefined && !arrows[owner]?.includes(imported)) {
        return [`${path}: ${owner} must not depend on ${imported}`];
      }
      return /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)
        ? []
        : [`${path}: ${name} must be pinned to one version, not ${version}`];
    });
  });
}

/** Files that import one another in a circle, types aside; packages cannot, by the table. */
function checkCycles(sources: ReadonlyMap<string, SourceFacts>): string[] {
  const problems: string[] = [];
  const finished = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string) => {
    if (finished.has(path)) return;
    if (trail.includes(path)) {
      problems.push(`import cycle: ${[...trail.slice(trail.indexOf(path)), path].join(" -> ")}`);
      return;
    }
    trail.push(path);
    for (const { specifier, typeOnly } of sources.get(path)?.imports ?? []) {
      if (typeOnly || specifier === undefined || !specifier.startsWith(".")) continue;
      const target = posix.join(posix.dirname(path), specifier);
      if (sources.has(target)) visit(target);
    }
    trail.pop();
    finished.add(path);
  };
  for (const path of sources.keys()) visit(path);
  return problems;
}

/** The files of Node's packages that run in a browser, too, from their entries on; types aside. */
function checkAnywhere(sources: ReadonlyMap<string, SourceFacts>): string[] {
  const waiting = [...anywhereEntries.values()].filter((path) => sources.has(path));
  const reached = new Set(waiting);
  const problems: string[] = [];
  for (const path of waiting) {
    const { imports = [], acts = [] } = sources.get(path) ?? {};
    for (const { what, line } of acts.filter(({ kind }) => kind === "node")) {
      problems.push(`${path}:${line}: ${what}: it runs in a browser, too`);
    }
    for (const { specifier, typeOnly, line } of imports) {
      if (typeOnly || specifier === undefined) continue;
      if (!specifier.startsWith(".")) {
        const module = moduleOf(specifier);
        const isAnywhere = anywhere.has(module.replace("@malleolus/", ""));
        if (!isAnywhere) {
          problems.push(`${path}:${line}: must not import ${module}: it runs in a browser, too`);
        }
        continue;
      }
      const target = posix.join(posix.dirname(path), specifier);
      if (!reached.has(target)) waiting.push(target);
      reached.add(target);
    }
  }
  return problems;
}

// --- Names ----------------------------------------------------------------------------------------

/** Whose a file is: a package's, or `bench` or `experiments`. */
function packageOf(path: string): string {
  const [folder, name] = path.split("/");
  return folder === "packages" && name !== undefined ? name : folder;
}

/** What is no package has that of the workspace. */
function manifestOf(owner: string): string {
  return byHand.has(owner) ? "package.json" : `packages/${owner}/package.json`;
}

/** Tests and benchmarks of a server are its clients. */
function asksServers(path: string): boolean {
  return isTest(path) || path.startsWith("bench/");
}

/** A test, or a file that only tests import (`test-data.ts`). */
function isTest(path: string): boolean {
  return /(\.test|\/test-[\w-]+)\.tsx?$/.test(path);
}

/** The package a specifier belongs to: `@a/b/c` is in `@a/b`, and Node's own get their prefix. */
function moduleOf(specifier: string): string {
  if (isBuiltin(specifier)) return `node:${specifier.replace(/^node:/, "").split("/")[0]}`;
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function dependenciesOf(manifest: string | undefined): Map<string, string> {
  const parsed: unknown = JSON.parse(manifest ?? "{}");
  const dependencies = new Map<string, string>();
  if (typeof parsed !== "object" || parsed === null) return dependencies;
  for (const [key, value] of Object.entries(parsed)) {
    if (!/dependencies$/i.test(key) || typeof value !== "object" || value === null) continue;
    for (const [name, version] of Object.entries(value)) dependencies.set(name, String(version));
  }
  return dependencies;
}
