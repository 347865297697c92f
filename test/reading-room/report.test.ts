/**
 * A report in the reading room, in Debian's chromium: its page in a frame in which nothing runs, from a figure to its
 * cases, from a case to its radiographs with what holds and what was found, and back to where one was.
 */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { htmlReport } from "@malleolus/evaluation";
import type { ReportedPatient, ReportHead } from "@malleolus/schema";
import type { Study } from "@malleolus/studies";
import { fullReport } from "../../packages/evaluation/src/report/test-report.ts";
import { launchBrowser, noBrowser } from "../../packages/web/src/test-browser.ts";
import { pictures } from "./pictures.ts";
import { openRoom, scratchFolder } from "./test-room.ts";
import { assertAccessible, newVisitor, setUp, waitForRadiographs } from "./visitor.ts";

test("report: from a figure to its cases, and from a case to its radiographs", {
  skip: noBrowser,
}, async (context) => {
  const room = await openRoom(scratchFolder(context));
  context.after(room.close);
  await writeReport(room.study);
  const browser = await launchBrowser();
  context.after(() => browser.close());
  const { page, troubles } = await newVisitor(browser, room.server.address);
  await setUp(page, room.server.setupLink ?? "");
  await page.getByRole("link", { name: "Reports" }).click();
  const [{ name, evaluation }] = fullReport.tests;
  await page.getByRole("rowheader", { name, exact: true }).waitFor();
  await assertAccessible(page, "reports");
  await pictures(page, "reports");
  await page.getByRole("link", { name: "The tests" }).click();

  const report = page.frameLocator("iframe");
  await report.getByRole("heading", { name: "The cases behind the figures" }).waitFor();
  await assertAccessible(page, "a report in the room");
  await pictures(page, "report");
  await report.locator("a.figure").first().click();
  const look = report.locator("#cases a.look").first();
  await look.waitFor();
  assert.equal(
    (await report.locator("#cases tbody a.look").count()) >= evaluation.outcomes.length,
    true,
  );
  await look.click();

  await waitForRadiographs(page);
  await page.getByText("Solid lines hold, dashed lines were found.").waitFor();
  const rail = page.getByRole("complementary", { name: "Findings and scores" });
  const finding = rail.getByRole("button", { name: /^1 · / });
  await finding.click();
  assert.equal(await finding.getAttribute("aria-pressed"), "true");
  assert.ok((await drawnPixels(page)) > 50, "nothing was drawn over the radiograph");
  await page.keyboard.press("h");
  assert.equal(await drawnPixels(page), 0, "hidden outlines are drawn");
  await page.keyboard.press("h");
  await assertAccessible(page, "a report's case, dark");
  await pictures(page, "report-case");
  const first = page.url();
  await page.keyboard.press("f");
  await page.waitForURL((url) => url.href !== first && url.pathname.includes("/cases/"));
  await waitForRadiographs(page);
  await page.goto(first);
  await waitForRadiographs(page);
  await page.getByRole("button", { name: "Back to the report" }).click();
  await page.waitForURL(/\/reports\/first#cases-/);
  await report.getByRole("heading", { name: "The cases behind the figures" }).waitFor();
  assert.deepEqual(troubles, []);
});

/** Pixels of all canvases over the radiographs that are not clear. */
function drawnPixels(page: Parameters<typeof waitForRadiographs>[0]): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      let count = 0;
      for (const canvas of document.querySelectorAll(".view-stage canvas:nth-child(2)")) {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        for (let i = 3; i < data.length; i += 4) if (data[i] > 0) count += 1;
      }
      resolve(count);
    })))`);
}

/** A report of the test's patients; each is shown by the radiographs of one of the study's cases. */
async function writeReport(study: Study): Promise<void> {
  const images = await study.database.selectFrom("images").select(["sha256", "case_id"]).execute();
  const cases = [...Map.groupBy(images, (image) => image.case_id).values()];
  const [{ id, name, evaluation }] = fullReport.tests;
  const head: ReportHead = {
    format: "malleolus-report-cases-1",
    title: "The tests",
    subtitle: "What a detector finds.",
    generatedAt: "2026-01-31T09:00:00.000Z",
    tests: [{ id, name, patients: evaluation.outcomes.map(({ patient }) => patient), right: 19 }],
  };
  const lines = evaluation.outcomes.map(({ patient, truth, prediction }, i): ReportedPatient => {
    return {
      patient,
      truth,
      called: prediction.class,
      scores: prediction.scores,
      images: cases[i % cases.length].map(({ sha256 }) => ({
        image: sha256,
        truths: [{ class: truth, polygons: [[200, 300, 300, 300, 300, 420]] }],
        findings: [
          {
            class: prediction.class,
            score: 0.82,
            box: [190, 290, 290, 400],
            polygons: [[190, 290, 290, 290, 290, 400, 190, 400]],
            areaMm2: 120,
            lengthMm: 14.2,
            calibration: "at detector",
          },
        ],
      })),
    };
  });
  const folder = join(study.folder, "reports", "first");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "index.html"), htmlReport(fullReport));
  const text = [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join("");
  writeFileSync(join(folder, "cases.jsonl"), text);
}
