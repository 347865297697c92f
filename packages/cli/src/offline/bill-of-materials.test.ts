/**
 * The bill of materials: CycloneDX's form, and nothing that runs left out. What runs is found here once more, from what
 * our packages' own manifests ask for; licences and versions are held against what is installed.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "node:test";
import { addonPath, libtorchVersion } from "@malleolus/torch";
import { z } from "zod";
import { run } from "../test-command.ts";
import { type BillComponent, billOfMaterials } from "./bill-of-materials.ts";
import { packagesOf } from "./debian-packages.ts";
import { debianComponents } from "./native-components.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const isDebian =
  existsSync("/etc/debian_version") && /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));

/** What CycloneDX 1.5 requires and forbids of the parts that a bill of ours has; of its types those that may be meant. */
const componentSchema = z.strictObject({
  type: z.enum(["application", "framework", "library", "platform", "file", "data"]),
  "bom-ref": z.string().min(1),
  name: z.string().min(1),
  version: z.string().min(1).optional(),
  scope: z.enum(["required", "optional", "excluded"]).optional(),
  hashes: z
    .array(
      z.discriminatedUnion("alg", [
        z.strictObject({ alg: z.literal("SHA-256"), content: z.string().regex(/^[0-9a-f]{64}$/) }),
        z.strictObject({ alg: z.literal("SHA-512"), content: z.string().regex(/^[0-9a-f]{128}$/) }),
      ]),
    )
    .optional(),
  licenses: z.tuple([z.strictObject({ expression: z.string().min(1) })]).optional(),
  purl: z
    .string()
    .regex(/^pkg:(npm|deb)\/[^@?]+@[^@?]+/)
    .optional(),
  get components() {
    return z.array(componentSchema).optional();
  },
});
const billSchema = z.strictObject({
  bomFormat: z.literal("CycloneDX"),
  specVersion: z.literal("1.5"),
  serialNumber: z
    .string()
    .regex(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
  version: z.int().min(1),
  metadata: z.strictObject({ timestamp: z.iso.datetime(), component: componentSchema }),
  components: z.array(componentSchema),
  dependencies: z.array(z.strictObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  /** Of npm: what only builds and tests, or an optional peer, brings in. */
  readonly devOptional?: boolean;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { readonly optional?: boolean }>;
}

const lock: { packages: Record<string, Manifest> } = JSON.parse(
  readFileSync(join(ROOT, "package-lock.json"), "utf8"),
);

/** Paths in the lock file of all that our packages' manifests ask for, and what these ask for. */
function whatRuns(): Set<string> {
  const found = new Set<string>();
  const visit = (from: string, manifest: Manifest) => {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = manifest;
    const peers = Object.keys(peerDependencies ?? {}).filter(
      (name) => !peerDependenciesMeta?.[name]?.optional,
    );
    for (const name of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]) {
      const path = nearest(from, name);
      if (path === null || found.has(path)) continue;
      found.add(path);
      visit(path, lock.packages[path]);
    }
  };
  for (const path of globSync("packages/*/package.json", { cwd: ROOT })) {
    visit("", JSON.parse(readFileSync(join(ROOT, path), "utf8")));
  }
  return found;
}

/** Null for a package of ours, and for what is not there or is there for building alone, as an optional peer. */
function nearest(from: string, name: string): string | null {
  const parts = from === "" ? [] : from.split("/node_modules/");
  for (let depth = parts.length; depth >= 0; depth--) {
    const folder = parts.slice(0, depth).join("/node_modules/");
    const path = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    const found = lock.packages[path];
    if (found !== undefined) return found.link || found.dev ? null : path;
  }
  return null;
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}

let told: Promise<z.infer<typeof billSchema>> | undefined;
/** Made once: hundreds of libraries are looked up for it. */
async function printedBill() {
  told ??= run("sbom").then(({ written }) => billSchema.parse(JSON.parse(written)));
  return told;
}

test("sbom: CycloneDX with all that runs, and nothing that only builds or tests", async () => {
  const bill = await printedBill();

  const runs = whatRuns();
  // By npm's own marks, too.
  const marked = Object.entries(lock.packages).filter(
    ([path, { link, dev, devOptional }]) =>
      path.includes("node_modules/") && !link && !dev && !devOptional,
  );
  assert.deepEqual([...runs].toSorted(), marked.map(([path]) => path).toSorted());
  const expected = new Map<string, { license: string | undefined; content: string }>(
    [...runs].map((path) => {
      const { name = nameIn(path), version, license, integrity = "" } = lock.packages[path];
      const content = Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex");
      return [`${name}@${version}`, { license, content }] as const;
    }),
  );
  const strange = bill.components.filter(({ purl }) => purl?.startsWith("pkg:npm/"));
  assert.deepEqual(
    strange.map((one) => one["bom-ref"]).toSorted(),
    [...expected.keys()].toSorted(),
  );
  assert.ok(strange.length > 200, `${strange.length}`);
  for (const { "bom-ref": ref, licenses, hashes } of strange) {
    const { license, content } = expected.get(ref) ?? {};
    assert.deepEqual(licenses, [{ expression: license }], ref);
    assert.deepEqual(hashes, [{ alg: "SHA-512", content }], ref);
  }
  // The root's manifest names these for the tests, too.
  const names = new Set(strange.map(({ name }) => name));
  for (const name of ["zod", "sharp", "onnxruntime-node"]) assert.ok(names.has(name), name);
  for (const name of ["vite", "typescript", "playwright-core", "@types/react", "csstype"]) {
    assert.ok(!names.has(name), name);
  }
  // Of these npm has none, so that no scanner is to ask it.
  const own = bill.components.filter(({ name }) => name.startsWith("@malleolus/"));
  assert.equal(own.length, globSync("packages/*/package.json", { cwd: ROOT }).length);

  const nested = bill.components.flatMap((one) => one.components ?? []);
  const all = [...bill.components, ...nested, bill.metadata.component];
  const refs = new Set(all.map((one) => one["bom-ref"]));
  assert.equal(refs.size, all.length);
  for (const { ref, dependsOn } of bill.dependencies) {
    for (const one of [ref, ...dependsOn]) assert.ok(refs.has(one), one);
  }
  const reached = reachedFrom(bill.metadata.component["bom-ref"], bill.dependencies);
  const unreached = bill.components.filter((one) => !reached.has(one["bom-ref"]));
  assert.deepEqual(
    unreached.map((one) => one["bom-ref"]),
    [],
  );
});

test("sbom: versions and licences are those of the packages that are installed", async () => {
  const { components } = billOfMaterials(lock, [], { at: "", serial: "" });
  let compared = 0;
  for (const path of whatRuns()) {
    const manifest = join(ROOT, path, "package.json");
    // Of another platform.
    if (!existsSync(manifest)) continue;
    const { version, license } = JSON.parse(readFileSync(manifest, "utf8"));
    const component = components.find(
      (one) => one["bom-ref"] === `${lock.packages[path].name ?? nameIn(path)}@${version}`,
    );
    assert.ok(component !== undefined, path);
    if (typeof license === "string") {
      assert.deepEqual(component.licenses, [{ expression: license }], path);
    }
    compared++;
  }
  assert.ok(compared > 180, `${compared}`);
});

test("sbom: Node, the addon and LibTorch, by what is here", async () => {
  const { components } = await printedBill();
  const named = (name: string) => components.find((one) => one.name === name);
  const node = named("node");
  assert.equal(node?.version, process.versions.node);
  assert.deepEqual(node?.hashes, hashOf(process.execPath));
  const within = node?.components ?? [];
  const openssl = within.find(({ name }) => name === "openssl");
  assert.equal(openssl?.version, process.versions.openssl);
  assert.equal(named("libtorch")?.version, libtorchVersion());
  assert.deepEqual(named(basename(addonPath()))?.hashes, hashOf(addonPath()));
});

test("sbom: on Debian the packages of the libraries that are loaded", async (context) => {
  if (!isDebian) return context.skip("no Debian");
  const { components } = await printedBill();
  const libc = components.find(({ name }) => name === "libc6");
  assert.match(libc?.purl ?? "", /^pkg:deb\/debian\/libc6@/);
  const status = execFileSync("dpkg", ["--status", "libc6"], { encoding: "utf8" });
  assert.ok(libc !== undefined && status.includes(`\nVersion: ${libc.version}\n`), status);
  assert.ok(components.some(({ name }) => name === "libstdc++6"));
});

test("debianComponents: a library that no package has is a file, and the others' packages stay; pack refuses it", async (context) => {
  if (!isDebian) return context.skip("no Debian");
  const listed = execFileSync("ldd", [process.execPath], { encoding: "utf8" });
  const [, library = ""] = /=> (\/\S*libstdc\+\+\S*)/.exec(listed) ?? [];
  const folder = mkdtempSync(join(tmpdir(), "malleolus-libraries-"));
  const before = process.env.LD_LIBRARY_PATH;
  context.after(() => {
    rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env.LD_LIBRARY_PATH;
    else process.env.LD_LIBRARY_PATH = before;
  });
  const own = join(folder, basename(library));
  copyFileSync(library, own);
  // ldd finds it first there, as the loader does.
  process.env.LD_LIBRARY_PATH = folder;
  const components = await debianComponents([process.execPath]);
  assert.deepEqual(
    components.filter(({ type }) => type === "file"),
    [{ type: "file", "bom-ref": `file${own}`, name: basename(own), hashes: hashOf(library) }],
  );
  const names = components.map(({ name }) => name);
  assert.ok(names.includes("libc6") && !names.includes("libstdc++6"), names.join());
  await assert.rejects(packagesOf([process.execPath]), {
    code: "device",
    message: /libstdc\+\+.*: expected a library of Debian's, got one that no package has/,
  });
});

test("debianComponents: none in an image that does not say which system it is", async () => {
  assert.deepEqual(await debianComponents([process.execPath], "/absent/os-release"), []);
});

test("billOfMaterials: an alias by its own name, one that lies deeper, another platform's, a peer that is not there or is optional", () => {
  const integrity = `sha512-${Buffer.alloc(64, 7).toString("base64")}`;
  const packages = {
    "": { name: "program", version: "2.0.0", devDependencies: { tester: "1.0.0" } },
    "packages/part": {
      name: "@program/part",
      version: "2.0.0",
      dependencies: { a: "1.0.0", alias: "npm:b@3.0.0" },
      peerDependencies: { absent: "1.0.0", a: "1.0.0", "types-of-a": "1.0.0" },
      // What is asked for otherwise stays.
      peerDependenciesMeta: { a: { optional: true }, "types-of-a": { optional: true } },
    },
    "node_modules/@program/part": { link: true, resolved: "packages/part" },
    "node_modules/a": {
      version: "1.0.0",
      integrity,
      license: "(MIT OR Apache-2.0)",
      dependencies: { c: "1.0.0" },
    },
    "node_modules/a/node_modules/c": { version: "1.5.0", integrity, optional: true },
    "node_modules/alias": { name: "b", version: "3.0.0", integrity },
    "node_modules/c": { version: "9.0.0", integrity, dev: true },
    "node_modules/types-of-a": {
      version: "1.0.0",
      integrity,
      devOptional: true,
      dependencies: { "types-of-c": "1.0.0" },
    },
    "node_modules/types-of-c": { version: "1.0.0", integrity, devOptional: true },
    "node_modules/tester": { version: "1.0.0", integrity, dev: true },
  };
  const native: BillComponent = {
    type: "platform",
    "bom-ref": "node@24",
    name: "node",
    version: "24",
  };
  const bill = billOfMaterials({ lockfileVersion: 3, packages }, [native], { at: "", serial: "" });
  assert.deepEqual(
    bill.components.map((one) => [one["bom-ref"], one.scope, one.purl]),
    [
      ["@program/part@2.0.0", "required", undefined],
      ["a@1.0.0", "required", "pkg:npm/a@1.0.0"],
      ["b@3.0.0", "required", "pkg:npm/b@3.0.0"],
      ["c@1.5.0", "optional", "pkg:npm/c@1.5.0"],
      ["node@24", undefined, undefined],
    ],
  );
  assert.deepEqual(
    Object.fromEntries(bill.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn])),
    {
      "program@2.0.0": ["@program/part@2.0.0", "node@24"],
      "@program/part@2.0.0": ["a@1.0.0", "b@3.0.0"],
      "a@1.0.0": ["c@1.5.0"],
      "b@3.0.0": [],
      "c@1.5.0": [],
      "node@24": [],
    },
  );
  assert.throws(() => billOfMaterials({ lockfileVersion: 1 }, [], { at: "", serial: "" }));
});

function hashOf(path: string) {
  const content = createHash("sha256").update(readFileSync(path)).digest("hex");
  return [{ alg: "SHA-256", content }];
}

function reachedFrom(
  start: string,
  dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[],
): Set<string> {
  const edges = new Map(dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const reached = new Set([start]);
  for (const ref of reached) for (const one of edges.get(ref) ?? []) reached.add(one);
  return reached;
}
