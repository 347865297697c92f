/**
 * Every change of a drawing into the journal and the outbox, and what the server says of it back into the session. It
 * knows no page. Both are given up by what they return.
 */
import { annotatingCaseSchema, offersSchema } from "@malleolus/schema";
import type { Client } from "../api/client.ts";
import type { Outbox } from "../save/outbox-runner.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import type { Journal } from "./journal.ts";

interface KeepingParts {
  readonly session: AnnotatingSession;
  readonly outbox: Outbox;
  /** Null where the browser keeps nothing. */
  readonly journal: Journal | null;
}

interface HeedingParts extends KeepingParts {
  readonly client: Pick<Client, "get">;
  /** The case is submitted; `next` is the code of the one after it. */
  readonly onSubmitted: (next: string | null) => void;
}

/** What the server has is asked for again so long after it could not be had. */
const ASKED_AGAIN_MS = 2000;

/** As long as the case is this page's to write. */
export function keepChanges({ session, outbox, journal }: KeepingParts): () => void {
  const { code } = session.detail;
  return session.onChange({
    save: outbox.put,
    journal: (head, steps) => void journal?.write(code, head, steps).catch(() => undefined),
  });
}

/** As long as the case is open: acknowledgements, and versions that were made elsewhere. */
export function heedServer({
  session,
  outbox,
  client,
  journal,
  onSubmitted,
}: HeedingParts): () => void {
  const { code, proposals } = session.detail;
  /** The act whose stale version is being put right. */
  let merging: string | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  let hasEnded = false;

  const mergeStale = () => {
    if (merging !== null || hasEnded) return;
    const stale = outbox
      .state()
      .refused.find(({ act, code: why }) => act.code === code && why === "stale");
    if (stale === undefined) return;
    merging = stale.act.requestId;
    void merge(stale.act.requestId);
  };
  const merge = async (requestId: string) => {
    try {
      const { draft } = await client.get(`/api/annotating/${code}`, annotatingCaseSchema);
      if (hasEnded) return;
      if (draft !== null) {
        outbox.setVersion(code, draft.version);
        session.mergeWith(draft.content, draft.version, draft.savedAt);
      }
      merging = null;
      outbox.discard(requestId);
    } catch {
      // The network may be gone at this of all moments: what is drawn stays, and is put together later.
      again = setTimeout(() => {
        merging = null;
        mergeStale();
      }, ASKED_AGAIN_MS);
    }
  };

  const stops = [
    outbox.subscribe(mergeStale),
    outbox.onAcknowledged((done) => {
      if (done.act.code !== code) return;
      if (done.kind === "drawing" && done.act.kind === "drawing") {
        session.saved(done.act.content, done.version);
        if (proposals.shown !== "after the first shape") return;
        // The server shows them once it has seen a shape of one's own.
        void client
          .get(`/api/annotating/${code}/offers`, offersSchema)
          .then(({ offers }) => session.setOffers(offers))
          .catch(() => undefined);
      }
      if (done.kind === "submit drawing") {
        void journal?.forget(code).catch(() => undefined);
        onSubmitted(done.next);
      }
    }),
  ];
  mergeStale();
  return () => {
    hasEnded = true;
    clearTimeout(again);
    for (const stop of stops) stop();
  };
}
