/**
 * The inference service as it is started: with the project's detector, and with Orthanc where results go.
 * `MALLEOLUS_KILLS=20` kills it so often.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { decodeRadiograph } from "@malleolus/data";
import { parseDataSet, readFileParts } from "@malleolus/data/dicom";
import { dicomFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import { shippedDetector } from "@malleolus/networks/shipped-detector";
import { dicomWebClient, dimseClient, textIn } from "@malleolus/pacs";
import { freePort, skipWithoutOrthanc, startOrthancWithDimse } from "@malleolus/pacs/test-archives";
import { internalHospital, internalXrayUnit, simulateStudy, withPitch } from "@malleolus/phantom";
import { run } from "../test-command.ts";

const KILLS = Number(process.env.MALLEOLUS_KILLS ?? 1);
/** Of a study with two radiographs, from its last one to the last result in the archive, and a while more. */
const STUDY_MS = 4_000;
const PROGRAM = fileURLToPath(new URL("../main.ts", import.meta.url));
const PASSPHRASE = "lantern gravel otter nineteen";
const [WIDTH, HEIGHT] = [240, 320];

/** AP and lateral of a simulated ankle, made small: the nearest pixel of each. */
const ANKLE = await Promise.all(
  simulateStudy(
    internalHospital,
    "service",
    0,
    { weberClass: "B", exclusion: null },
    withPitch(internalXrayUnit, 0.4),
  )
    .images.filter(({ radiograph: { view } }) => view !== "mortise")
    .map(async ({ file }) => {
      const { width, height, pixels } = await decodeRadiograph(file, "phantom");
      return Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
        const x = Math.floor(((i % WIDTH) * width) / WIDTH);
        const y = Math.floor((Math.floor(i / WIDTH) * height) / HEIGHT);
        return Math.round(4095 * pixels[y * width + x]);
      });
    }),
);
/** Of all grey levels, and more dark ones than bright; and of nothing. */
const PATTERN = Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
  const level = (((i % WIDTH) * 13 + Math.floor(i / WIDTH) * 7) % 4096) / 4095;
  return Math.round(4095 * level ** 3);
});

function radiograph(study: string, number: number, picture = ANKLE[number - 1]): Uint8Array {
  return dicomFile({
    ...GRAY_2X2,
    "00080005 CS": "ISO_IR 192",
    "00080016 UI": "1.2.840.10008.5.1.4.1.1.1",
    "00080018 UI": `${study}.1.${number}`,
    "00080020 DA": "20260301",
    "00100010 PN": "Doe^Jane",
    "00100020 LO": `P-${study}`,
    "00180015 CS": "ANKLE",
    "00185101 CS": number === 1 ? "AP" : "LL",
    "0020000d UI": study,
    "0020000e UI": `${study}.1`,
    "00200013 IS": String(number),
    "00280010 US": [HEIGHT],
    "00280011 US": [WIDTH],
    "7fe00010 OW": picture,
  });
}

interface Service {
  readonly process: ChildProcess;
  readonly address: string;
  readonly dimsePort: number | null;
  ask(method: string, path: string, body?: Uint8Array): Promise<Response>;
}

/** Started by its command, with a key of all scopes, and warm. */
async function startService(context: TestContext, inbox: string): Promise<Service> {
  const args = ["serve", inbox, "--inference", "--json", "--port", "0"];
  const child = spawn(
    process.execPath,
    [PROGRAM, ...args, "--dtype", "float32", "--threads", "1"],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, MALLEOLUS_PASSPHRASE: PASSPHRASE },
      // A group of its own, which a terminal and systemd signal as one.
      detached: true,
    },
  );
  context.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  const [line] = await once(child.stdout, "data");
  const { address, dimsePort } = JSON.parse(String(line));
  const made = await run("serve", inbox, "--inference", "--new-key", "test", "--json");
  const { key } = JSON.parse(made.written);
  const ask = (method: string, path: string, body?: Uint8Array) =>
    fetch(`${address}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { "content-type": "application/dicom" }),
      },
      ...(body === undefined ? {} : { body: new Blob([new Uint8Array(body)]) }),
    });
  await until("the model is warm", async () => (await ask("GET", "/readyz")).status === 200);
  return { process: child, address, dimsePort, ask };
}

function groupOf({ pid }: ChildProcess): number {
  assert.ok(pid !== undefined);
  return pid;
}

async function jsonOf(answer: Response) {
  return JSON.parse(await answer.text());
}

/** A follow-up is entered, and its radiographs go into a study: not before that says so, and without their names. */
async function assertCorrected(context: TestContext, inbox: string, address: string, id: string) {
  const { key } = JSON.parse(
    (await run("serve", inbox, "--inference", "--new-key", "study", "--json")).written,
  );
  const answer = await fetch(`${address}/v1/studies/${id}/follow-up`, {
    method: "PUT",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ class: "weber_b" }),
  });
  assert.equal(answer.status, 200);
  context.after(() => {
    for (const name of ["MALLEOLUS_PASSPHRASE", "MALLEOLUS_SERVICE_KEY"]) delete process.env[name];
  });
  process.env.MALLEOLUS_PASSPHRASE = PASSPHRASE;
  process.env.MALLEOLUS_SERVICE_KEY = key;
  const study = join(inbox, "..", "study");
  assert.equal((await run("init", study)).code, 0);
  const bring = () => run("import", "corrections", address, "--study", study, "--json");
  const without = await bring();
  assert.equal(without.code, 1);
  assert.match(without.said, /expected corrections = true under \[consent\] of protocol\.toml/);
  appendFileSync(join(study, "protocol.toml"), "\n[consent]\ncorrections = true\n");
  const brought = await bring();
  const end = JSON.parse(brought.written.trimEnd().split("\n").at(-1) ?? "");
  assert.deepEqual([brought.code, end.imported, end.classified], [0, 2, 1], brought.said);
  const found = JSON.parse((await run("cases", "--study", study, "--json")).written);
  assert.deepEqual([found.state, found.class], ["agreed", "weber_b"]);
}

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const began = Date.now(); Date.now() - began < 240_000; ) {
    if (await holds()) return;
    await wait(100);
  }
  assert.fail(`not within four minutes: ${what}`);
}

function newFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-service-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "inbox");
}

test("serve --inference --add-model: a detector is registered by its hash, and figures are asked for", async (context) => {
  const inbox = newFolder(context);
  const checkpoint = shippedDetector();
  assert.ok(checkpoint !== null);
  const add = ["serve", inbox, "--inference", "--add-model", "first", "--checkpoint", checkpoint];
  const without = await run(...add);
  assert.match(without.said, /--add-model: expected --checkpoint and --figures beside it/);
  const figures = join(inbox, "..", "figures.json");
  writeFileSync(figures, '{"dataset":"test","auc":0.9}');
  const { written } = await run(...add, "--figures", figures, "--json");
  const sha256 = createHash("sha256").update(readFileSync(checkpoint)).digest("hex");
  assert.equal(JSON.parse(written).sha256, sha256);
  const { models } = JSON.parse(readFileSync(join(inbox, "models.json"), "utf8"));
  assert.deepEqual([models[0].sha256, models[0].figures.auc], [sha256, 0.9]);
});

test("serve --inference: a study by HTTP, followed to its result, read, confirmed, and an orderly end", async (context) => {
  const inbox = newFolder(context);
  const { address, ask, process: child } = await startService(context, inbox);
  let id = "";
  for (const number of [1, 2]) {
    const answer = await ask("POST", "/v1/images", radiograph("1.3.99.1", number));
    assert.equal(answer.status, 201);
    id = (await jsonOf(answer)).id;
  }
  const events = ask("GET", `/v1/studies/${id}/events`).then((answer) => answer.text());
  assert.equal((await ask("POST", `/v1/studies/${id}/complete`)).status, 202);
  const told = [...(await events).matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data));
  assert.equal(told.at(-1).state, "done", JSON.stringify(told));
  assert.ok(
    told.some(({ state, done, total }) => state === "analysing" && done >= 1 && total === 2),
  );

  const result = await jsonOf(await ask("GET", `/v1/studies/${id}/result`));
  assert.deepEqual(
    result.predictions.map(({ view, width }: { view: string; width: number }) => [view, width]),
    [
      ["ap", WIDTH],
      ["lateral", WIDTH],
    ],
  );
  assert.match(result.modelSha256, /^[0-9a-f]{64}$/);
  assert.ok(!JSON.stringify(result).includes("Doe"));
  const listed = await jsonOf(await ask("GET", `/v1/studies/${id}/objects`));
  const kinds = listed.map(({ kind }: { kind: string }) => kind);
  assert.ok(
    kinds.includes("report") && kinds.filter((kind: string) => kind === "picture").length === 2,
  );
  for (const { number, kind } of listed) {
    const answer = await ask("GET", `/v1/studies/${id}/objects/${number}`);
    const parts = readFileParts(new Uint8Array(await answer.arrayBuffer()), kind);
    assert.match(parts.sopInstance, /^[\d.]+$/);
  }
  await assertCorrected(context, inbox, address, id);
  assert.equal((await ask("POST", `/v1/studies/${id}/confirm`)).status, 204);
  assert.match(
    await (await ask("GET", "/metrics")).text(),
    /^malleolus_studies_analysed_total 1$/m,
  );
  // Nothing of the patient is in the inbox or in its audit.
  assert.ok(!readFileSync(join(inbox, "audit.jsonl"), "utf8").includes("Doe"));

  // What would be called sound is refused, with the reason.
  const inverted = ANKLE[0].map((value) => 4095 - value);
  for (const [study, picture, reason] of [
    ["1.3.99.3", inverted, /^radiograph 1: expected bones brighter than air, got inverted/],
    ["1.3.99.4", PATTERN, /^radiograph 1: expected an ankle, got what looks like another part/],
    // A lateral view whose header says AP.
    ["1.3.99.5", ANKLE[1], /^radiograph 1: expected the view that its header says, frontal or/],
  ] as const) {
    const bad = await jsonOf(await ask("POST", "/v1/images", radiograph(study, 1, picture)));
    const end = ask("GET", `/v1/studies/${bad.id}/events`).then((answer) => answer.text());
    assert.equal((await ask("POST", `/v1/studies/${bad.id}/complete`)).status, 202);
    assert.match(await end, /"state":"refused"/);
    const { problem } = await jsonOf(await ask("GET", `/v1/studies/${bad.id}`));
    assert.match(problem, reason);
    assert.equal((await ask("GET", `/v1/studies/${bad.id}/result`)).status, 409);
  }

  // Told to end amid an analysis, with all of its processes, it finishes that.
  const last = await jsonOf(await ask("POST", "/v1/images", radiograph("1.3.99.2", 1)));
  assert.equal((await ask("POST", `/v1/studies/${last.id}/complete`)).status, 202);
  process.kill(-groupOf(child), "SIGTERM");
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
  const acts = readFileSync(join(inbox, "audit.jsonl"), "utf8").trimEnd().split("\n");
  assert.deepEqual(
    acts.slice(-2).map((line) => JSON.parse(line).act),
    ["study complete", "analysed"],
  );
});

test(
  "serve --inference: by DIMSE, results in Orthanc once each, a late view supersedes, and a kill loses and doubles nothing",
  skipWithoutOrthanc(),
  async (context) => {
    const inbox = newFolder(context);
    mkdirSync(inbox, { recursive: true });
    const { url, dicomPort } = await startOrthancWithDimse(context, {
      title: "MALLEOLUS",
      port: 1,
    });
    const port = await freePort();
    writeFileSync(
      join(inbox, "service.toml"),
      `completeAfterSeconds = 1
[dimse]
port = ${port}
callingTitles = ["MODALITY"]
[destination]
host = "127.0.0.1"
port = ${dicomPort}
title = "ORTHANC"
`,
    );
    const headers = { Authorization: `Basic ${Buffer.from("user:secret").toString("base64")}` };
    const archive = dicomWebClient({ url, headers });
    const node = { host: "127.0.0.1", port, calledTitle: "MALLEOLUS", callingTitle: "MODALITY" };
    const instancesOf = async (study: string) => {
      const found = await archive.searchStudies({ StudyInstanceUID: study });
      if (found.length === 0) return [];
      const instances = await archive.searchInstances(study, {});
      return instances.map((one) => ({
        instance: textIn(one, "00080018") ?? "",
        series: textIn(one, "0020000E") ?? "",
        modality: textIn(one, "00080060") ?? "",
      }));
    };
    const reportsOf = async (study: string) =>
      (await instancesOf(study)).filter(({ modality }) => modality === "SR");

    let service = await startService(context, inbox);
    const [first, late] = [radiograph("1.3.99.7", 1), radiograph("1.3.99.7", 2)];
    assert.deepEqual((await dimseClient(node).store([first])).failed, []);
    await until(
      "the first report is there",
      async () => (await reportsOf("1.3.99.7")).length === 1,
    );
    const [before] = await reportsOf("1.3.99.7");
    const seen = (await instancesOf("1.3.99.7")).length;

    // The late view makes a new report, which names the one that it stands in for.
    assert.deepEqual((await dimseClient(node).store([late])).failed, []);
    await until(
      "the second report is there",
      async () => (await reportsOf("1.3.99.7")).length === 2,
    );
    const after = (await reportsOf("1.3.99.7")).find(
      ({ instance }) => instance !== before.instance,
    );
    assert.ok(after !== undefined);
    const file = await archive.retrieveInstance("1.3.99.7", after.series, after.instance);
    const [predecessor] = parseDataSet(file, "report").items("x0040a360");
    const [series] = predecessor.items("x00081115");
    const [reference] = series.items("x00081199");
    assert.equal(reference.text("x00081155"), before.instance);
    assert.ok(seen >= 3);

    // The same radiographs again change nothing.
    await dimseClient(node).store([first, late]);
    const settled = async () => {
      const studies = await jsonOf(await service.ask("GET", "/v1/studies"));
      return studies.every(
        (one: { state: string; objects: number; objectsSent: number }) =>
          one.state === "done" && one.objects === one.objectsSent,
      );
    };
    await until("all is sent", settled);
    const count = (await instancesOf("1.3.99.7")).length;

    // Killed while it waits, analyses or sends: after the next start all is there, once.
    for (let kill = 0; kill < KILLS; kill++) {
      const study = `1.3.99.8.${kill}`;
      const delayMs = Math.random() * STUDY_MS;
      context.diagnostic(`killed after ${Math.round(delayMs)} ms`);
      const sent = await dimseClient(node).store([radiograph(study, 1), radiograph(study, 2)]);
      assert.deepEqual(sent.failed, []);
      await wait(delayMs);
      service.process.kill("SIGKILL");
      await once(service.process, "exit");
      service = await startService(context, inbox);
      await until(
        `the report of study ${study} is there`,
        async () => (await reportsOf(study)).length > 0,
      );
      await until("all is sent", settled);
      const kinds = Map.groupBy(await instancesOf(study), ({ modality }) => modality);
      assert.equal(kinds.get("SR")?.length, 1, study);
      assert.equal(kinds.get("OT")?.length, 2, study);
    }
    assert.equal((await instancesOf("1.3.99.7")).length, count);
    const metrics = await (await service.ask("GET", "/metrics")).text();
    assert.match(metrics, /^malleolus_objects_to_send 0$/m);
  },
);
