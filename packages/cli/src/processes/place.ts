/**
 * This process's place among those that train together, from the environment: the variables that torchrun sets, or
 * those that `train --processes` gives the processes that it starts.
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { MeetingPoint } from "@malleolus/torch";
import { CliError } from "../errors.ts";

export interface Place {
  readonly rank: number;
  readonly size: number;
  /** Among the processes of this machine. */
  readonly localRank: number;
  readonly localSize: number;
  readonly meeting: MeetingPoint;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the processes of one `train --processes` meet: a file. */
export const MEETING_VARIABLE = "MALLEOLUS_MEETING";

/** Null for a process that trains alone. @throws CliError `train` for variables that say no place. */
export async function readPlace(environment: Environment): Promise<Place | null> {
  if (environment.RANK === undefined && environment.WORLD_SIZE === undefined) return null;
  const size = numberOf(environment, "WORLD_SIZE", 1, 1 << 16);
  const rank = numberOf(environment, "RANK", 0, size - 1);
  if (size === 1) return null;
  const file = environment[MEETING_VARIABLE];
  const meeting = file === undefined ? await meetingAt(environment, rank) : { file };
  const isLocal = file !== undefined;
  const localSize =
    environment.LOCAL_WORLD_SIZE === undefined
      ? isLocal
        ? size
        : 1
      : numberOf(environment, "LOCAL_WORLD_SIZE", 1, size);
  const localRank =
    environment.LOCAL_RANK === undefined
      ? isLocal
        ? rank
        : 0
      : numberOf(environment, "LOCAL_RANK", 0, 1 << 16);
  return { rank, size, localRank, localSize, meeting };
}

async function meetingAt(environment: Environment, rank: number): Promise<MeetingPoint> {
  const host = environment.MASTER_ADDR;
  if (host === undefined || host === "") {
    throw new CliError(
      "train",
      "RANK and WORLD_SIZE are set: expected MASTER_ADDR and MASTER_PORT beside them, the machine of process 0 and " +
        "a free port there, got no MASTER_ADDR; set them as torchrun does, or unset all to train alone",
    );
  }
  const port = numberOf(environment, "MASTER_PORT", 1, 65535);
  // torchrun keeps the meeting point itself, unless it was told not to.
  const isKept = environment.TORCHELASTIC_USE_AGENT_STORE === "True";
  const name = environment.GLOO_SOCKET_IFNAME;
  return {
    host,
    port,
    serves: rank === 0 && !isKept,
    prefix: isKept ? `malleolus/${environment.TORCHELASTIC_RESTART_COUNT ?? 0}` : "",
    reachedBy: name ? { interface: name } : { address: await addressTowards(host, port) },
  };
}

/** This machine's address as the other one sees it. Nothing is sent. */
async function addressTowards(host: string, port: number): Promise<string> {
  for (const type of ["udp4", "udp6"] as const) {
    const socket = createSocket(type);
    try {
      socket.connect(port, host);
      await once(socket, "connect");
      return socket.address().address;
    } catch {
      // Of the other family, or nowhere.
    } finally {
      socket.close();
    }
  }
  throw new CliError(
    "train",
    `MASTER_ADDR=${host}: expected a machine that can be reached from here, got no way to it; name another, or say ` +
      "by GLOO_SOCKET_IFNAME over which network interface",
  );
}

function numberOf(environment: Environment, name: string, least: number, most: number): number {
  const text = environment[name] ?? "";
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new CliError(
    "train",
    `${name}: expected a whole number from ${least} to ${most}, got ${text === "" ? "nothing" : text}; set RANK, ` +
      "WORLD_SIZE, MASTER_ADDR and MASTER_PORT as torchrun does, or none of them",
  );
}
