/** Trainings by several processes as a person starts them: `--processes`, and torchrun's variables. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test from "node:test";
import { latestCheckpoint, runProcess } from "@malleolus/runs";
import { missingForProcessGroups } from "@malleolus/torch";
import { prepareTraining, start } from "../test-small-training.ts";
import { reachableAddress, readPlace } from "./place.ts";

const missing = missingForProcessGroups();
const skip = missing === null ? false : `this build lacks ${missing}`;

interface Event {
  readonly event: string;
  readonly step?: number;
  readonly loss?: number;
  readonly reason?: string;
}

function eventsIn(written: string): Event[] {
  return written.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
}

function losses(events: readonly Event[]): number[] {
  return events.flatMap(({ loss }) => loss ?? []);
}

/** The processes that a process has started, by their numbers. */
function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
}

function parentOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field, the name in parentheses, may hold spaces.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    // It has ended meanwhile.
    return null;
  }
}

test("train: --processes 2 is one command: a polite kill ends all with a checkpoint, a lost process with a message; one goes on", {
  skip,
}, async (context) => {
  const { folder, train } = await prepareTraining(context);
  const directory = join(folder, "run");
  const args = [...train, "--json", "--steps", "400"];
  const polite = start([...args, "--processes", "2"]);
  assert.ok(polite.child.stdout);
  for await (const line of createInterface(polite.child.stdout)) {
    const { event, step } = JSON.parse(line);
    if (event === "step" && step === 2) polite.child.kill("SIGTERM");
  }
  const stopped = await polite.ended;
  assert.equal(stopped.code, 0, stopped.said);
  const events = eventsIn(stopped.written);
  assert.equal(events.at(-1)?.reason, "stopped");
  const step = events.at(-1)?.step ?? 0;
  assert.equal(latestCheckpoint(directory)?.step, step);
  assert.deepEqual(readdirSync(directory).sort(), [
    "checkpoints",
    "events.jsonl",
    "recipe.json",
    "seen-images.json",
  ]);

  const { child, ended } = start([...args, "--processes", "2"]);
  assert.ok(child.stdout && child.pid !== undefined);
  let victim: number | undefined;
  for await (const line of createInterface(child.stdout)) {
    if (victim !== undefined || JSON.parse(line).step !== step + 2) continue;
    victim = childrenOf(child.pid).find((one) => one !== runProcess(directory));
    if (victim !== undefined) process.kill(victim, "SIGKILL");
  }
  const lost = await ended;
  assert.ok(victim !== undefined, lost.said);
  assert.equal(lost.code, 1, lost.said);
  assert.match(lost.said, /^malleolus: process 1 of 2 was ended by SIGKILL$/m);
  const kept = latestCheckpoint(directory);
  assert.ok(kept !== null && kept.step >= step + 2);
  const message = `^malleolus: step ${kept.step + 1}: another of the 2 processes was lost .*what was learned in ${kept.step} steps`;
  assert.match(lost.said, new RegExp(message, "m"));

  const alone = start(args);
  assert.ok(alone.child.stdout);
  for await (const line of createInterface(alone.child.stdout)) {
    const { event, step } = JSON.parse(line);
    if (event === "resume") assert.equal(step, kept.step);
    if (event === "step" && step === kept.step + 1) alone.child.kill("SIGTERM");
  }
  assert.equal((await alone.ended).code, 0);
});

test("train: torchrun's variables, over a port: the losses of one process", {
  skip,
}, async (context) => {
  const { folder, train } = await prepareTraining(context);
  const args = [...train, "--json", "--steps", "3"];
  const port = await freePort();
  const place = (rank: number) => ({
    ...{ RANK: String(rank), WORLD_SIZE: "2", LOCAL_RANK: String(rank), LOCAL_WORLD_SIZE: "2" },
    ...{ MASTER_ADDR: "127.0.0.1", MASTER_PORT: String(port) },
  });
  const ends = await Promise.all([0, 1].map((rank) => start(args, place(rank)).ended));
  for (const { code, said } of ends) assert.equal(code, 0, said);
  assert.equal(ends[1].written, "");
  const one = await start([...args, "--out", join(folder, "one")]).ended;
  const [got, expected] = [ends[0], one].map(({ written }) => losses(eventsIn(written)));
  assert.equal(expected.length, 3);
  // The first update of Adam takes of small gradients little but their sign, and so makes much of their rounding.
  for (const [i, loss] of expected.entries()) {
    assert.ok(Math.abs(got[i] - loss) < (i === 0 ? 1e-5 : 0.05) * loss, `${got} and ${expected}`);
  }
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  assert.ok(typeof address === "object" && address !== null);
  return address.port;
}

test("reachableAddress: where a machine's own name is its loopback, others are told an address that they can reach", () => {
  const address = (own: string, internal: boolean) => ({
    ...{ address: own, netmask: "255.0.0.0", mac: "00:00:00:00:00:00", cidr: null, internal },
    family: "IPv4" as const,
  });
  const interfaces = {
    lo: [address("127.0.0.1", true)],
    eth0: [address("10.0.0.5", false)],
    eth1: [address("172.16.0.5", false)],
  };
  const facts = { host: "trainer-1", towards: "127.0.1.1", outwards: "172.16.0.5", interfaces };
  const reached = reachableAddress(facts, false);
  assert.equal(reached.address, "172.16.0.5");
  assert.match(
    reached.remark ?? "",
    /^MASTER_ADDR=trainer-1 .* 172\.16\.0\.5; .* GLOO_SOCKET_IFNAME$/,
  );
  assert.equal(reachableAddress({ ...facts, outwards: null }, false).address, "10.0.0.5");
  // Those of one machine stay on its loopback.
  assert.deepEqual(reachableAddress(facts, true), { address: "127.0.1.1", remark: null });
  for (const [changes, expected] of [
    [{ towards: "10.0.0.5" }, "10.0.0.5"],
    [{ host: "127.0.0.1" }, "127.0.1.1"],
    [{ host: "localhost" }, "127.0.1.1"],
    [{ outwards: null, interfaces: { lo: interfaces.lo } }, "127.0.1.1"],
  ] as const) {
    const found = reachableAddress({ ...facts, ...changes }, false);
    assert.deepEqual(found, { address: expected, remark: null });
  }
});

test("readPlace: torchrun's variables, and what is said of others", async () => {
  assert.equal(await readPlace({}), null);
  assert.equal(await readPlace({ RANK: "0", WORLD_SIZE: "1" }), null);
  const machine = { RANK: "3", WORLD_SIZE: "4", MASTER_ADDR: "127.0.0.1", MASTER_PORT: "29500" };
  assert.deepEqual(await readPlace({ ...machine, LOCAL_RANK: "1", LOCAL_WORLD_SIZE: "2" }), {
    ...{ rank: 3, size: 4, localRank: 1, localSize: 2 },
    meeting: {
      ...{ host: "127.0.0.1", port: 29500, serves: false, prefix: "" },
      reachedBy: { address: "127.0.0.1" },
    },
    remark: null,
  });
  // A name of the loopback that does not look like one, as a machine's own often is.
  const named = { ...machine, MASTER_ADDR: "2130706433", LOCAL_WORLD_SIZE: "4" };
  const within = await readPlace(named);
  assert.deepEqual(
    [within?.meeting, within?.remark],
    [
      {
        ...{ host: "2130706433", port: 29500, serves: false, prefix: "" },
        reachedBy: { address: "127.0.0.1" },
      },
      null,
    ],
  );
  const kept = { TORCHELASTIC_USE_AGENT_STORE: "True", TORCHELASTIC_RESTART_COUNT: "2" };
  const first = await readPlace({ ...machine, ...kept, RANK: "0", GLOO_SOCKET_IFNAME: "eth1" });
  assert.deepEqual(first?.meeting, {
    ...{ host: "127.0.0.1", port: 29500, serves: false, prefix: "malleolus/2" },
    reachedBy: { interface: "eth1" },
  });
  for (const [changes, message] of [
    [{ RANK: "4" }, /^RANK: expected a whole number from 0 to 3, got 4/],
    [{ RANK: undefined }, /^RANK: .* got nothing/],
    [{ MASTER_ADDR: undefined }, /got no MASTER_ADDR; set them as torchrun does/],
    [{ MASTER_PORT: "x" }, /^MASTER_PORT: expected a whole number from 1 to 65535, got x/],
  ] as const) {
    await assert.rejects(readPlace({ ...machine, ...changes }), { code: "train", message });
  }
});
