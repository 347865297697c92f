/**
 * Processes that compute together, by LibTorch's c10d and Gloo: every process calls the same collectives in
 * the same order. A collective blocks until the others have come to it.
 *
 * Whoever reaches the meeting point or a process's port takes part: there is neither a password nor
 * encryption in it, so that it belongs on one machine or in a network of one's own.
 */
import { TorchError } from "../errors.ts";
import { type GroupHandle, native } from "../native.ts";
import type { Tensor } from "../tensor.ts";

/** Where the processes find one another. */
export type MeetingPoint =
  /** A file of one machine that does not exist yet; nothing listens beyond the loopback. */
  | { readonly file: string }
  | {
      readonly host: string;
      readonly port: number;
      /** Whether this process keeps the meeting point; one does, unless another program has it. */
      readonly serves: boolean;
      /** Before each key, where others use the same one. */
      readonly prefix: string;
      /** By which the others reach this process: a network interface's name, or an address. */
      readonly reachedBy: { readonly interface: string } | { readonly address: string };
    };

export interface ProcessGroupOptions {
  /** From 0. */
  readonly rank: number;
  readonly size: number;
  readonly meeting: MeetingPoint;
  /** For how long another process may be silent before it counts as lost. */
  readonly timeoutMs: number;
}

export interface ProcessGroup {
  readonly rank: number;
  readonly size: number;
  /** In place, on the CPU: the sum or the maximum over all processes, the same bits in each. */
  allReduce(tensor: Tensor, reduction: "sum" | "max"): void;
  /** In place, on the CPU: what process `from` holds. */
  broadcast(tensor: Tensor, from: number): void;
  leave(): void;
  /** The addon's own of it. */
  readonly handle: GroupHandle;
}

/** What must be installed before this build of the addon has process groups; null where it has them. */
export function missingForProcessGroups(): string | null {
  return native.missingForProcessGroups();
}

/**
 * Waits for the other processes and joins them.
 *
 * @throws TorchError `setup` where the addon has no process groups, `lost` where the others do not come.
 *   Each of the group's functions throws `lost` where another process is gone or silent.
 */
export function joinProcessGroup(options: ProcessGroupOptions): ProcessGroup {
  const { rank, size, meeting, timeoutMs } = options;
  const missing = missingForProcessGroups();
  if (missing !== null) {
    throw new TorchError(
      "setup",
      `several processes need ${missing}; the next call builds the addon with it`,
    );
  }
  const handle =
    "file" in meeting
      ? native.joinProcessGroup(
          rank,
          size,
          meeting.file,
          null,
          0,
          false,
          "",
          null,
          "127.0.0.1",
          timeoutMs,
        )
      : native.joinProcessGroup(
          rank,
          size,
          null,
          meeting.host,
          meeting.port,
          meeting.serves,
          meeting.prefix,
          "interface" in meeting.reachedBy ? meeting.reachedBy.interface : null,
          "address" in meeting.reachedBy ? meeting.reachedBy.address : null,
          timeoutMs,
        );
  return {
    rank,
    size,
    handle,
    allReduce: (tensor, reduction) => native.allReduce(handle, tensor.live(), reduction),
    broadcast: (tensor, from) => native.broadcast(handle, tensor.live(), from),
    leave: () => native.leaveProcessGroup(handle),
  };
}
