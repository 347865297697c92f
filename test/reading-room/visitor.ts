/** Somebody at a browser: a page that notes all that a visitor must never cause, and what they do. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContext, Page } from "playwright-core";

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);
/** Machines that build beside the test are slow. */
const TIMEOUT_MS = 60_000;
export const PASSWORD = "several words are good";

export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Console errors, violations of the content policy, requests to anybody else. */
  readonly troubles: string[];
}

export async function newVisitor(
  browser: Browser,
  address: string,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 720 },
    locale: "en-GB",
    baseURL: address,
    // A colour that is on its way would be neither the one nor the other.
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  const troubles: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(message.text());
  });
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== address && url.protocol !== "blob:") troubles.push(`request to ${url}`);
  });
  return { context, page, troubles };
}

/** The first account, by the link of the terminal. */
export async function setUp(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel("Your name").fill("Ada Administrator");
  await page.getByLabel("User name").fill("ada");
  await fillPasswords(page);
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.getByRole("heading", { name: "People of this study" }).waitFor();
}

/** The link that the administrator is shown for one of the study's people. */
export async function invite(page: Page, name: string): Promise<string> {
  await page.getByRole("row", { name }).getByRole("button", { name: "Invite" }).click();
  await page.getByText(`Give this link to ${name}.`).waitFor();
  return (await page.locator(".once").textContent()) ?? "";
}

/** A page that stands in the bar's menu. */
export async function goTo(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: /^More/ }).click();
  await page.getByRole("menuitem", { name, exact: true }).click();
}

/** Until the account is made; whose first page is whatever it is. */
export async function accept(page: Page, link: string, login: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel("User name").fill(login);
  await fillPasswords(page);
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.waitForURL((url) => url.pathname !== "/join");
}

/** Until the list of cases waits for Enter: it is there before its cases are, and a key goes nowhere then. */
export async function join(page: Page, link: string, login: string): Promise<void> {
  await accept(page, link, login);
  await page.getByRole("grid", { name: "Cases" }).waitFor();
  await page.locator(".worklist-head button:focus").waitFor();
}

export async function signIn(page: Page, login: string): Promise<void> {
  await page.getByLabel("User name").fill(login);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

async function fillPasswords(page: Page): Promise<void> {
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Password again").fill(PASSWORD);
}

// What runs in the page is text: these files know Node's types and no document.

/** Until every view of the case that is open shows its radiograph. */
export async function waitForRadiographs(page: Page): Promise<void> {
  // Playwright's own waiting for a condition would compile it in the page, which the policy forbids.
  const ready = `(() => {
    const values = [...document.querySelectorAll(".view-values")];
    return values.length > 0 && values.every((one) => /W \\d+/.test(one.textContent));
  })()`;
  const end = Date.now() + TIMEOUT_MS;
  while (!(await page.evaluate<boolean>(ready))) {
    assert.ok(Date.now() < end, "no radiographs");
    await page.waitForTimeout(50);
  }
}

/** What axe finds, one line a violation and element; axe itself stays until the page is left. */
export async function axeFindings(page: Page): Promise<string[]> {
  if (await page.evaluate<boolean>('typeof axe === "undefined"')) await page.evaluate(axeSource);
  // Nothing is told of what passes, which is most of a page: to describe it took two fifths of the time.
  const options = '{ resultTypes: ["violations"], selectors: false }';
  return page.evaluate<string[]>(`axe.run(document, ${options}).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => id + ": " + html.slice(0, 200) + " " + failureSummary)))`);
}

export async function assertAccessible(page: Page, what: string): Promise<void> {
  assert.deepEqual(await axeFindings(page), [], what);
}

export interface Picture {
  readonly mean: number;
  /** How many different ones there are. */
  readonly greys: number;
}

/** The greys of a view's picture. */
export function pictureOf(page: Page, view: number): Promise<Picture> {
  return page.evaluate<Picture>(`(() => {
    const canvas = document.querySelectorAll(".view-stage canvas:first-child")[${view}];
    const copy = document.createElement("canvas");
    copy.width = canvas.width;
    copy.height = canvas.height;
    const context = copy.getContext("2d");
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    let sum = 0;
    const greys = new Set();
    for (let i = 0; i < data.length; i += 4) {
      sum += data[i];
      greys.add(data[i]);
    }
    return { mean: sum / (data.length / 4), greys: greys.size };
  })()`);
}
