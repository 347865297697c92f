/**
 * Whether a study's file of SQLite lies on another machine's disk. SQLite keeps those who use a file apart by locks and by
 * memory that they share: over a network the one is as good as the server's locks, and the other is each machine's own.
 */
import { statfsSync } from "node:fs";
import { isPostgresUrl } from "./database/postgres-dialect.ts";
import { databaseLocation, type Study } from "./study.ts";

/** By the numbers of Linux's `statfs(2)`. FUSE is not here: it is as often a disk of this machine. */
const NETWORKS: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "SMB"],
  [0xfe534d42, "SMB"],
  [0x00c36400, "Ceph"],
  [0x0bd00bd0, "Lustre"],
  [0x19830326, "BeeGFS"],
  [0x47504653, "GPFS"],
  [0x5346414f, "AFS"],
  [0x01021997, "9P"],
]);

type FileSystemOf = (path: string) => { readonly type: number };

/** What whoever works on this study should know of its file, in a sentence; null where there is nothing to say. */
export function sharedFileWarning(
  { folder, configuration }: Pick<Study, "folder" | "configuration">,
  fileSystemOf: FileSystemOf = statfsSync,
): string | null {
  const location = databaseLocation(folder, configuration.storage.database);
  if (isPostgresUrl(location)) return null;
  // The file itself: it may be a link to another disk.
  const network = NETWORKS.get(fileSystemOf(location).type >>> 0);
  if (network === undefined) return null;
  return (
    `${location} lies on a file system of the network (${network}): SQLite loses records there as soon as two machines ` +
    "use it at a time; keep to one machine, or take the study to PostgreSQL with malleolus move-study"
  );
}
