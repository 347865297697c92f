/**
 * A model's mistake becomes a task, in Debian's chromium: those who run the study look at what it found, mark a finding
 * as wrong in a round, and an annotator has the case in the worklist.
 */
import assert from "node:assert/strict";
import test from "node:test";
import type { Prelabel } from "@malleolus/schema";
import {
  assignTraining,
  resolveReadings,
  type Study,
  storeProposals,
  submitReading,
} from "@malleolus/studies";
import { launchBrowser, noBrowser } from "../../packages/web/src/test-browser.ts";
import { pictures } from "./pictures.ts";
import { OBSERVERS, openRoom, scratchFolder } from "./test-room.ts";
import {
  assertAccessible,
  invite,
  join,
  newVisitor,
  setUp,
  waitForRadiographs,
} from "./visitor.ts";

test("wrong findings: a finding that is marked wrong is drawn by annotators", {
  skip: noBrowser,
}, async (context) => {
  const room = await openRoom(scratchFolder(context));
  context.after(room.close);
  const { study, server } = room;
  await prepare(study);
  const browser = await launchBrowser();
  context.after(() => browser.close());
  const { page, troubles } = await newVisitor(browser, server.address);
  await setUp(page, server.setupLink ?? "");
  const link = await invite(page, "Simulated Annotator 1");
  await page.getByRole("link", { name: "Study", exact: true }).click();
  await page.getByRole("link", { name: "Wrong findings" }).click();
  const list = page.getByRole("table", { name: "Cases with findings" });
  await list.getByRole("row").nth(1).waitFor();
  assert.equal(await list.getByRole("row").count(), 5);
  await assertAccessible(page, "wrong_findings");
  await pictures(page, "wrong_findings");
  await list.getByRole("link").first().click();

  await waitForRadiographs(page);
  await page.keyboard.press(".");
  const mark = page.getByRole("form", { name: "Mark as wrong" });
  await mark.getByText("There is nothing").click();
  await mark.getByLabel("What the annotators are told").fill("A vessel's canal.");
  await mark.getByLabel("Round").fill("First look");
  await assertAccessible(page, "marking a finding");
  await pictures(page, "wrong-finding");
  await mark.getByRole("button", { name: "Mark as wrong" }).click();
  await page.getByText("The annotators have the case to draw now.").waitFor();
  await page.getByText("Marked: There is nothing. Round First look.").waitFor();
  await page.getByRole("button", { name: "All cases with findings" }).click();
  await page.getByRole("row", { name: /^First look/ }).waitFor();

  const annotator = await newVisitor(browser, server.address);
  await join(annotator.page, link, "drawer");
  await annotator.page.getByRole("button", { name: /^Begin with/ }).waitFor();
  assert.deepEqual([...troubles, ...annotator.troubles], []);
});

/** Every case has a class, one radiograph trains, and a model has looked at all. */
async function prepare(study: Study): Promise<void> {
  const images = await study.database.selectFrom("images").select(["sha256", "case_id"]).execute();
  for (const caseId of new Set(images.map(({ case_id }) => case_id))) {
    for (const reader of OBSERVERS) {
      await submitReading(study, {
        caseId,
        panel: "curation",
        reader,
        decision: { kind: "class", id: "weber_b" },
        seconds: 20,
      });
    }
  }
  await resolveReadings(study, { panel: "curation", who: "test" });
  Object.assign(study.protocol.splits, {
    training: { fracture: 1, noFracture: 0 },
    tuningShare: 0,
  });
  await assignTraining(study, { who: "test" });
  const polygons = [[180, 300, 300, 300, 300, 420, 180, 420]];
  const said = images.map(
    ({ sha256 }): Prelabel => ({
      image: sha256,
      model: { sha256: "c0".repeat(32), name: "preliminary", version: "1" },
      isLowerLeg: true,
      shapes: [
        { structure: "fracture", polygons, line: null, score: 0.71 },
        { structure: "fibula", polygons, line: null, score: 0.93 },
      ],
      probabilities: null,
      flippedProbabilities: null,
      segmentation: null,
      view: null,
      side: null,
    }),
  );
  await storeProposals(study, said, "test");
}
