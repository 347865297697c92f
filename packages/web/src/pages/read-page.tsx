/** The reader's page of one case: its data, the radiographs in memory, and the next case's beforehand. */
import type { CaseDetail } from "@malleolus/schema";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { Link } from "wouter";
import { ApiError } from "../api/api-error.ts";
import { caseQuery, protocolQuery } from "../api/queries.ts";
import { useCaseLock } from "../case/case-lock.ts";
import { Loading } from "../controls/loading.tsx";
import { Problem } from "../controls/problem.tsx";
import { keyLabel } from "../keys/bindings.ts";
import { CaseReader, imageUrl } from "../reader/case-reader.tsx";
import { contentToBeginWith } from "../reader/content-to-begin-with.ts";
import { useClient, useSignedIn } from "../services.ts";
import { useText } from "../strings/text.tsx";
import type { WantedRadiograph } from "../view/radiograph-loader.ts";

export default function ReadPage({ code }: { readonly code: string }) {
  const t = useText();
  const client = useClient();
  const { outbox, radiographs } = useSignedIn();
  const lock = useCaseLock(code);
  const protocol = useQuery(protocolQuery(client));
  const detail = useQuery(caseQuery(client, code));
  const next = useQuery({
    ...caseQuery(client, detail.data?.next ?? ""),
    enabled: detail.data !== undefined && detail.data.next !== null,
  });
  useEffect(() => {
    if (detail.data === undefined) return;
    radiographs.want(radiographsOf(detail.data), next.data ? radiographsOf(next.data) : []);
  }, [radiographs, detail.data, next.data]);
  useEffect(() => {
    if (detail.data) document.title = `${detail.data.label} · ${t("app.name")}`;
  }, [detail.data, t]);

  const error = detail.error ?? protocol.error;
  if (error instanceof ApiError && error.code === "not-found") {
    return (
      <main className="centred">
        <div className="card">
          <h1>{t("case.gone")}</h1>
          <Link href="/worklist">{t("app.back")}</Link>
        </div>
      </main>
    );
  }
  // Shown once it can be written: nobody sees a case that does not take their keys.
  if (detail.data === undefined || protocol.data === undefined || lock.isOurs === null) {
    const retry = () => {
      void detail.refetch();
      void protocol.refetch();
    };
    return error === null ? <CaseIsLoading /> : <Problem error={error} retry={retry} />;
  }
  const { draft, submitted } = detail.data;
  outbox.setVersion(code, draft?.version ?? 0);
  return (
    <CaseReader
      key={`${code} ${submitted?.at ?? ""}`}
      detail={detail.data}
      protocol={protocol.data}
      content={contentToBeginWith(detail.data, outbox.state().acts)}
      lock={lock}
    />
  );
}

/** A key that is pressed meanwhile does nothing, and is told at once. */
function CaseIsLoading() {
  const t = useText();
  const { keyTurn } = useSignedIn();
  const missed = useSyncExternalStore(keyTurn.subscribe, keyTurn.missed);
  return (
    <Loading>
      <p role="status">{missed !== null && t("key missed.before", { key: keyLabel(missed) })}</p>
    </Loading>
  );
}

function radiographsOf(detail: CaseDetail): readonly WantedRadiograph[] {
  return detail.images.map((image) => ({
    url: imageUrl(detail, image),
    width: image.width,
    height: image.height,
  }));
}
