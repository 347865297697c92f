/**
 * A report in the room: the page as it was written, in a frame in which nothing runs. Its figures lead to its cases by
 * themselves; from each case the room leads on to the radiographs.
 */
import type { Report } from "@malleolus/schema";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { reportQuery } from "../api/study-queries.ts";
import { Loading } from "../controls/loading.tsx";
import { Problem } from "../controls/problem.tsx";
import { PageNavigation, TopBar } from "../controls/top-bar.tsx";
import { linkCases } from "../reports/link-cases.ts";
import { useClient } from "../services.ts";
import { useText } from "../strings/text.tsx";

export default function ReportPage({ id }: { readonly id: string }) {
  const found = useQuery(reportQuery(useClient(), id));
  if (found.error !== null && found.data === undefined) {
    return <Problem error={found.error} retry={() => void found.refetch()} />;
  }
  if (found.data === undefined) return <Loading />;
  return <FramedReport id={id} report={found.data} />;
}

function FramedReport({ id, report }: { readonly id: string; readonly report: Report }) {
  const t = useText();
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    document.title = `${report.title} · ${t("app.name")}`;
  }, [report, t]);
  return (
    <div className="page">
      <TopBar title={<PageNavigation />} end={<Link href="/reports">{t("reports.back")}</Link>} />
      <main className="framed">
        <h1 className="visually-hidden">{report.title}</h1>
        <iframe
          ref={frame}
          className="report-frame"
          title={report.title}
          // Nothing runs in it; links from its cases lead this page on.
          sandbox="allow-same-origin allow-top-navigation-by-user-activation"
          src={`/api/reports/${id}/page${location.hash}`}
          onLoad={() => {
            const page = frame.current?.contentDocument;
            if (page) linkCases(page, report, id, t("reports.look"));
          }}
        />
      </main>
    </div>
  );
}
