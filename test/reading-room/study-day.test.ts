/**
 * A day of those who run a study and of those who decide in it, in Debian's chromium, on one server: observers have
 * read and differ, a senior decides; what agrees is closed, a data set is frozen, and a network is trained on it by a
 * process that does not belong to the server. Assigning and drawing, which have tests of their own, are not clicked.
 */
import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join as joinPath } from "node:path";
import test from "node:test";
import {
  assignAnnotators,
  assignTraining,
  resolveAnnotations,
  type Study,
  submitAnnotation,
  submitReading,
} from "@malleolus/studies";
import type { Locator, Page } from "playwright-core";
import { launchBrowser, noBrowser } from "../../packages/web/src/test-browser.ts";
import { pictures } from "./pictures.ts";
import { ANNOTATORS, OBSERVERS, openRoom, scratchFolder } from "./test-room.ts";
import {
  assertAccessible,
  goTo,
  invite,
  newVisitor,
  PASSWORD,
  setUp,
  waitForRadiographs,
} from "./visitor.ts";

/** The command line itself, which trains. */
const PROGRAM = [process.execPath, joinPath(import.meta.dirname, "../../packages/cli/src/main.ts")];

test("study: a day of those who run it and those who decide in it", {
  skip: noBrowser,
}, async (context) => {
  const room = await openRoom(scratchFolder(context), { program: PROGRAM });
  context.after(room.close);
  const { study, server } = room;
  const [differing, leftOut] = await readByAll(study);
  const browser = await launchBrowser();
  context.after(() => browser.close());
  const administrator = await newVisitor(browser, server.address);
  await setUp(administrator.page, server.setupLink ?? "");
  const link = await invite(administrator.page, "Simulated Senior");
  const { page, troubles } = await newVisitor(browser, server.address);
  await joinAs(page, link, "prof");

  await context.test(
    "a senior says what they see, then sees the readings and decides",
    async () => {
      const list = page.getByRole("navigation", { name: "To decide" });
      await list.getByRole("link").first().waitFor();
      assert.equal(await list.getByRole("link").count(), 2);
      await assertAccessible(page, "worklist of a senior who decides");
      await list.getByRole("link").first().click();
      await waitForRadiographs(page);
      assert.equal(await page.getByText("What the readers said").count(), 0);
      await assertAccessible(page, "own view");
      await page.keyboard.press("ArrowDown");
      await page.getByText("No readings are shown yet.").waitFor();
      await page.keyboard.press("c");
      await pictures(page, "decide-1-own");
      await page.keyboard.press("Enter");
      await page.getByText("Your own view is kept.").waitFor();
      await page.getByText("beyond doubt").first().waitFor();
      await assertAccessible(page, "readings");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.getByText("Say why, then decide.").waitFor();
      await page.keyboard.type("It begins at the plafond.");
      await pictures(page, "decide-2-readings");
      await page.keyboard.press("Control+Enter");
      await page.getByText("Your own view first").waitFor();
      await page.keyboard.press("x");
      await page.keyboard.press("5");
      await page.keyboard.press("Enter");
      await page.getByText("Your own view is kept.").waitFor();
      await page.keyboard.press("b");
      await page.getByLabel("Why (kept with the decision)").fill("No cast to be seen.");
      await page.getByRole("button", { name: "Decide and open next" }).click();
      await page.waitForURL(/worklist/);
      await list.waitFor({ state: "detached" });
      const verdicts = await study.database
        .selectFrom("verdicts")
        .select(["case_id", "how", "who"])
        .execute();
      assert.deepEqual(
        verdicts.map(({ case_id }) => case_id).toSorted(),
        [differing, leftOut].toSorted(),
      );
      assert.ok(verdicts.every(({ how, who }) => how === "adjudicated" && who === "senior-1"));
    },
  );

  await context.test(
    "those who run the study close what agrees, and see agreement and what waits",
    async () => {
      const { page: own } = administrator;
      await own.getByRole("link", { name: "Study", exact: true }).click();
      await own.getByText("Decided by a senior").waitFor();
      const part = (name: string) => own.getByRole("region", { name });
      await part("People").getByText("20 s").first().waitFor();
      await part("Agreement before anybody talked")
        .getByText(/, 2 decided cases/)
        .waitFor();
      await part("People").getByRole("button", { name: "Close what agrees" }).click();
      await own.getByText("2 agreed, 0 excluded; 0 wait for a decision.").waitFor();
      await part("Agreement before anybody talked")
        .getByText(/, 4 decided cases/)
        .waitFor();
      await part("Cases that wait").getByText("assignment").first().waitFor();
      await part("Data sets").getByRole("button", { name: "Freeze what is assigned now" }).click();
      await part("Data sets").getByRole("alert").waitFor();
      await assertAccessible(own, "study, dark");
      await pictures(own, "study");
      await own.evaluate('document.documentElement.dataset.theme = "light"');
      await assertAccessible(own, "study, light");
    },
  );
  await assignAndDraw(study);

  await context.test("a viewer comes to the cases, and to nobody's progress", async () => {
    const { page: own } = administrator;
    await own.getByRole("link", { name: "People and invitations" }).click();
    await own.getByLabel("Name", { exact: true }).fill("Vera Viewer");
    await own.getByText("Researcher", { exact: true }).click();
    await own.getByText("Viewer", { exact: true }).click();
    await own.getByRole("button", { name: "Make an invitation" }).click();
    await own.getByText("Give this link to Vera Viewer.").waitFor();
    const viewer = await newVisitor(browser, server.address);
    const invited = (await own.locator(".once").textContent()) ?? "";
    await joinAs(viewer.page, invited, "vera");
    await viewer.page.getByText("Decided by a senior").waitFor();
    await viewer.page.getByRole("link", { name: "Study", exact: true }).waitFor();
    assert.equal(await viewer.page.getByRole("region", { name: "People" }).count(), 0);
    assert.equal(await viewer.page.getByRole("link", { name: "Training runs" }).count(), 0);
    await assertAccessible(viewer.page, "study of a viewer");
    await pictures(viewer.page, "study-viewer");
    assert.deepEqual(viewer.troubles, []);
    await viewer.context.close();
    await own.goBack();
  });

  await context.test(
    "a data set is frozen, and a training on it is followed to its end",
    async () => {
      const { page: own } = administrator;
      await own.reload();
      const data = own.getByRole("region", { name: "Data sets" });
      await data.getByRole("button", { name: "Freeze what is assigned now" }).click();
      await data.getByText(/^Data set [0-9a-f]{12} is frozen\.$/).waitFor();
      await data.getByRole("button", { name: /^Compare/ }).click();
      await data.getByText("nothing has changed").waitFor();
      await own.getByRole("link", { name: "Training runs" }).click();
      await own.getByText("No training runs yet.").waitFor();
      await own.getByLabel("Name").fill("first");
      await own.getByText(/radiographs to train on/).click();
      await own.getByText("preliminary-classification-mean", { exact: true }).click();
      await own.getByRole("textbox", { name: "Steps" }).fill(String(STEPS));
      await assertAccessible(own, "runs, light");
      await pictures(own, "runs");
      await own.getByRole("button", { name: "Start the training" }).click();
      const standing = own.getByRole("region", { name: "How it stands" });
      await own.getByRole("img", { name: /^Loss of \d+ steps$/ }).waitFor({ timeout: 600_000 });
      await standing.getByRole("button", { name: "Stop after this step" }).click();
      await standing.getByText("stopped").first().waitFor();
      const stoppedAt = await stepsOf(standing);
      assert.ok(stoppedAt > 0 && stoppedAt < STEPS, `${stoppedAt} steps`);
      await pictures(own, "run-stopped");
      await standing.getByRole("button", { name: "Go on" }).click();
      // It is told by the server, as it comes.
      await standing
        .getByText(/^(finished|failed)$/)
        .first()
        .waitFor({ timeout: 600_000 });
      assert.equal(await standing.getByText("failed").count(), 0, await standing.innerText());
      await own.getByRole("img", { name: `Loss of ${STEPS} steps` }).waitFor();
      await standing.getByText(`${STEPS} / ${STEPS}`).waitFor();
      await assertAccessible(own, "a run, dark");
      await pictures(own, "run");
      await own.getByRole("link", { name: "All runs" }).click();
      await own.getByRole("row", { name: /first/ }).getByText("finished").waitFor();
    },
  );

  await context.test(
    "a job has networks look at every radiograph, another chooses by what they found, and one that fails says why",
    async () => {
      const { page: own } = administrator;
      await goTo(own, "Jobs");
      await own.getByText("No job yet.").waitFor();
      await own.getByText("Prelabel", { exact: true }).click();
      await assertAccessible(own, "jobs, dark");
      await pictures(own, "jobs");
      const begin = own.getByRole("button", { name: "Start the job" });
      const standing = own.getByRole("region", { name: "How it stands" });
      const ended = standing.getByText(/^(finished|failed)$/).first();
      await begin.click();
      await ended.waitFor({ timeout: 600_000 });
      await standing.getByText(/^\d+ radiographs prelabelled: /).waitFor();
      await assertAccessible(own, "a job");
      await pictures(own, "job");
      await own.getByRole("link", { name: "All jobs" }).click();
      await own.getByRole("row", { name: /^Prelabel finished/ }).waitFor();
      await own.getByText("Report", { exact: true }).click();
      await begin.click();
      await ended.waitFor({ timeout: 600_000 });
      // The day has drawn no test.
      await standing.getByText(/^malleolus: .*malleolus assign draws them$/).waitFor();
      await standing.getByText(/Mend what the line says, then go on/).waitFor();
      await standing.getByRole("button", { name: "Go on" }).waitFor();
      await assertAccessible(own, "a job that failed");
      await pictures(own, "job-failed");
      await own.getByRole("link", { name: "All jobs" }).click();
      await own.getByText("Select", { exact: true }).click();
      await own.getByRole("textbox", { name: "Radiographs" }).fill("1");
      await pictures(own, "jobs-select");
      await begin.click();
      await ended.waitFor({ timeout: 600_000 });
      await standing
        .getByText(/chosen\.tsv|^malleolus: /)
        .first()
        .waitFor();
      await pictures(own, "job-select");
      await own.getByRole("link", { name: "Training runs" }).click();
    },
  );

  await context.test("runs are compared, and one that failed says why and what to do", async () => {
    const { page: own } = administrator;
    const runs = joinPath(study.folder, "runs");
    // As a terminal would have left them.
    cpSync(joinPath(runs, "first"), joinPath(runs, "second"), { recursive: true });
    const recipe = joinPath(runs, "second", "recipe.json");
    writeFileSync(recipe, readFileSync(recipe, "utf8").replace(/"seed": \d+/, '"seed": 4711'));
    const broken = joinPath(runs, "broken", "job");
    cpSync(joinPath(runs, "first", "job"), broken, { recursive: true });
    writeFileSync(joinPath(broken, "log"), "reading\nmalleolus: out of memory; take less\n");
    writeFileSync(joinPath(broken, "exit"), "1");
    await own.reload();
    for (const id of ["first", "second"]) {
      await own.getByRole("checkbox", { name: `Compare ${id}` }).click({ force: true });
    }
    await assertAccessible(own, "three runs");
    await pictures(own, "runs-table");
    await own.getByRole("button", { name: "Compare the chosen runs" }).click();
    await own.getByRole("heading", { name: "Runs compared" }).waitFor();
    await own
      .getByRole("row", { name: /^seed / })
      .getByText("4711")
      .waitFor();
    await assertAccessible(own, "runs compared");
    await pictures(own, "runs-compared");
    await own.getByRole("link", { name: "All runs" }).click();
    await own.getByRole("link", { name: "broken" }).click();
    await own.getByText("malleolus: out of memory; take less", { exact: true }).waitFor();
    await own.getByText(/Mend what the line says, then go on/).waitFor();
    await own.getByRole("button", { name: "Go on" }).waitFor();
    await assertAccessible(own, "a run that failed");
    await pictures(own, "run-failed");
  });
  assert.deepEqual(troubles, []);
  // A study without a training set was to be frozen.
  assert.equal(administrator.troubles.length, 1, administrator.troubles.join("\n"));
  assert.match(administrator.troubles[0], /status of 400/);
});

/** More than are done before somebody can press a button. */
const STEPS = 30;

async function stepsOf(standing: Locator): Promise<number> {
  const [, steps] = /(\d+) \/ \d+/.exec(await standing.innerText()) ?? [];
  return Number(steps);
}

/** By case: a network learns nothing of a class that no case has. */
const AGREED = ["weber_b", "weber_b", "weber_c", "no_fracture"] as const;

/** Every case trains, and both annotators drew the same on each radiograph. */
async function assignAndDraw(study: Study): Promise<void> {
  const { noFractureClass } = study.protocol;
  const all = await study.database
    .selectFrom("images")
    .innerJoin("cases", "cases.id", "images.case_id")
    .select("cases.class")
    .execute();
  const noFracture = all.filter((one) => one.class === noFractureClass).length;
  Object.assign(study.protocol.splits, {
    preliminary: { fracture: 0, noFracture: 0 },
    training: { fracture: all.length - noFracture, noFracture },
    tuningShare: 0,
    internalTestPatientsPerClass: 0,
    internalTestReservePerClass: 0,
    externalTestPatients: 0,
  });
  await assignTraining(study, { who: "test" });
  await assignAnnotators(study);
  const images = await study.database
    .selectFrom("assigned_images")
    .innerJoin("cases", "cases.id", "assigned_images.case_id")
    .select(["image_sha256", "cases.class"])
    .execute();
  const polygons = [[100, 100, 160, 100, 160, 160, 100, 160]];
  for (const { image_sha256: image, class: held } of images) {
    const isSound = held === noFractureClass;
    const structures = [isSound ? noFractureClass : "fracture", "fibula"];
    for (const annotator of ANNOTATORS) {
      await submitAnnotation(study, {
        image,
        annotator,
        visibility: isSound ? null : "easy",
        outlines: structures.map((structure) => ({ structure, polygons })),
      });
    }
  }
  await resolveAnnotations(study, "test");
}

/** Two cases differ, the others agree, on a class that nobody has given yet; returns the two. */
async function readByAll(study: Study): Promise<readonly [string, string]> {
  const cases = await study.database.selectFrom("tasks").select("case_id").distinct().execute();
  const ids = cases.map(({ case_id }) => case_id).toSorted();
  for (const [index, caseId] of ids.entries()) {
    for (const [seat, reader] of OBSERVERS.entries()) {
      const differs = index < 2 && seat === 2;
      const decision =
        differs && index === 1
          ? ({ kind: "exclusion", id: "cast" } as const)
          : ({ kind: "class", id: differs ? "weber_a" : AGREED[index] } as const);
      const note = "beyond doubt";
      await submitReading(study, {
        caseId,
        panel: "curation",
        reader,
        decision,
        note,
        seconds: 20,
      });
    }
  }
  return [ids[0], ids[1]];
}

async function joinAs(page: Page, link: string, login: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel("User name").fill(login);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Password again").fill(PASSWORD);
  await page.getByRole("button", { name: "Make the account" }).click();
}
