/**
 * The tab, the server and the network killed in every state that a drawing's saving has, each state at a desk of its
 * own, all at the same moment: whatever was finished is on the server in the end, once, and what was in hand is
 * put aside. The server is a process that is killed with
 * its study on the disk; session, journal's form, outbox and client are the page's own; only the browser's
 * storage is a map. That storage itself is the browser's test's.
 */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import test, { type TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { type AnnotationContent, annotatingCaseSchema, worklistSchema } from "@malleolus/schema";
import { studyWithPeople } from "@malleolus/studies/test-people";
import { addDrawableCases, signedIn } from "../../packages/server/src/test-room.ts";
import { startProcess } from "../../packages/server/src/test-savers.ts";
import {
  type AnnotatingSession,
  openAnnotating,
} from "../../packages/web/src/annotator/annotating-session.ts";
import { drawingStart } from "../../packages/web/src/annotator/drawing-start.ts";
import type { HistoryEntry } from "../../packages/web/src/annotator/history.ts";
import type { Journal, JournalHead } from "../../packages/web/src/annotator/journal.ts";
import { heedServer, keepChanges } from "../../packages/web/src/annotator/keep-saved.ts";
import { createClient } from "../../packages/web/src/api/client.ts";
import { saveStateOf } from "../../packages/web/src/save/outbox.ts";
import {
  type ActStore,
  type Outbox,
  openOutbox,
} from "../../packages/web/src/save/outbox-runner.ts";
import { sendAct } from "../../packages/web/src/save/send-act.ts";

/** What becomes of a request: whether it arrives, and whether its answer does. */
type Network =
  | "up"
  | "down"
  | "held before it arrives"
  | "held once it has arrived"
  | "its answer is lost"
  | "its asker is nobody"
  | "only saves arrive";

/** Between a tab and the server. */
interface Link {
  network: Network;
  /** The tab is gone: nobody hears an answer, nothing is written any more. */
  isDead: boolean;
  /** Whose answers are waited for: they are lost with the network, and with the server. */
  readonly held: Set<() => void>;
}

/** One browser's storage, which its tabs leave behind. */
interface Storage {
  readonly cookie: string;
  readonly acts: Map<string, string>;
  readonly heads: Map<string, JournalHead>;
  readonly steps: Map<number, HistoryEntry>;
}

/** One case, at which somebody sits with one browser. */
interface Desk {
  readonly code: string;
  readonly storage: Storage;
  /** Points of shapes that must be there in the end: of each that was begun, and of each that was moved elsewhere. */
  readonly expected: (readonly number[])[];
}

interface Tab {
  readonly desk: Desk;
  readonly session: AnnotatingSession;
  readonly outbox: Outbox;
  readonly link: Link;
  readonly die: () => void;
}

interface Room {
  readonly context: TestContext;
  readonly folder: string;
  readonly cookie: string;
  readonly codes: readonly string[];
  child: ChildProcess;
  address: string;
}

async function startRoom(context: TestContext): Promise<Room> {
  const study = await studyWithPeople(context);
  const ids = Object.keys(STATES).map((_, index) => `case-${index}`);
  await addDrawableCases(study, ids);
  const { cookie } = await signedIn(study, "annotator-1");
  const { folder } = study;
  const { child, address } = await startProcess(context, folder);
  const url = `${address}/api/worklist?queue=annotation`;
  const list = await fetch(url, { headers: { cookie } });
  const codes = worklistSchema.parse(await list.json()).entries.map(({ code }) => code);
  assert.equal(codes.length, ids.length);
  return { context, folder, cookie, codes, child, address };
}

/** No network: whatever is waited for never comes. */
function loseAll(link: Link): void {
  link.network = "down";
  for (const lose of link.held) lose();
}

function newStorage({ cookie }: Room): Storage {
  return { cookie, acts: new Map(), heads: new Map(), steps: new Map() };
}

function fetchBy(room: Room, { cookie }: Storage, link: Link): typeof fetch {
  const waiting = () =>
    new Promise<never>((_, reject) => {
      link.held.add(() => reject(new TypeError("no answer")));
    });
  return async (path, init = {}) => {
    const { network } = link;
    const isRead = (init.method ?? "GET") === "GET";
    if (link.isDead || network === "held before it arrives") return waiting();
    if (network === "down" || (network === "only saves arrive" && isRead)) {
      throw new TypeError("no network");
    }
    const headers = new Headers(init.headers);
    if (network !== "its asker is nobody") headers.set("cookie", cookie);
    const answer = await fetch(`${room.address}${String(path)}`, { ...init, headers });
    const body = await answer.arrayBuffer();
    if (link.isDead || network === "held once it has arrived") return waiting();
    if (network === "its answer is lost") throw new TypeError("no answer");
    return new Response(body, { status: answer.status });
  };
}

function actsOf({ acts }: Storage, link: Link): ActStore {
  return {
    get length() {
      return acts.size;
    },
    key: (index) => [...acts.keys()][index] ?? null,
    getItem: (key) => acts.get(key) ?? null,
    setItem: (key, value) => void (link.isDead || acts.set(key, value)),
    removeItem: (key) => void (link.isDead || acts.delete(key)),
  };
}

function journalOf({ heads, steps }: Storage, link: Link): Journal {
  return {
    async read(code) {
      const head = heads.get(code);
      if (head === undefined) return null;
      const { first, done } = head;
      const entries = Array.from({ length: head.steps }, (_, i) => steps.get(first + i));
      return { head, history: { entries: entries.filter((one) => one !== undefined), done } };
    },
    async write(code, head, { from, entries }) {
      if (link.isDead) return;
      heads.set(code, structuredClone(head));
      for (const [i, entry] of entries.entries()) steps.set(from + i, structuredClone(entry));
    },
    async forget(code) {
      heads.delete(code);
    },
  };
}

async function openTab(room: Room, desk: Desk): Promise<Tab> {
  const { code, storage } = desk;
  const link: Link = { network: "up", isDead: false, held: new Set() };
  const client = createClient(fetchBy(room, storage, link));
  await client.session();
  const outbox = openOutbox({
    account: { login: "annotator-1" },
    store: actsOf(storage, link),
    page: randomUUID(),
    // Of one browser there is one tab at a time.
    isGone: () => true,
    now: Date.now,
    send: (act, version) => sendAct(client, act, version),
  });
  const journal = journalOf(storage, link);
  const detail = await client.get(`/api/annotating/${code}`, annotatingCaseSchema);
  const start = drawingStart(detail, await journal.read(code));
  outbox.setVersion(code, start.version);
  const session = openAnnotating({
    detail,
    start,
    view: { linked: false, startWindow: null },
    now: Date.now,
    newId: randomUUID,
  });
  const stops = [
    heedServer({ session, outbox, client, journal, onSubmitted: () => undefined }),
    keepChanges({ session, outbox, journal }),
  ];
  const die = () => {
    link.isDead = true;
    outbox.close();
    for (const stop of stops) stop();
  };
  room.context.after(die);
  return { desk, session, outbox, link, die };
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const end = Date.now() + 30_000;
  while (!condition()) {
    assert.ok(Date.now() < end, `waited for: ${what}`);
    await wait(5);
  }
}

/** A triangle that no other of the case is. */
function nextTriangle({ expected }: Desk): readonly number[] {
  const x = 2 + expected.length * 4;
  return [x, 2, x + 3, 2, x + 3, 8];
}

function place({ session }: Tab, points: readonly number[], index: number) {
  const { id } = session.detail.images[0];
  const at = { x: points[2 * index], y: points[2 * index + 1] };
  const keys = { shift: false, alt: false, ctrl: true };
  return { image: id, at, scale: { x: 100, y: 100 }, kind: "mouse" as const, ...keys };
}

function beginTriangle(tab: Tab): readonly number[] {
  const points = nextTriangle(tab.desk);
  tab.desk.expected.push(points);
  const { editor } = tab.session;
  editor.dispatch({ type: "take tool", tool: "polygon" });
  for (const index of [0, 1, 2]) {
    editor.dispatch({ type: "click", place: place(tab, points, index) });
  }
  return points;
}

function drawTriangle(tab: Tab): readonly number[] {
  const points = beginTriangle(tab);
  tab.session.editor.dispatch({ type: "finish" });
  return points;
}

/** The shape that both browsers change. */
function doubt({ session }: Tab, points: readonly number[]): void {
  const shape = session.content().shapes.find((one) => String(one.points) === String(points));
  assert.ok(shape !== undefined, "the shape is here");
  session.editor.dispatch({ type: "doubt", id: shape.id });
}

async function isSaved(tab: Tab): Promise<void> {
  const { outbox, session } = tab;
  await until("everything is acknowledged", () => {
    for (const conflict of session.conflicts.state()) session.choose(conflict, "both");
    const { acts, refused, sending } = outbox.state();
    if (acts.length > 0 && sending === null) outbox.tryNow();
    return acts.length + refused.length === 0;
  });
}

/** Somebody else at another computer, with the same name: moves the shape there, and saves it. */
async function moveElsewhere(room: Room, desk: Desk, points: readonly number[]): Promise<void> {
  const other = await openTab(room, { ...desk, storage: newStorage(room) });
  const { session } = other;
  const shape = session.content().shapes.find((one) => String(one.points) === String(points));
  assert.ok(shape !== undefined, "the shape is there");
  const selection = { ids: [shape.id], vertex: null, offer: null };
  session.editor.dispatch({ type: "select", selection });
  session.editor.dispatch({ type: "move", dx: 0, dy: 100 });
  await isSaved(other);
  other.die();
  desk.expected.push(points.map((value, i) => (i % 2 === 1 ? value + 100 : value)));
}

type IntoState = (tab: Tab, room: Room) => Promise<void>;

const sendBy =
  (network: Network, reached: (tab: Tab) => boolean): IntoState =>
  async (tab) => {
    tab.link.network = network;
    drawTriangle(tab);
    tab.outbox.tryNow();
    await until(network, () => reached(tab));
  };

const kindOf = ({ outbox }: Tab) => saveStateOf(outbox.state()).kind;

const STATES: Readonly<Record<string, IntoState>> = {
  "in hand": async (tab) => void beginTriangle(tab),
  journalled: async (tab) => void drawTriangle(tab),
  "on its way": sendBy("held before it arrives", ({ outbox }) => outbox.state().sending !== null),
  arrived: sendBy("held once it has arrived", ({ link }) => link.held.size > 0),
  saved: sendBy("up", (tab) => kindOf(tab) === "saved"),
  "answer lost": sendBy("its answer is lost", (tab) => kindOf(tab) === "offline"),
  offline: sendBy("down", (tab) => kindOf(tab) === "offline"),
  "signed out": sendBy("its asker is nobody", (tab) => kindOf(tab) === "signed out"),
  "stale, nothing known of the other": async (tab, room) => {
    const shape = drawTriangle(tab);
    await isSaved(tab);
    await moveElsewhere(room, tab.desk, shape);
    tab.link.network = "only saves arrive";
    doubt(tab, shape);
    tab.outbox.tryNow();
    await until("stale", () => tab.outbox.state().refused.length > 0);
  },
  "conflict open": async (tab, room) => {
    const shape = drawTriangle(tab);
    await isSaved(tab);
    await moveElsewhere(room, tab.desk, shape);
    doubt(tab, shape);
    tab.outbox.tryNow();
    await until("a conflict", () => tab.session.conflicts.state().length > 0);
  },
};

/** It lasts for less than a second, so that it comes last. */
const SENT_SOON = "journalled";

/** Gives back the tabs that go on. */
const KILLS: Readonly<Record<string, (tabs: readonly Tab[], room: Room) => Promise<Tab[]>>> = {
  async tab(tabs, room) {
    for (const { die } of tabs) die();
    return Promise.all(tabs.map(({ desk }) => openTab(room, desk)));
  },
  /** And started again on what it has left on the disk. */
  async server(tabs, room) {
    room.child.kill("SIGKILL");
    await once(room.child, "close");
    for (const { link } of tabs) loseAll(link);
    const { child, address } = await startProcess(room.context, room.folder);
    Object.assign(room, { child, address });
    return [...tabs];
  },
  async network(tabs) {
    for (const tab of tabs) {
      loseAll(tab.link);
      drawTriangle(tab);
    }
    await wait(50);
    return [...tabs];
  },
};

for (const [killed, kill] of Object.entries(KILLS)) {
  test(`drawing: the ${killed} killed in every state of saving loses nothing`, async (context) => {
    const room = await startRoom(context);
    const states = Object.entries(STATES);
    const tabs = await Promise.all(
      room.codes.map((code) => openTab(room, { code, storage: newStorage(room), expected: [] })),
    );
    const soon = states.findIndex(([state]) => state === SENT_SOON);
    await Promise.all(
      states.map(([, into], index) => (index === soon ? null : into(tabs[index], room))),
    );
    await states[soon][1](tabs[soon], room);
    for (const [index, tab] of (await kill(tabs, room)).entries()) {
      const [state] = states[index];
      tab.link.network = "up";
      const { editor } = tab.session;
      // Whoever had begun an outline finds it, in hand or put aside, and ends it.
      if (editor.state().tool.at.phase === "drawing") editor.dispatch({ type: "finish" });
      for (const id of editor.state().document.parked.keys()) {
        editor.dispatch({ type: "resume", id });
        editor.dispatch({ type: "finish" });
      }
      await isSaved(tab);
      const content = await savedContent(room, tab.desk);
      assert.deepEqual(content.parked, [], state);
      for (const points of tab.desk.expected) {
        const text = String(points);
        const aside = content.setAside.filter(({ shape }) => String(shape.points) === text);
        const drawn = content.shapes.filter((shape) => String(shape.points) === text);
        const found = `${state}, ${text}: ${drawn.length} drawn, ${aside.length} aside`;
        assert.equal(drawn.length || aside.length, 1, found);
      }
      const onServer = content.shapes.map(({ id }) => id).toSorted();
      const here = tab.session
        .content()
        .shapes.map(({ id }) => id)
        .toSorted();
      assert.deepEqual(onServer, here, state);
    }
  });
}

async function savedContent({ cookie, address }: Room, { code }: Desk): Promise<AnnotationContent> {
  const answer = await fetch(`${address}/api/annotating/${code}`, { headers: { cookie } });
  const { draft } = annotatingCaseSchema.parse(await answer.json());
  assert.ok(draft !== null, "nothing is saved");
  return draft.content;
}
