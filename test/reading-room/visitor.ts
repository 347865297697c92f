/** Somebody at a browser: a page that notes all that a visitor must never cause, and what they do. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContext, Page } from "playwright-core";

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);
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
    ...options,
  });
  const page = await context.newPage();
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

export async function join(page: Page, link: string, login: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel("User name").fill(login);
  await fillPasswords(page);
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.getByRole("grid", { name: "Cases" }).waitFor();
}

export async function signIn(page: Page, login: string): Promise<void> {
  await page.getByLabel("User name").fill(login);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
}

async function fillPasswords(page: Page): Promise<void> {
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Password again").fill(PASSWORD);
}

/** Until every view of the case that is open shows its radiograph at full size. */
export async function waitForRadiographs(page: Page): Promise<void> {
  await page.locator(".view-values", { hasText: /W \d+/ }).last().waitFor();
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLElement>(".view-values")].every((one) =>
      /W \d+/.test(one.textContent ?? ""),
    ),
  );
}

/** What axe finds, one line a violation and element. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const axe: {
      run(): Promise<{
        violations: {
          id: string;
          help: string;
          nodes: { html: string; failureSummary?: string }[];
        }[];
      }>;
    } = Reflect.get(globalThis, "axe");
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ""}`,
      ),
    );
  });
}

export async function assertAccessible(page: Page, what: string): Promise<void> {
  assert.deepEqual(await axeFindings(page), [], what);
}

/** The mean grey and the number of different greys of a view's picture. */
export async function pictureOf(
  page: Page,
  view: number,
): Promise<{ readonly mean: number; readonly greys: number }> {
  return page.evaluate((index) => {
    const canvas = document.querySelectorAll<HTMLCanvasElement>(".view-stage canvas:first-child")[
      index
    ];
    const copy = document.createElement("canvas");
    copy.width = canvas.width;
    copy.height = canvas.height;
    const context = copy.getContext("2d");
    if (context === null) throw new Error("no 2D context");
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    let sum = 0;
    const greys = new Set<number>();
    for (let i = 0; i < data.length; i += 4) {
      sum += data[i];
      greys.add(data[i]);
    }
    return { mean: sum / (data.length / 4), greys: greys.size };
  }, view);
}
