/** A smoke test in Debian's Firefox ESR: an invitation taken, a case read by keys, and its reading in the study. */
import assert from "node:assert/strict";
import test from "node:test";
import { launchBrowser, noBrowser } from "../../packages/web/src/test-browser.ts";
import { ENTER, launchFirefox, noFirefox, SHIFT, TAB } from "./firefox.ts";
import { openRoom, scratchFolder } from "./test-room.ts";
import { invite, newVisitor, PASSWORD, setUp } from "./visitor.ts";

test("reading room: a case is read in Firefox", {
  skip: noFirefox || noBrowser,
}, async (context) => {
  const room = await openRoom(scratchFolder(context));
  context.after(room.close);
  const browser = await launchBrowser();
  context.after(() => browser.close());
  const { address, setupLink } = room.server;
  const administrator = await newVisitor(browser, address);
  await setUp(administrator.page, setupLink ?? "");
  const link = await invite(administrator.page, "Simulated Observer 1");

  const firefox = await launchFirefox();
  context.after(() => firefox.close());
  await firefox.goto(link);
  await firefox.until(`document.querySelectorAll("input").length === 3`);
  await firefox.evaluate(`document.querySelector("input").focus()`);
  await firefox.type("jansen");
  await firefox.type(TAB);
  await firefox.type(PASSWORD);
  await firefox.type(TAB);
  await firefox.type(PASSWORD);
  await firefox.type(ENTER);
  await firefox.until(`document.querySelector("[role=grid]")`);
  await firefox.until(`document.activeElement.textContent.startsWith("Begin with")`);
  await firefox.type(ENTER);
  await firefox.until(`location.pathname.startsWith("/read/")`);
  await firefox.until(
    `document.querySelectorAll(".view-values").length > 0 &&
      [...document.querySelectorAll(".view-values")].every((one) => /W \\d+/.test(one.textContent))`,
  );
  const greys = await firefox.evaluate(`(() => {
    const canvas = document.querySelector(".view-stage canvas:first-child");
    const copy = document.createElement("canvas");
    [copy.width, copy.height] = [canvas.width, canvas.height];
    const context = copy.getContext("2d");
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    return new Set(data.filter((_, index) => index % 4 === 0)).size;
  })()`);
  assert.ok(Number(greys) > 50, `${greys} greys`);

  const first = await firefox.evaluate("location.pathname");
  await firefox.type("b");
  await firefox.type(`${SHIFT}4`);
  await firefox.until(`document.querySelector("[data-save=saved]")`);
  await firefox.type(ENTER);
  await firefox.until(`location.pathname !== ${JSON.stringify(first)}`);
  const readings = await room.study.database
    .selectFrom("readings")
    .select(["reader", "decision_id", "certainty"])
    .execute();
  assert.deepEqual(
    readings.map(({ reader, decision_id, certainty }) => [reader, decision_id, certainty]),
    [["observer-1", "weber_b", 4]],
  );
  assert.deepEqual(firefox.troubles, []);
});
