/**
 * This process's place among those that train together, from the environment: the variables that torchrun sets, or
 * those that `train --processes` gives the processes that it starts.
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import type { MeetingPoint } from "@malleolus/torch";
import { CliError } from "../errors.ts";

export interface Place {
  readonly rank: number;
  readonly size: number;
  /** Among the processes of this machine. */
  readonly localRank: number;
  readonly localSize: number;
  readonly meeting: MeetingPoint;
  /** What a person should know of it; null for nothing. */
  readonly remark: string | null;
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
  const { meeting, remark } = isLocal
    ? { meeting: { file }, remark: null }
    : await meetingAt(environment, rank, localSize === size);
  return { rank, size, localRank, localSize, meeting, remark };
}

async function meetingAt(
  environment: Environment,
  rank: number,
  isOneMachine: boolean,
): Promise<Pick<Place, "meeting" | "remark">> {
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
  const { reachedBy, remark } = name
    ? { reachedBy: { interface: name }, remark: null }
    : await addressOf(host, port, isOneMachine);
  return {
    meeting: {
      host,
      port,
      serves: rank === 0 && !isKept,
      prefix: isKept ? `malleolus/${environment.TORCHELASTIC_RESTART_COUNT ?? 0}` : "",
      reachedBy,
    },
    remark,
  };
}

async function addressOf(host: string, port: number, isOneMachine: boolean) {
  const { address, remark } = reachableAddress(await factsOf(host, port), isOneMachine);
  return { reachedBy: { address }, remark };
}

export interface Facts {
  /** MASTER_ADDR. */
  readonly host: string;
  /** By which this machine sends to it. */
  readonly towards: string;
  /** By which it sends to other networks; null where it has no way there. */
  readonly outwards: string | null;
  readonly interfaces: NodeJS.Dict<readonly NetworkInterfaceInfo[]>;
}

/**
 * Where all processes are on one machine, the way to process 0 is theirs, and nothing else needs to reach them: on the
 * loopback they stay on it. Else the address by which others reach this process, and what a person should know of it. On the machine of process 0
 * its own name often leads to the loopback (Debian writes 127.0.1.1 into /etc/hosts), where no other machine finds it:
 * then it is the address by which this machine sends to other networks, else its first one.
 */
export function reachableAddress(
  { host, towards, outwards, interfaces }: Facts,
  isOneMachine: boolean,
): {
  readonly address: string;
  readonly remark: string | null;
} {
  const isNamedSo = isLoopback(host) || host === "localhost";
  if (isOneMachine || isNamedSo || !isLoopback(towards)) return { address: towards, remark: null };
  const own = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  const first = own.find(({ internal, family }) => !internal && family === "IPv4");
  const address = outwards !== null && !isLoopback(outwards) ? outwards : first?.address;
  // A machine without a network: whoever trains with it is on it.
  if (address === undefined) return { address: towards, remark: null };
  return {
    address,
    remark:
      `MASTER_ADDR=${host} is this machine's loopback here: other processes are told to reach this one at ${address}; ` +
      "if they cannot, name the network interface that they can reach by GLOO_SOCKET_IFNAME",
  };
}

function isLoopback(address: string): boolean {
  return /^(?:127\.|::1$|::ffff:127\.)/.test(address);
}

/** An address of documentation's own (RFC 5737), which is in no network of one's own. */
const ELSEWHERE = "192.0.2.1";

async function factsOf(host: string, port: number): Promise<Facts> {
  const towards = await sourceTowards(host, port);
  if (towards === null) {
    throw new CliError(
      "train",
      `MASTER_ADDR=${host}: expected a machine that can be reached from here, got no way to it; name another, or say ` +
        "by GLOO_SOCKET_IFNAME over which network interface",
    );
  }
  const outwards = await sourceTowards(ELSEWHERE, port);
  return { host, towards, outwards, interfaces: networkInterfaces() };
}

/** The address from which this machine sends to another; null where it has no way to it. Nothing is sent. */
async function sourceTowards(host: string, port: number): Promise<string | null> {
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
  return null;
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
