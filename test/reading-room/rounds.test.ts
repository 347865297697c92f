/**
 * What a round asks of readers, in Debian's chromium: an administrator opens one by which an observer qualifies;
 * known cases are answered at once, and the real list opens; a fracture has further labels with rules between
 * them; a round shows a model's findings, which can be hidden. Nobody causes an error or a finding of axe.
 */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join as joinPath } from "node:path";
import test from "node:test";
import { imageColumn, labelsColumn } from "@malleolus/schema";
import { createRound, type Study, storeProposals } from "@malleolus/studies";
import type { Page } from "playwright-core";
import { launchBrowser, noBrowser } from "../../packages/web/src/test-browser.ts";
import { OBSERVERS, openRoom, scratchFolder } from "./test-room.ts";
import {
  assertAccessible,
  goTo,
  invite,
  join,
  newVisitor,
  setUp,
  waitForRadiographs,
} from "./visitor.ts";

/** Where pictures go for whoever wants to look; nowhere unless it is asked for. */
const PICTURES = process.env.ANNOTATOR_PICTURES;
const [observer] = OBSERVERS;

test("rounds: qualification, further labels and a model's findings in a browser", {
  skip: noBrowser,
}, async (context) => {
  const room = await openRoom(scratchFolder(context));
  context.after(room.close);
  const { study, server } = room;
  for (const label of study.protocol.labels ?? []) label.asked = label.id === "ao_ota_44";
  await knownCases(study);
  const browser = await launchBrowser();
  context.after(() => browser.close());
  const administrator = await newVisitor(browser, server.address);
  await setUp(administrator.page, server.setupLink ?? "");
  const link = await invite(administrator.page, "Simulated Observer 1");

  await context.test("the administrator opens a round by which readers qualify", async () => {
    const { page } = administrator;
    await goTo(page, "Rounds");
    await page.getByLabel("Name", { exact: true }).fill("Qualification");
    await page.getByText("Simulated Observer 1", { exact: true }).click();
    await page.getByText(/^Readers qualify by it/).click();
    await page.getByLabel("Cases that must be right").fill("50");
    await page.getByRole("button", { name: "Open the round" }).click();
    await page.getByRole("cell", { name: "Qualification, 50 % right" }).waitFor();
    await assertAccessible(page, "rounds");
    await picture(page, "rounds-1-page");
    assert.deepEqual(administrator.troubles, []);
  });

  const { page, troubles } = await newVisitor(browser, server.address);
  await join(page, link, "jansen");

  await context.test("each known case has its answer, and the real list opens", async () => {
    await page.getByText("Qualification: 1 must be right.", { exact: false }).waitFor();
    assert.equal(await page.getByRole("link", { name: "Reading" }).count(), 0);
    await page.keyboard.press("Enter");
    const answers = [];
    for (const way of ["Open the next case", "Back to the worklist"]) {
      await waitForRadiographs(page);
      await page.keyboard.press("b");
      await page.keyboard.press("Shift+4");
      await chooseLabel(page);
      await page.keyboard.press("Enter");
      const answer = page.getByText(/^(Right: |The class that holds is )/);
      await answer.waitFor();
      answers.push(await answer.textContent());
      await assertAccessible(page, "an answer");
      await picture(page, `rounds-2-answer-${answers.length}`);
      await page.locator(".rail-foot").getByRole("button", { name: way }).press("Enter");
    }
    assert.deepEqual(answers.toSorted(), ["Right: Weber B.", "The class that holds is Weber A."]);
    await page.getByRole("link", { name: "Reading" }).waitFor();
  });

  await context.test(
    "a label goes with its classes alone, and is kept with the reading",
    async () => {
      await page.getByRole("button", { name: /^Begin/ }).press("Enter");
      await waitForRadiographs(page);
      await page.keyboard.press("0");
      assert.equal(await page.getByRole("button", { name: /AO\/OTA/ }).count(), 0, "of a fracture");
      await page.keyboard.press("c");
      await page.keyboard.press("Shift+5");
      await page.getByRole("button", { name: /AO\/OTA/ }).click();
      const values = page.getByRole("option");
      await values.first().waitFor();
      const open = await page.evaluate<string[]>(
        `[...document.querySelectorAll("[role=option]:not([aria-disabled=true])")].map((one) => one.textContent)`,
      );
      assert.deepEqual(
        open.map((text) => text.slice(0, 3)).filter((text) => text !== "44C"),
        [],
      );
      assert.ok((await values.count()) > open.length, "those of other classes are greyed");
      await assertAccessible(page, "further labels");
      await picture(page, "rounds-3-labels");
      await values.filter({ hasText: open[0] }).click();
      await page.getByRole("listbox").waitFor({ state: "detached" });
      const { href } = new URL(page.url());
      await page.keyboard.press("Enter");
      await page.waitForURL((url) => url.href !== href);
      const { labels } = await lastReading(study);
      assert.deepEqual(Object.keys(labelsColumn.read(labels ?? "", "reading")), ["ao_ota_44"]);
    },
  );

  await context.test("a round shows a model's findings, and whether they were hidden", async () => {
    await propose(study);
    const { key } = await createRound(
      study,
      {
        name: "With the model",
        people: [observer],
        repeatShare: 0,
        washoutDays: 0,
        seed: 1,
        model: "always",
      },
      { who: "test", at: new Date().toISOString() },
    );
    await page.goto(`/worklist?queue=${key}`);
    await page.getByRole("button", { name: /^Begin/ }).press("Enter");
    await waitForRadiographs(page);
    await page.waitForTimeout(100);
    assert.ok((await drawnPixels(page)) > 100, "findings are drawn");
    assert.equal(await page.getByRole("radio", { checked: true }).count(), 0, "and nothing chosen");
    await assertAccessible(page, "findings of the model");
    await picture(page, "rounds-4-model");
    await page.getByRole("button", { name: /^Findings of the model/ }).click();
    await page.waitForTimeout(100);
    assert.equal(await drawnPixels(page), 0, "hidden");
    await page.locator(".view-stage").first().focus();
    await page.keyboard.press("0");
    await page.keyboard.press("Shift+5");
    const { href } = new URL(page.url());
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.href !== href);
    const reading = await lastReading(study);
    assert.equal(reading.with_model, 1);
    assert.match(JSON.stringify(reading), /modelToggles[\\": ]+1/);
  });
  assert.deepEqual(troubles, []);
});

/** Two cases whose class is known; the others are still to be read. */
async function knownCases(study: Study): Promise<void> {
  const rows = await study.database
    .selectFrom("cases")
    .select("id")
    .where("id", "in", ({ selectFrom }) => selectFrom("tasks").select("case_id"))
    .orderBy("id")
    .execute();
  for (const [index, known] of ["weber_a", "weber_b"].entries()) {
    const { id } = rows[index];
    await study.database.deleteFrom("tasks").where("case_id", "=", id).execute();
    await study.database
      .updateTable("cases")
      .set({ state: "agreed", class: known })
      .where("id", "=", id)
      .execute();
  }
}

/** By the pointer; keys are the case's again right after it. */
async function chooseLabel(page: Page): Promise<void> {
  await page.getByRole("button", { name: /AO\/OTA/ }).click();
  await page.getByRole("option", { disabled: false }).first().click();
  await page.getByRole("listbox").waitFor({ state: "detached" });
}

function lastReading(study: Study) {
  return study.database
    .selectFrom("readings")
    .selectAll()
    .where("reader", "=", observer)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirstOrThrow();
}

async function propose(study: Study): Promise<void> {
  const images = await study.database.selectFrom("images").selectAll().execute();
  const polygons = [[40, 60, 90, 60, 90, 140, 40, 140]];
  const prelabels = images
    .filter(({ facts }) => imageColumn.read(facts, "facts").view === "ap")
    .map(({ sha256 }) => ({
      image: sha256,
      model: { sha256: "a1".repeat(32), name: "preliminary", version: "1" },
      isLowerLeg: true,
      shapes: [{ structure: "fracture", polygons, line: null, score: 0.82 }],
      probabilities: null,
      flippedProbabilities: null,
      segmentation: null,
      view: null,
      side: null,
    }));
  await storeProposals(study, prelabels, "test");
}

/** Of what lies over the first view's picture. */
function drawnPixels(page: Page): Promise<number> {
  return page.evaluate<number>(`(() => {
    const canvas = document.querySelectorAll(".view-stage canvas")[1];
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, i) => i % 4 === 3 && value > 0).length;
  })()`);
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: joinPath(PICTURES, `${name}.png`) });
}
