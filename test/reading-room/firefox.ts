/**
 * Debian's Firefox ESR for a smoke test, driven by its own WebDriver BiDi over a socket: playwright-core drives
 * only a Firefox of its own making. What a test needs, and no more.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";

const FIREFOX = "/usr/bin/firefox-esr";

/** Why tests in Firefox are skipped; false where they are not. */
export const noFirefox: string | false = existsSync(FIREFOX)
  ? false
  : `no ${FIREFOX}; install Debian's firefox-esr`;

export interface FirefoxPage {
  goto(address: string): Promise<void>;
  /** What an expression in the page comes to, awaited. */
  evaluate(expression: string): Promise<unknown>;
  /** Until an expression is true. */
  until(expression: string): Promise<void>;
  /** Types text, or presses one named key. */
  type(keys: string): Promise<void>;
  /** What the console said of errors. */
  readonly troubles: readonly string[];
  close(): Promise<void>;
}

/** WebDriver's code points of named keys. */
export const ENTER = "\uE007";
export const TAB = "\uE004";
export const SHIFT = "\uE008";

const START_MS = 60_000;
const TIMEOUT_MS = 60_000;

const messageSchema = z.union([
  z.object({ type: z.literal("success"), id: z.number(), result: z.unknown() }),
  z.object({ type: z.literal("error"), id: z.number().nullable(), message: z.string() }),
  z.object({
    type: z.literal("event"),
    method: z.string(),
    params: z.object({ level: z.string().optional(), text: z.string().nullish() }),
  }),
]);
const contextSchema = z.object({ context: z.string() });
const evaluatedSchema = z.union([
  z.object({ type: z.literal("success"), result: z.object({ value: z.unknown().optional() }) }),
  z.object({
    type: z.literal("exception"),
    exceptionDetails: z.object({ text: z.string() }),
  }),
]);

export async function launchFirefox(): Promise<FirefoxPage> {
  const profile = mkdtempSync(join(tmpdir(), "malleolus-firefox-"));
  const child = spawn(
    FIREFOX,
    [
      "--headless",
      "--no-remote",
      "--profile",
      profile,
      "--remote-debugging-port",
      "0",
      "about:blank",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const socket = new WebSocket(`${await addressOf(child)}/session`);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("Firefox takes no connection")));
  });
  const troubles: string[] = [];
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  socket.addEventListener("message", ({ data }) => {
    const message = messageSchema.parse(JSON.parse(String(data)));
    if (message.type === "event") {
      if (message.params.level === "error") troubles.push(message.params.text ?? "");
      return;
    }
    const asked = waiting.get(message.id ?? -1);
    if (message.type === "success") asked?.resolve(message.result);
    else asked?.reject(new Error(message.message));
  });
  let last = 0;
  const ask = (method: string, params: object): Promise<unknown> => {
    last += 1;
    const answer = Promise.withResolvers<unknown>();
    waiting.set(last, answer);
    socket.send(JSON.stringify({ id: last, method, params }));
    return answer.promise;
  };

  await ask("session.new", { capabilities: {} });
  await ask("session.subscribe", { events: ["log.entryAdded"] });
  const { context } = contextSchema.parse(await ask("browsingContext.create", { type: "tab" }));
  const evaluate = async (expression: string) => {
    const answer = evaluatedSchema.parse(
      await ask("script.evaluate", { expression, target: { context }, awaitPromise: true }),
    );
    if (answer.type === "success") return answer.result.value;
    throw new Error(answer.exceptionDetails.text);
  };
  return {
    troubles,
    evaluate,
    async goto(url) {
      await ask("browsingContext.navigate", { context, url, wait: "complete" });
    },
    async until(expression) {
      const end = Date.now() + TIMEOUT_MS;
      while ((await evaluate(`Boolean(${expression})`)) !== true) {
        if (Date.now() > end) throw new Error(`Firefox: never ${expression}`);
        await wait(50);
      }
    },
    async type(keys) {
      const held = keys.startsWith(SHIFT) ? [SHIFT] : [];
      const pressed = [...keys].filter((key) => key !== SHIFT);
      await ask("input.performActions", {
        context,
        actions: [
          {
            type: "key",
            id: "keyboard",
            actions: [
              ...held.map((value) => ({ type: "keyDown", value })),
              ...pressed.flatMap((value) => [
                { type: "keyDown", value },
                { type: "keyUp", value },
              ]),
              ...held.map((value) => ({ type: "keyUp", value })),
            ],
          },
        ],
      });
    },
    async close() {
      socket.close();
      child.kill();
      await new Promise((resolve) => child.once("exit", resolve));
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** `WebDriver BiDi listening on ws://127.0.0.1:…`, on standard error. */
async function addressOf(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = "";
  child.stderr?.on("data", (data) => {
    said += String(data);
    const address = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(said)?.[1];
    if (address !== undefined) resolve(address);
  });
  child.once("exit", () => reject(new Error(`Firefox ended: ${said}`)));
  const timer = setTimeout(() => reject(new Error(`Firefox is silent: ${said}`)), START_MS);
  return promise.finally(() => clearTimeout(timer));
}
