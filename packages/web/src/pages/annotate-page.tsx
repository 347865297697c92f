/** The annotator's page of one case, and a senior's look at it: its data, what this computer has kept of it. */
import type { AnnotatingCase } from "@malleolus/schema";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { CaseAnnotator, drawingImageUrl } from "../annotator/case-annotator.tsx";
import { type DrawingStart, drawingStart } from "../annotator/drawing-start.ts";
import type { Journal } from "../annotator/journal.ts";
import { openJournal } from "../annotator/open-journal.ts";
import { ApiError } from "../api/api-error.ts";
import { type DrawingSide, drawingQuery } from "../api/queries.ts";
import { Loading } from "../controls/loading.tsx";
import { Problem } from "../controls/problem.tsx";
import { useClient, useSignedIn } from "../services.ts";
import { useText } from "../strings/text.tsx";

export default function AnnotatePage({
  code,
  side,
}: {
  readonly code: string;
  readonly side: DrawingSide;
}) {
  const t = useText();
  const found = useQuery(drawingQuery(useClient(), side, code));
  const { radiographs } = useSignedIn();
  const detail = found.data;
  useEffect(() => {
    if (detail === undefined) return;
    const wanted = detail.images.map(({ id, width, height }) => ({
      url: drawingImageUrl(side, code, id),
      width,
      height,
    }));
    radiographs.want(wanted, []);
    document.title = `${detail.label} · ${t("app.name")}`;
  }, [detail, radiographs, side, code, t]);

  if (found.error instanceof ApiError && found.error.code === "not-found") {
    return (
      <main className="centred">
        <div className="card">
          <h1>{t("case.gone")}</h1>
          <Link href="/worklist">{t("app.back")}</Link>
        </div>
      </main>
    );
  }
  if (detail === undefined || found.isPending) {
    return found.error === null ? (
      <Loading />
    ) : (
      <Problem error={found.error} retry={() => void found.refetch()} />
    );
  }
  return <WithJournal detail={detail} side={side} />;
}

interface Begun {
  readonly journal: Journal | null;
  readonly start: DrawingStart;
}

/** The case as it was left: on the server, and on this computer. It begins once and is not begun again. */
function WithJournal({
  detail,
  side,
}: {
  readonly detail: AnnotatingCase;
  readonly side: DrawingSide;
}) {
  const { account, outbox } = useSignedIn();
  const [begun, setBegun] = useState<Begun | null>(null);
  const [first] = useState(detail);
  useEffect(() => {
    let gone = false;
    const begin = async () => {
      const journal = side === "annotating" ? await openJournal(account.login) : null;
      const kept = await (journal?.read(first.code).catch(() => null) ?? null);
      if (gone) return;
      const start = drawingStart(first, kept);
      outbox.setVersion(first.code, start.version);
      setBegun({ journal, start });
    };
    void begin();
    return () => {
      gone = true;
    };
  }, [account.login, first, side, outbox]);
  if (begun === null) return <Loading />;
  return <CaseAnnotator detail={first} side={side} start={begun.start} journal={begun.journal} />;
}
