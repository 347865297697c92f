/**
 * A PostgreSQL for the tests: Debian's, in a temporary folder, on a socket there and on no port. A process that
 * is root starts it as the user `postgres`, since it refuses root.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  globSync,
  mkdtempSync,
  statfsSync,
} from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { openDatabase } from "./database/open-database.ts";

const run = promisify(execFile);
const PREPARED = "prepared";
const [DISK, MEMORY] = ["/tmp", "/dev/shm"];
/** Of a server's files, with all that it writes ahead. */
const ROOM_BYTES = 2 * 2 ** 30;

export interface TestPostgres {
  /** Of a database on it that is there always. */
  readonly url: string;
  /** Ends it as an operator does (`fast`) or at once, without a checkpoint (`immediate`), and starts it again. */
  restart(mode: "fast" | "immediate"): Promise<void>;
  stop(): Promise<void>;
}

/** The newest one that is installed; null where there is none. */
export function findPostgres(): string | null {
  const found = globSync("/usr/lib/postgresql/*/bin/initdb").toSorted(
    (a, b) => Number(b.split("/")[4]) - Number(a.split("/")[4]),
  );
  return found.length === 0 ? null : join(found[0], "..");
}

/**
 * Where servers of many small databases are quick: in memory, if there is room and it may be written. A database is
 * three hundred files; to make it and remove it again takes half a second of a disk, and more than most tests of a study.
 */
export function quickestPlace(): string {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > ROOM_BYTES ? MEMORY : DISK;
  } catch {
    return DISK;
  }
}

/**
 * Starts one, with a study's empty tables prepared. `settings` are options of `postgres`. It ends with this process,
 * however that ends.
 */
export async function startPostgres(
  bin: string,
  settings: Readonly<Record<string, string>> = {},
  place: string = DISK,
): Promise<TestPostgres> {
  // Short: a socket's path has 107 characters.
  const folder = mkdtempSync(join(place, "malleolus-pg-"));
  const as = userInfo().uid === 0 ? asPostgres(folder) : [];
  const command = (program: string, ...args: string[]) => {
    const [first, ...rest] = [...as, join(bin, program), ...args];
    return run(first, rest, { cwd: folder });
  };
  const data = join(folder, "data");
  const user = as.length === 0 ? userInfo().username : "postgres";
  const all = {
    listen_addresses: "",
    unix_socket_directories: folder,
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    max_connections: "300",
    shared_buffers: "64MB",
    autovacuum: "off",
    log_min_messages: "fatal",
    ...settings,
  };
  const options = Object.entries(all).map(([name, value]) => `-c ${name}='${value}'`);
  const start = () =>
    command(
      "pg_ctl",
      "-D",
      data,
      "-w",
      "-o",
      options.join(" "),
      "-l",
      join(folder, "log"),
      "start",
    );
  const url = `postgres://${user}@/postgres?host=${encodeURIComponent(folder)}`;
  const guard = startGuard([...as], join(bin, "pg_ctl"), data, folder);
  const stop = async () => {
    guard.ref();
    guard.stdin?.end();
    if (guard.exitCode === null) await once(guard, "exit");
  };
  try {
    await command("initdb", "-D", data, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C");
    await start();
    const prepared = await createTestDatabase(url, PREPARED, "template1");
    await (await openDatabase(prepared)).destroy();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    async restart(mode) {
      await command("pg_ctl", "-D", data, "-w", "-m", mode, "stop");
      await start();
    },
    stop,
  };
}

/**
 * A process that stops the server and removes its folder when its input ends: by `stop`, or since this process is
 * gone, killed or not. The server itself is a daemon, which would stay.
 */
function startGuard(
  as: readonly string[],
  control: string,
  data: string,
  folder: string,
): ChildProcess {
  const script = 'read -r _; "$0" -D "$1" -w -m immediate stop; rm -rf "$2"';
  const [first, ...rest] = [...as, "sh", "-c", script, control, data, folder];
  // In a group of its own: Ctrl-C is for the tests.
  const options = { cwd: "/", detached: true } as const;
  const guard = spawn(first, rest, { ...options, stdio: ["pipe", "ignore", "ignore"] });
  guard.unref();
  return guard;
}

function asPostgres(folder: string): string[] {
  const id = (option: string) =>
    Number(execFileSync("id", [option, "postgres"], { encoding: "utf8" }).trim());
  const [user, group] = [id("-u"), id("-g")];
  chownSync(folder, user, group);
  if (!existsSync("/usr/bin/setpriv")) throw new Error("expected setpriv of util-linux, got none");
  return ["setpriv", `--reuid=${user}`, `--regid=${group}`, "--clear-groups"];
}

/** An empty database with a study's tables; returns its URL. */
export async function createTestDatabase(
  url: string,
  name: string,
  template = PREPARED,
): Promise<string> {
  await administer(url, `create database "${name}" template "${template}"`);
  const address = new URL(url.replace("@/", "@socket/"));
  return `${address.protocol}//${address.username}@/${name}${address.search}`;
}

export async function dropTestDatabase(url: string, name: string): Promise<void> {
  await administer(url, `drop database "${name}" with (force)`);
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
