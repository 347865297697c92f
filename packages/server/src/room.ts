/** What every route of one study's server works with. */
import { type GroupCommits, groupCommits, type Study, serverSecret } from "@malleolus/studies";
import { type AuditLog, startAuditLog } from "./audit-log.ts";
import { type EncodedImages, startEncodedImages } from "./images/encoded-images.ts";

export interface Room extends GroupCommits {
  readonly study: Study;
  /** From which opaque names are derived. */
  readonly secret: string;
  readonly images: EncodedImages;
  readonly audit: AuditLog;
  /** Hash of the token that makes the first administrator. */
  readonly setupSha256: string;
}

export async function openRoom(study: Study, given: Pick<Room, "setupSha256">): Promise<Room> {
  const commits = groupCommits(study);
  return {
    ...commits,
    ...given,
    study,
    secret: await serverSecret(study),
    images: startEncodedImages(),
    audit: startAuditLog(commits),
  };
}

/** Writes down what is left; the study stays open. */
export async function closeRoom(room: Room): Promise<void> {
  await room.audit.close();
  await room.settled();
  await room.images.close();
}
