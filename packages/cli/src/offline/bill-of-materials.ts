/**
 * A bill of materials as CycloneDX 1.5 has it: npm's packages that run, by the lock file, and what is not npm's beside
 * them. npm's own (`npm sbom --omit dev`) leaves out a package that runs where the root's `devDependencies` name it as
 * well, zod or sharp say.
 */
import { z } from "zod";

const SPECIFICATION = "1.5";
const DEPTH = "node_modules/";

const namesSchema = z.record(z.string(), z.string()).optional();
const lockSchema = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(
    z.string(),
    z.object({
      name: z.string().optional(),
      version: z.string().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
      resolved: z.string().optional(),
      link: z.boolean().optional(),
      optional: z.boolean().optional(),
      dependencies: namesSchema,
      optionalDependencies: namesSchema,
      peerDependencies: namesSchema,
      peerDependenciesMeta: z
        .record(z.string(), z.object({ optional: z.boolean().optional() }))
        .optional(),
    }),
  ),
});
type Lock = z.infer<typeof lockSchema>;
type Locked = Lock["packages"][string];

export interface BillComponent {
  readonly type: "application" | "library" | "platform" | "file";
  readonly "bom-ref": string;
  readonly name: string;
  /** A file without a package has none. */
  readonly version?: string;
  /** Optional is what other machines than this one may need. */
  readonly scope?: "required" | "optional";
  readonly hashes?: readonly { readonly alg: "SHA-256" | "SHA-512"; readonly content: string }[];
  /** As SPDX writes it. */
  readonly licenses?: readonly [{ readonly expression: string }];
  readonly purl?: string;
  /** What it brings in itself. */
  readonly components?: readonly BillComponent[];
}

export interface BillOfMaterials {
  readonly bomFormat: "CycloneDX";
  readonly specVersion: typeof SPECIFICATION;
  readonly serialNumber: string;
  readonly version: 1;
  readonly metadata: { readonly timestamp: string; readonly component: BillComponent };
  readonly components: readonly BillComponent[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/**
 * `native` is what is no package of npm's; all of it is the program's own dependency.
 *
 * @throws ZodError where `lock` is no package-lock.json of version 3.
 */
export function billOfMaterials(
  lock: unknown,
  native: readonly BillComponent[],
  { at, serial }: { readonly at: string; readonly serial: string },
): BillOfMaterials {
  const { packages } = lockSchema.parse(lock);
  const parts = Object.entries(packages).filter(
    ([path, { link }]) => path !== "" && !path.includes(DEPTH) && !link,
  );
  const running = whatRuns(packages, parts);
  const components = new Map<string, BillComponent>();
  const edges = new Map<string, Set<string>>();
  for (const [path, locked] of running) {
    const component = componentOf(path, locked);
    const ref = component["bom-ref"];
    components.set(ref, component);
    const targets = edges.get(ref) ?? new Set();
    for (const name of dependenciesOf(locked)) {
      const found = resolvedFrom(packages, path, name);
      if (found !== null && running.has(found[0])) targets.add(componentOf(...found)["bom-ref"]);
    }
    edges.set(ref, targets);
  }
  const program = componentOf("", packages[""] ?? {});
  const own = program["bom-ref"];
  for (const { "bom-ref": ref } of native) edges.set(ref, new Set());
  edges.set(
    own,
    new Set([
      ...parts.map(([path, locked]) => componentOf(path, locked)["bom-ref"]),
      ...native.map((component) => component["bom-ref"]),
    ]),
  );
  const all = [...components.values(), ...native];
  return {
    bomFormat: "CycloneDX",
    specVersion: SPECIFICATION,
    serialNumber: `urn:uuid:${serial}`,
    version: 1,
    metadata: { timestamp: at, component: { ...program, type: "application" } },
    components: all.toSorted((a, b) => (a["bom-ref"] < b["bom-ref"] ? -1 : 1)),
    dependencies: [...edges]
      .map(([ref, dependsOn]) => ({ ref, dependsOn: [...dependsOn].toSorted() }))
      .toSorted((a, b) => (a.ref < b.ref ? -1 : 1)),
  };
}

/**
 * Our own parts, and all that they bring in. An optional peer that nothing else brings in is there for what builds and
 * tests, and the lock file's own `dev` does not tell: of such a one it says `devOptional`.
 */
function whatRuns(
  packages: Lock["packages"],
  parts: readonly (readonly [path: string, locked: Locked])[],
): ReadonlyMap<string, Locked> {
  const running = new Map(parts);
  for (const [path, locked] of running) {
    for (const name of dependenciesOf(locked)) {
      if (isOptionalPeer(name, locked)) continue;
      const found = resolvedFrom(packages, path, name);
      if (found !== null) running.set(...found);
    }
  }
  return running;
}

function isOptionalPeer(name: string, locked: Locked): boolean {
  const { dependencies, optionalDependencies, peerDependenciesMeta } = locked;
  const isBrought = Object.hasOwn({ ...dependencies, ...optionalDependencies }, name);
  return !isBrought && peerDependenciesMeta?.[name]?.optional === true;
}

function componentOf(path: string, locked: Locked): BillComponent {
  const { version = "", license, integrity, optional } = locked;
  // Of our own packages, the folder's last part is no name.
  const name = locked.name ?? path.slice(path.lastIndexOf(DEPTH) + DEPTH.length);
  const [algorithm, digest] = integrity?.split("-") ?? [];
  return {
    type: "library",
    "bom-ref": `${name}@${version}`,
    name,
    version,
    scope: optional ? "optional" : "required",
    ...(algorithm !== "sha512" || digest === undefined
      ? {}
      : {
          hashes: [
            { alg: "SHA-512", content: Buffer.from(digest, "base64").toString("hex") },
          ] as const,
        }),
    ...(license === undefined ? {} : { licenses: [{ expression: license }] as const }),
    // Without one it is our own, which npm does not have.
    ...(integrity === undefined ? {} : { purl: `pkg:npm/${name.replace("@", "%40")}@${version}` }),
  };
}

function dependenciesOf(locked: Locked): string[] {
  const { dependencies, optionalDependencies, peerDependencies } = locked;
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
}

/** As Node finds it: in its own folder, then in each above. Null for what is not there, an optional peer say. */
function resolvedFrom(
  packages: Lock["packages"],
  path: string,
  name: string,
): [path: string, locked: Locked] | null {
  for (let folder: string | null = path; folder !== null; folder = above(folder)) {
    const candidate = `${folder === "" ? "" : `${folder}/`}${DEPTH}${name}`;
    const found = packages[candidate];
    if (found === undefined) continue;
    const target = found.link === true ? (found.resolved ?? "") : candidate;
    const locked = packages[target];
    return locked === undefined ? null : [target, locked];
  }
  return null;
}

/** The folder in whose `node_modules` it lies; of a part of ours the root. */
function above(folder: string): string | null {
  if (folder === "") return null;
  const at = folder.lastIndexOf(DEPTH);
  return at <= 0 ? "" : folder.slice(0, at - 1);
}
