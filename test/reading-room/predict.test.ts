/**
 * One patient's radiographs in the reading room, in Debian's chromium: chosen, looked at by the project's own detector
 * in its process, shown with what was found, and gone when they are forgotten.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { shippedDetector } from "@malleolus/networks/shipped-detector";
import { startAnalysis } from "../../packages/cli/src/inference/start-analysis.ts";
import { launchBrowser, noBrowser } from "../../packages/web/src/test-browser.ts";
import { pictures } from "./pictures.ts";
import { openRoom, scratchFolder } from "./test-room.ts";
import { assertAccessible, goTo, newVisitor, setUp, waitForRadiographs } from "./visitor.ts";

/** A detector is loaded and looks, on a machine that builds meanwhile. */
const LONG = { timeout: 600_000 };

test("predict: radiographs of one patient, and nothing of them is left", {
  skip: noBrowser,
}, async (context) => {
  const detector = shippedDetector();
  assert.ok(detector !== null);
  const options = {
    detector,
    threshold: null,
    errorRate: null,
    prevalence: null,
    anyPart: true,
    stepsAside: true,
  };
  const room = await openRoom(scratchFolder(context), {
    startAnalysis: () => startAnalysis({ ...options, engine: "onnx" }),
  });
  context.after(room.close);
  const { study, server } = room;
  const images = await study.database
    .selectFrom("images")
    .innerJoin("cases", "cases.id", "images.case_id")
    .select(["images.sha256", "images.case_id"])
    .orderBy("images.case_id")
    .execute();
  const own = images.filter(({ case_id }) => case_id === images[0].case_id);
  const files = own.map(({ sha256 }) => {
    const path = readdirSync(study.images, { recursive: true })
      .map(String)
      .find((name) => name.includes(sha256));
    return {
      name: `${sha256.slice(0, 8)}.dcm`,
      mimeType: "application/dicom",
      buffer: readFileSync(join(study.images, path ?? "")),
    };
  });

  const browser = await launchBrowser();
  context.after(() => browser.close());
  const { page, troubles } = await newVisitor(browser, server.address);
  await setUp(page, server.setupLink ?? "");
  await goTo(page, "Predict");
  await page.getByText("Research use. Not for patient care.").waitFor();
  await assertAccessible(page, "predict, dark");
  await pictures(page, "predict");

  const bad = { name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from("no radiograph") };
  await page.locator("input[type=file]").setInputFiles([bad]);
  await page.getByText(/letter\.txt: expected DICOM, JPEG or PNG/).waitFor(LONG);
  await assertAccessible(page, "predict, refused");
  await page.getByRole("link", { name: "Other radiographs" }).click();

  await page.locator("input[type=file]").setInputFiles(files);
  await page.getByText("Called").waitFor(LONG);
  await waitForRadiographs(page);
  await page.getByText("Research use. Not for patient care.").waitFor();
  assert.equal(await page.locator(".view").count(), files.length);
  await assertAccessible(page, "predict, found, dark");
  await pictures(page, "predict-found");
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the findings" }).click();
  const found = JSON.parse(readFileSync(await (await saved).path(), "utf8"));
  assert.equal(found.notice, "Research use. Not for patient care.");
  assert.equal(found.images.length, files.length);
  await page.getByRole("button", { name: "Forget it now" }).click();
  await page.getByText("Drop the radiographs here").waitFor();
  const left = `${study.folder}.predictions`;
  const names = existsSync(left) ? readdirSync(left, { recursive: true }).map(String) : [];
  assert.deepEqual(
    names.filter((name) => name.endsWith(".dcm")),
    [],
  );
  assert.deepEqual(troubles, []);
});
