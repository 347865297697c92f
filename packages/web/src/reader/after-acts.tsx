/**
 * What follows when the server has acknowledged an act: the next case opens after a submission, the
 * withdrawn one opens again, and what pages have kept of cases and queues is asked for anew.
 */
import type { CaseDetail } from "@malleolus/schema";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { useLocation } from "wouter";
import { caseKey } from "../api/queries.ts";
import type { Acknowledgement } from "../save/outbox-runner.ts";
import { useSignedIn } from "../services.ts";
import { type LastSubmission, LastSubmissionContext } from "./last-submission.ts";

export function AfterActs({ children }: { readonly children: ReactNode }) {
  const queries = useQueryClient();
  const { outbox, keyTurn } = useSignedIn();
  const [path, go] = useLocation();
  const [last, setLast] = useState<LastSubmission | null>(null);
  // What a key did not do is of no interest any more on another page.
  useEffect(() => {
    if (!path.startsWith("/read/")) keyTurn.told();
  }, [path, keyTurn]);
  useEffect(
    () =>
      outbox.onAcknowledged((done: Acknowledgement) => {
        const { code, label } = done.act;
        const isOpen = path === `/read/${code}`;
        if (done.kind !== "draft") {
          void queries.invalidateQueries({ queryKey: ["queues"] });
          void queries.invalidateQueries({ queryKey: ["worklist"] });
        }
        switch (done.kind) {
          case "draft":
            keepSavedDraft(queries, done);
            return;
          case "submit": {
            const allowedMs = Date.parse(done.withdrawUntil) - Date.parse(done.at);
            if (done.feedback !== null) {
              // Its answer is looked at before the next case opens.
              void queries.invalidateQueries({ queryKey: caseKey(code) });
              return;
            }
            setLast({ code, label, until: Date.now() + allowedMs });
            if (isOpen) go(done.next === null ? "/worklist" : `/read/${done.next}`);
            queries.removeQueries({ queryKey: caseKey(code) });
            return;
          }
          case "withdraw":
            queries.setQueryData(caseKey(code), done.detail);
            go(`/read/${code}`);
            return;
          case "reopening":
            void queries.invalidateQueries({ queryKey: caseKey(code) });
        }
      }),
    [outbox, queries, path, go],
  );
  const value = useMemo(() => ({ last, clear: () => setLast(null) }), [last]);
  return <LastSubmissionContext value={value}>{children}</LastSubmissionContext>;
}

/** Whoever comes back to the case must find what was saved, and no older answer that is under way. */
function keepSavedDraft(
  queries: QueryClient,
  { act, version, savedAt }: Extract<Acknowledgement, { kind: "draft" }>,
): void {
  if (act.kind !== "draft") return;
  const queryKey = caseKey(act.code);
  queries.setQueryData<CaseDetail>(queryKey, (before) =>
    before === undefined
      ? undefined
      : { ...before, state: "draft", draft: { version, savedAt, content: act.content } },
  );
  if (queries.isFetching({ queryKey }) > 0) void queries.invalidateQueries({ queryKey });
}
