/** `malleolus jobs` and `malleolus worker` on a study of small pictures, with a detector that knows nothing. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { decodeRadiograph } from "@malleolus/data";
import { maskRcnn, openDetector, writeDetector } from "@malleolus/networks";
import { fileSha256 } from "@malleolus/runs";
import { detectron2Config, radiographAnalysisSchema } from "@malleolus/schema";
import {
  closeStudy,
  createStudy,
  folderImages,
  openQueue,
  openStudy,
  work,
} from "@malleolus/studies";
import { manualSeed, scope } from "@malleolus/torch";
import sharp from "sharp";
import { LEAST_SCORE } from "../patients/least-score.ts";
import { run } from "../test-command.ts";
import { analyzeJobs, startAnalysis } from "../worker/analyze-jobs.ts";

const [width, height] = [60, 80];

async function importPictures(folder: string, study: string, count: number): Promise<void> {
  const images = join(folder, "images");
  mkdirSync(images);
  const numbers = Array.from({ length: count }, (_, i) => i);
  for (const i of numbers) {
    const pixels = Uint8Array.from({ length: width * height }, (_, n) => (n * (7 + i)) % 251);
    const picture = sharp(pixels, { raw: { width, height, channels: 1 } }).png();
    await picture.toFile(join(images, `${i}.png`));
  }
  const coco = {
    images: numbers.map((i) => ({
      id: i + 1,
      file_name: `${i}.png`,
      width,
      height,
      patient: `p${i}`,
    })),
    categories: [{ id: 1, name: "weber_b" }],
    annotations: [],
  };
  const annotations = join(folder, "coco.json");
  writeFileSync(annotations, JSON.stringify(coco));
  const args = ["import", "coco", annotations, "--images", images, "--study", study];
  const { code, said } = await run(...args, "--unannotated", "no_fracture");
  assert.equal(code, 0, said);
}

function writeTinyDetector(path: string, seed: number): void {
  const config = detectron2Config(["weber_a", "no_fracture"]);
  scope(() => {
    manualSeed(seed);
    const backbone = { depth: 26, width: 32, norm: "group", freezeAt: 0, fpnChannels: 32 } as const;
    const model = maskRcnn({
      ...config,
      backbone: { ...config.backbone, ...backbone },
      roi: {
        ...config.roi,
        detectionsPerImage: 5,
        box: { ...config.roi.box, fullyConnectedChannels: 32 },
        mask: { ...config.roi.mask, channels: 32, convolutions: 1 },
      },
    });
    writeDetector(path, model, {
      minSize: 64,
      maxSize: 96,
      maskCollimation: false,
      testTimeFlip: false,
    });
  });
}

interface TestContext {
  after(cleanUp: () => void): void;
}

async function newStudy(context: TestContext): Promise<{ folder: string; study: string }> {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-cli-worker-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const study = join(folder, "study");
  const passphrase = "a long one of words";
  await createStudy({ folder: study, name: "T", passphrase, simulation: "w" });
  const before = process.env.MALLEOLUS_PASSPHRASE;
  process.env.MALLEOLUS_PASSPHRASE = passphrase;
  context.after(() => {
    if (before === undefined) delete process.env.MALLEOLUS_PASSPHRASE;
    else process.env.MALLEOLUS_PASSPHRASE = before;
  });
  return { folder, study };
}

test("jobs and worker: networks and hospitals that would not be used are refused", async () => {
  for (const [args, message] of [
    [["worker", "study", "--bundle", "b"], /--bundle names networks .*: give --prelabel, too/],
    [["worker", "study", "--import", "--segmentation", "s"], /--segmentation names networks/],
    [["jobs", "study", "--classification", "c"], /--classification names networks/],
    [["jobs", "study", "--hospital", "h"], /--hospital is of files to import: give --import, too/],
    [["jobs", "study", "--sure"], /--sure is of jobs to discard: give --discard, too/],
    [["jobs", "study", "--discard", "t", "--revive"], /'--discard <topic>' cannot be used with/],
  ] as const) {
    const { code, said } = await run(...args);
    assert.equal(code, 2, said);
    assert.match(said, message);
  }
});

test("jobs and worker: a file that is refused is named to whoever asks for names, and else is not", async (context) => {
  const { folder, study } = await newStudy(context);
  const archive = join(folder, "Jansen");
  mkdirSync(archive);
  const path = join(archive, "1.dcm");
  const said: string[] = [];
  for (const options of [[], ["--names"]]) {
    // Another size: sent again.
    writeFileSync(path, `no radiograph${options}`);
    assert.match((await run("jobs", study, "--import", archive)).said, /^1 files sent in 1 jobs$/m);
    const worked = await run("worker", study, "--import", "--until-empty", ...options);
    assert.equal(worked.written, "1 jobs done with 1 radiographs, 0 given back, 0 lost\n");
    said.push(worked.said);
  }
  assert.match(
    said[0],
    /^malleolus: a file of job [0-9a-f]{64} is refused \([a-z-]+\); worker --names/,
  );
  assert.doesNotMatch(said[0], /Jansen/);
  assert.ok(said[1].startsWith(`malleolus: ${path}: `));
});

test("jobs and worker: a file that cannot be read is named to whoever asks for names, while its job waits", async (context) => {
  const { folder, study } = await newStudy(context);
  const archive = join(folder, "Jansen");
  mkdirSync(archive);
  const path = join(archive, "1.dcm");
  writeFileSync(path, "no radiograph");
  await run("jobs", study, "--import", archive);
  rmSync(path);
  const opened = await openStudy(study);
  context.after(() => closeStudy(opened));
  const worked = run("worker", study, "--import", "--until-empty", "--names");
  const isGivenBack = async () => {
    const asked = opened.database.selectFrom("jobs").select("reason").executeTakeFirst();
    return ((await asked)?.reason ?? null) !== null;
  };
  while (!(await isGivenBack())) await setTimeout(50);
  writeFileSync(path, "no radiograph");
  const { said, written } = await worked;
  assert.equal(written, "1 jobs done with 1 radiographs, 1 given back, 0 lost\n");
  const [named, failed] = said.split("\n");
  assert.ok(named.startsWith(`malleolus: ${path}: it cannot be read`), said);
  assert.match(failed, /^failed: the file: it cannot be read .* --names says which file$/);
  assert.doesNotMatch(failed, /Jansen/);
});

test("jobs and worker: every radiograph is looked at once, as the detector looks; another detector's job is left", async (context) => {
  const { folder, study } = await newStudy(context);
  await importPictures(folder, study, 3);
  const [one, other] = ["one", "other"].map((name) => join(folder, `${name}.safetensors`));
  writeTinyDetector(one, 1);
  writeTinyDetector(other, 2);

  const sent = await run("jobs", study, "--analyze", one);
  const short = (await fileSha256(one)).slice(0, 12);
  assert.deepEqual(sent, {
    code: 0,
    written: [
      "1 jobs wait, 0 are worked on, 0 are done",
      "                                          wait  worked on  done  failed",
      `  analyze/${short} (one.safetensors)     1          0     0       0`,
      "",
    ].join("\n"),
    said: "3 radiographs sent in 1 jobs\n",
  });
  const settings = ["--dtype", "float32", "--threads", "1", "--until-empty"];
  const worked = await run("worker", study, "--checkpoint", one, "--json", ...settings);
  assert.equal(worked.code, 0, worked.said);
  assert.deepEqual(
    worked.written
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).event),
    ["completed"],
  );
  const opened = await openStudy(study);
  context.after(() => closeStudy(opened));
  const rows = await opened.database.selectFrom("analyses").selectAll().execute();
  assert.equal(rows.length, 3);
  const detector = openDetector(one, { precision: "float32", scoreThreshold: LEAST_SCORE });
  const images = folderImages(opened.images);
  for (const { image_sha256: sha256, record } of rows) {
    const radiograph = await decodeRadiograph(await images.read(sha256, "png"), sha256);
    const analysis = radiographAnalysisSchema.parse(JSON.parse(record ?? "null"));
    assert.deepEqual(analysis, JSON.parse(JSON.stringify(detector.analyze(radiograph))));
  }
  detector.close();
  const again = await run("jobs", study, "--analyze", one);
  assert.equal(again.said, "0 radiographs sent in 0 jobs\n");

  await run("jobs", study, "--analyze", other);
  const twice = await run("jobs", study, "--analyze", other);
  assert.equal(twice.said, "0 radiographs sent in 0 jobs\n");
  assert.deepEqual(await run("worker", study, "--checkpoint", one, ...settings), {
    code: 0,
    written: "0 jobs done with 0 radiographs, 0 given back, 0 lost\n",
    said: "1 jobs wait for workers that do other work than this\n",
  });
  const { written } = await run("jobs", study, "--json");
  const none = { waiting: 0, active: 0, completed: 0, dead: 0 };
  const topics = await Promise.all(
    [one, other].map(async (path) => ({
      ...{ ...none, topic: `analyze/${await fileSha256(path)}`, model: basename(path) },
      ...(path === one ? { completed: 1 } : { waiting: 1 }),
    })),
  );
  assert.deepEqual(JSON.parse(written), {
    ...{ ...none, waiting: 1, completed: 1, reasons: [] },
    topics: topics.toSorted((a, b) => (a.topic < b.topic ? -1 : 1)),
  });
});

test("jobs --discard: takes out the jobs of one topic when it is meant, and says which topics there are", async (context) => {
  const { study } = await newStudy(context);
  const opened = await openStudy(study);
  const queue = await openQueue(opened, { retryDelaySeconds: 0 });
  context.after(async () => {
    await queue.close();
    await closeStudy(opened);
  });
  const discard = (...args: string[]) => run("jobs", study, "--discard", ...args);
  assert.match(
    (await discard("analyze/ab", "--sure")).said,
    /^malleolus: analyze\/ab: expected a topic of the study's queue, got another; there are no jobs in it$/m,
  );
  const models = ["ab".repeat(32), "ac".repeat(32)];
  for (const model of models) {
    const content = { kind: "analyze" as const, model, images: [] };
    await queue.send([
      { key: `one of ${model}`, content },
      { key: `two of ${model}`, content },
    ]);
  }
  const topic = `analyze/${models[0]}`;
  for (let job = await queue.claim(topic); job !== null; job = await queue.claim(topic)) {
    if (job.key.startsWith("two")) break;
    await queue.fail(job, "the card is hot");
  }
  const listed = "analyze/abababababab, analyze/acacacacacac";
  for (const [args, code, message] of [
    [["", "--sure"], 2, "expected a topic or its beginning, got nothing"],
    [
      ["analyze/a", "--sure"],
      1,
      `analyze/a: expected the beginning of one topic, got that of 2 (${listed}); write more of it`,
    ],
    [
      ["import", "--sure"],
      1,
      `import: expected a topic of the study's queue, got another; take one of ${listed}`,
    ],
    [
      ["analyze/ac"],
      2,
      "2 jobs of analyze/acacacacacac that wait would be discarded, and without a terminal nobody can be asked: add --sure",
    ],
    [["analyze/ab", "--sure"], 0, "there are no jobs of analyze/abababababab that wait"],
    [
      ["analyze/ab", "--dead", "--sure"],
      0,
      "1 jobs of analyze/abababababab that failed too often are discarded; what is open",
    ],
    [
      ["analyze/ac", "--sure"],
      0,
      "2 jobs of analyze/acacacacacac that wait are discarded; what is open in them",
    ],
  ] as const) {
    const answer = await discard(...args);
    assert.equal(answer.code, code, answer.said);
    assert.ok(answer.said.includes(message), answer.said);
  }
  // What somebody works on stays.
  assert.deepEqual(await queue.counts(), { waiting: 0, active: 1, completed: 0, dead: 0 });
});

test("worker: a detector that takes longer to open than a worker may be silent costs no job", async (context) => {
  const { folder, study } = await newStudy(context);
  await importPictures(folder, study, 2);
  const path = join(folder, "one.safetensors");
  writeTinyDetector(path, 1);
  await run("jobs", study, "--analyze", path);
  // A disk that gives nothing until somebody writes.
  const slow = join(folder, "slow.safetensors");
  execFileSync("mkfifo", [slow]);
  const disk = await open(slow, "r+");
  const opened = await openStudy(study);
  const queue = await openQueue(opened, { leaseSeconds: 3, retryDelaySeconds: 0 });
  const detector = startAnalysis({ engine: "onnx", path: slow, dtype: undefined, threads: 1 });
  context.after(async () => {
    // A thread that waits for a disk cannot be ended.
    await disk.close();
    await detector.close();
    await queue.close();
    await closeStudy(opened);
  });
  const given = { study: opened, queue, images: folderImages(opened.images), who: "me" };
  const told = { onImage: () => undefined, onFailure: (reason: string) => assert.fail(reason) };
  const jobs = analyzeJobs({ ...given, ...told }, await fileSha256(path), detector);
  const events: string[] = [];
  let isOver = false;
  const worked = work([jobs], {
    stop: new AbortController().signal,
    untilEmpty: true,
    onEvent: (event) => events.push("job" in event ? `${event.event} ${event.job.attempt}` : ""),
  }).finally(() => {
    isOver = true;
  });
  while (!isOver && (await queue.counts()).active === 0) await setTimeout(20);
  for (const until = Date.now() + 7000; Date.now() < until; await setTimeout(200)) {
    assert.equal(await queue.claim(jobs.topic), null);
  }
  await disk.writeFile(readFileSync(path));
  await disk.close();
  await worked;
  assert.deepEqual(events, ["completed 1"]);
});
