/**
 * compose.yaml, kubernetes.yaml and Dockerfile of docs/scale/: what their own linter and types say of them, whether all that they
 * name is there, and what KEDA is told of a queue on a PostgreSQL that has jobs in every state.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  closeStudy,
  createStudy,
  type NewJob,
  openQueue,
  openStudy,
  topicOf,
} from "@malleolus/studies";
import { createTestDatabase, findPostgres, startPostgres } from "@malleolus/studies/test-postgres";
import { DCLinter } from "dclint";
import { Client } from "pg";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";
import type { CommandFile } from "../packages/cli/src/command-file.ts";
import { serveCommand } from "../packages/cli/src/commands/serve.ts";
import { workerCommand } from "../packages/cli/src/commands/worker.ts";

const root = join(import.meta.dirname, "..");
const folder = join(root, "docs/scale");
const read = (name: string) => readFileSync(join(folder, name), "utf8");
const composePath = join(folder, "compose.yaml");
const dockerfile = read("Dockerfile");

/** The linter's types refer to files that Node does not find. */
interface LintMessage {
  readonly rule: string;
  readonly line: number;
  readonly message: string;
}

const names = z.array(z.string());
/** What the tests look at; the linter knows the rest. */
const compose = z
  .object({
    services: z.record(
      z.string(),
      z.object({
        image: z.string(),
        command: names.optional(),
        environment: z.record(z.string(), z.string()),
        volumes: names,
        secrets: names,
        ports: names.optional(),
      }),
    ),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
    volumes: z.record(z.string(), z.null()),
  })
  .parse(parse(read("compose.yaml"), { merge: true }));

const object = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: z.string() }),
});
const objects = parseAllDocuments(read("kubernetes.yaml")).map((document) => {
  assert.deepEqual(document.errors, []);
  return object.parse(document.toJS());
});
const named = z.object({ name: z.string() });
const container = z.object({
  image: z.string(),
  args: names,
  envFrom: z.array(z.object({ secretRef: named })),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
});
const deployment = z
  .object({
    metadata: named,
    spec: z.object({
      selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
      template: z.object({
        metadata: z.object({ labels: z.record(z.string(), z.string()) }),
        spec: z.object({
          securityContext: z.object({ runAsUser: z.number() }),
          containers: z.tuple([container]),
          volumes: z.array(
            z.object({
              name: z.string(),
              configMap: named.optional(),
              persistentVolumeClaim: z.object({ claimName: z.string() }).optional(),
            }),
          ),
        }),
      }),
    }),
  })
  .parse(objectOf("Deployment"));
const secretObject = z.object({ metadata: named, stringData: z.record(z.string(), z.string()) });

/** KEDA's two objects, as far as they are used: fields and bounds of its definitions (2.x), and its scaler's names. */
const whole = z.string().regex(/^\d+$/);
const scaledObject = z.strictObject({
  apiVersion: z.literal("keda.sh/v1alpha1"),
  kind: z.literal("ScaledObject"),
  metadata: z.strictObject({ name: z.string() }),
  spec: z.strictObject({
    scaleTargetRef: z.strictObject({ name: z.string().min(1) }),
    minReplicaCount: z.int().min(0),
    maxReplicaCount: z.int().min(1),
    pollingInterval: z.int().min(1),
    cooldownPeriod: z.int().min(0),
    triggers: z.tuple([
      z.strictObject({
        type: z.literal("postgresql"),
        metadata: z.strictObject({
          host: z.string(),
          port: whole,
          userName: z.string(),
          dbName: z.string(),
          sslmode: z.enum(["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]),
          query: z.string(),
          targetQueryValue: whole,
          activationTargetQueryValue: whole,
        }),
        authenticationRef: z.strictObject({ name: z.string() }),
      }),
    ]),
  }),
});
const triggerAuthentication = z.strictObject({
  apiVersion: z.literal("keda.sh/v1alpha1"),
  kind: z.literal("TriggerAuthentication"),
  metadata: z.strictObject({ name: z.string() }),
  spec: z.strictObject({
    secretTargetRef: z.tuple([
      z.strictObject({ parameter: z.literal("password"), name: z.string(), key: z.string() }),
    ]),
  }),
});

function objectOf(kind: string) {
  const found = objects.find((one) => one.kind === kind);
  assert.ok(found !== undefined, kind);
  return found;
}

function scratch(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "malleolus-manifests-"));
  context.after(() => rmSync(path, { recursive: true }));
  return path;
}

/** Reads these arguments as the command line does, and starts nothing. */
async function readArguments(args: readonly string[]): Promise<void> {
  const commands: Readonly<Record<string, CommandFile>> = {
    serve: serveCommand,
    worker: workerCommand,
  };
  const [name, ...rest] = args;
  let said = "";
  const say = (text: string) => {
    said += text;
  };
  const command = commands[name]({ write: say, writeError: say }, () => undefined);
  let isRead = false;
  command.exitOverride().configureOutput({ writeErr: say });
  command.action(() => {
    isRead = true;
  });
  await assert.doesNotReject(command.parseAsync(rest, { from: "user" }), said);
  assert.ok(isRead, said);
}

/** What follows an option. */
function valueAfter(args: readonly string[], option: string): string {
  return args[args.indexOf(option) + 1];
}

test("compose.yaml: its linter finds no fault against the specification's schema, and none of its own rules", () => {
  const off = [
    "service-dependencies-alphabetical-order",
    "service-keys-order",
    "service-ports-alphabetical-order",
    "services-alphabetical-order",
    "top-level-properties-order",
    // Ours are flow sequences, in which quotes are as everywhere.
    "require-quotes-in-ports",
  ];
  const rules = Object.fromEntries(off.map((name) => [name, 0 as const]));
  const linter = new DCLinter({ rules, quiet: false, debug: false, exclude: [] });
  const results = linter.lintFiles([composePath], false);
  assert.equal(results.length, 1);
  assert.deepEqual(
    results[0].messages.map(
      ({ rule, line, message }: LintMessage) => `${line}: ${rule}: ${message}`,
    ),
    [],
  );
});

test("kubernetes.yaml: objects of Kubernetes have the fields of its API and no others", (context) => {
  const groups: Readonly<Record<string, string>> = { v1: "core/v1", "apps/v1": "apps/v1" };
  const own = objects.filter(({ apiVersion }) => !apiVersion.startsWith("keda.sh/"));
  assert.ok(own.length >= 4);
  const lines = own.flatMap((one, i) => [
    `import type { ${one.kind} as Kind${i} } from "kubernetes-types/${groups[one.apiVersion]}";`,
    `export const object${i}: Kind${i} = ${JSON.stringify(one)};`,
  ]);
  const path = scratch(context);
  symlinkSync(join(root, "node_modules"), join(path, "node_modules"));
  writeFileSync(join(path, "objects.ts"), lines.join("\n"));
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const options = ["--noEmit", "--strict", "--module", "esnext", "--moduleResolution", "bundler"];
  const args = [compiler, ...options, "--types", "", "objects.ts"];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: path, encoding: "utf8" });
  assert.equal(status, 0, stdout);
});

test("kubernetes.yaml: KEDA's objects have its fields, and refer to what is there", () => {
  const { spec } = scaledObject.parse(objectOf("ScaledObject"));
  const [trigger] = spec.triggers;
  assert.equal(spec.scaleTargetRef.name, deployment.metadata.name);
  assert.ok(spec.minReplicaCount <= spec.maxReplicaCount);
  const authentication = triggerAuthentication.parse(objectOf("TriggerAuthentication"));
  assert.equal(trigger.authenticationRef.name, authentication.metadata.name);
  const [{ name, key }] = authentication.spec.secretTargetRef;
  const secret = secretObject.parse(objectOf("Secret"));
  assert.equal(name, secret.metadata.name);
  assert.ok(Object.hasOwn(secret.stringData, key), key);
});

test("kubernetes.yaml: the Deployment's pods are its own, and what they mount is there", () => {
  const { selector, template } = deployment.spec;
  assert.deepEqual(selector.matchLabels, template.metadata.labels);
  const { volumes, containers } = template.spec;
  const [worker] = containers;
  assert.deepEqual(
    worker.volumeMounts.map(({ name }) => name),
    volumes.map(({ name }) => name),
  );
  for (const { configMap, persistentVolumeClaim } of volumes) {
    if (configMap !== undefined) assert.equal(objectOf("ConfigMap").metadata.name, configMap.name);
    if (persistentVolumeClaim === undefined) continue;
    const claim = objectOf("PersistentVolumeClaim");
    assert.equal(claim.metadata.name, persistentVolumeClaim.claimName);
  }
  const [, study, ...options] = worker.args;
  const paths = [study, valueAfter(options, "--checkpoint")];
  for (const path of paths) {
    assert.ok(
      worker.volumeMounts.some(({ mountPath }) => isWithin(path, mountPath)),
      path,
    );
  }
});

test("compose.yaml: secrets and volumes of its services are there, and paths of its commands are mounted", () => {
  const { services } = compose;
  for (const [name, service] of Object.entries(services)) {
    for (const secret of service.secrets) assert.ok(Object.hasOwn(compose.secrets, secret), secret);
    const mounts = service.volumes.map((volume) => {
      // `SOURCE:TARGET[:ro]`; a variable as the source has a colon of its own.
      const [, source, target] = /^(\$\{.*\}|[^:]+):(\/[^:]*)(?::ro)?$/.exec(volume) ?? [];
      if (!source.startsWith("${")) assert.ok(Object.hasOwn(compose.volumes, source), source);
      return target;
    });
    const secrets = service.secrets.map((secret) => `/run/secrets/${secret}`);
    const paths = [...(service.command ?? []), ...Object.values(service.environment)];
    for (const path of paths.filter((one) => one.startsWith("/"))) {
      const isThere = secrets.includes(path) || mounts.some((mount) => isWithin(path, mount));
      assert.ok(isThere, `${name}: ${path}`);
    }
  }
});

function isWithin(path: string, mount: string): boolean {
  return path === mount || path.startsWith(`${mount}/`);
}

test("manifests: they start commands that there are, with options that these have", async () => {
  const started = [
    ...Object.values(compose.services).flatMap(({ command }) => (command ? [command] : [])),
    deployment.spec.template.spec.containers[0].args,
  ];
  assert.deepEqual(
    started.map(([name]) => name),
    ["serve", "worker", "worker"],
  );
  for (const args of started) await readArguments(args);
  const { command = [], ports = [] } = compose.services.serve;
  const port = valueAfter(command, "--port");
  assert.deepEqual(ports, [`127.0.0.1:${port}:${port}`]);
});

test("manifests: the program, or its client of PostgreSQL, reads the variables that they set", () => {
  const sources = ["packages/cli/src/worker/bucket.ts", "node_modules/pgpass/lib/helper.js"];
  const words = new Set(
    sources.flatMap((path) => readFileSync(join(root, path), "utf8").match(/\w+/g)),
  );
  const { stringData } = secretObject.parse(objectOf("Secret"));
  // PostgreSQL's own image reads those of its service.
  const { postgres: _, ...own } = compose.services;
  const set = Object.values(own).flatMap(({ environment }) => Object.keys(environment));
  for (const name of [...set, ...Object.keys(stringData)]) assert.ok(words.has(name), name);
});

test("manifests: the image is the Dockerfile's, which starts what install.sh installs, as the user that they name", () => {
  const [, tag] = /^# +docker build -t (\S+) -f docs\/scale\/Dockerfile /m.exec(dockerfile) ?? [];
  const { postgres: _, ...own } = compose.services;
  for (const { image } of Object.values(own)) assert.equal(image, tag);
  const [name] = tag.split(":");
  const { containers, securityContext } = deployment.spec.template.spec;
  assert.match(containers[0].image, new RegExp(`/${name}:`));
  const installer = readFileSync(join(root, "packages/cli/src/offline/install.sh"), "utf8");
  const [, target] = /^target=\$\{1-(\S+)\}$/m.exec(installer) ?? [];
  assert.ok(dockerfile.includes(`\nENTRYPOINT ["${target}/malleolus"]\n`));
  const user = securityContext.runAsUser;
  assert.match(dockerfile, new RegExp(`useradd --uid ${user} `));
  assert.ok(dockerfile.includes(`\nUSER ${user}:${user}\n`));
});

const bin = findPostgres();
const skip = bin === null && "PostgreSQL is not installed: apt-get install postgresql";

test("kubernetes.yaml: KEDA counts the detector's jobs that wait or are in hand, and no others", {
  skip,
}, async (context) => {
  await using opened = new AsyncDisposableStack();
  const server = await startPostgres(bin ?? "");
  opened.defer(() => server.stop());
  const database = await createTestDatabase(server.url, "study");
  const path = join(scratch(context), "study");
  await createStudy({
    folder: path,
    name: "T",
    passphrase: "a long one",
    simulation: "k",
    database,
  });
  const study = await openStudy(path);
  opened.defer(() => closeStudy(study));
  const queue = await openQueue(study, { retryDelaySeconds: 0 });
  opened.defer(() => queue.close());

  const [{ metadata }] = scaledObject.parse(objectOf("ScaledObject")).spec.triggers;
  const model = "ab".repeat(32);
  const query = metadata.query.replace("fill-in", model);
  assert.ok(query.includes(model));
  const client = new Client({ connectionString: database });
  await client.connect();
  opened.defer(() => client.end());
  /** As KEDA reads it: one row of one number. */
  const counted = async () => {
    const { rows } = await client.query({ text: query, rowMode: "array" });
    assert.deepEqual([rows.length, rows[0].length], [1, 1]);
    return Number(rows[0][0]);
  };
  assert.equal(await counted(), 0);

  const send = (content: NewJob["content"], ...keys: string[]) =>
    queue.send(keys.map((key) => ({ key, content })));
  const content: NewJob["content"] = { kind: "analyze", model, images: [] };
  const topic = topicOf(content);
  await send(content, "completed", "fails", "dies", "in hand", "waits", "waits, too");
  await send({ ...content, model: "cd".repeat(32) }, "another detector's");
  await send({ ...content, kind: "prelabel" }, "of the preliminary networks");
  assert.equal(await counted(), 6);

  const claim = async () => {
    const job = await queue.claim(topic);
    assert.ok(job !== null);
    return job;
  };
  assert.ok(await queue.complete(await claim(), {}));
  assert.equal(await counted(), 5);
  for (let dead = 0; dead === 0; ) {
    assert.ok(await queue.fail(await claim(), "no"));
    ({ dead } = await queue.counts(topic));
  }
  assert.equal(await counted(), 4);
  await claim();
  const { waiting, active, completed } = await queue.counts(topic);
  assert.deepEqual([waiting, active, completed], [3, 1, 1]);
  assert.equal(await counted(), waiting + active);
});
