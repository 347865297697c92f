/** One job while it works and afterwards: how far it is, what came of it, what it said, and how it goes on. */
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link } from "wouter";
import { jobQuery, jobsKey } from "../api/study-queries.ts";
import { Loading } from "../controls/loading.tsx";
import { Notice } from "../controls/notice.tsx";
import { Problem } from "../controls/problem.tsx";
import { PageNavigation, TopBar } from "../controls/top-bar.tsx";
import { jobName, progressText } from "../jobs/job-words.ts";
import { WorkActs, WorkLog } from "../runs/work-acts.tsx";
import { useClient } from "../services.ts";
import { useText } from "../strings/text.tsx";

export default function JobPage({ id }: { readonly id: string }) {
  const t = useText();
  const detail = useQuery(jobQuery(useClient(), id));
  useEffect(() => {
    document.title = `${id} · ${t("app.name")}`;
  }, [id, t]);
  if (detail.error !== null && detail.data === undefined) {
    return <Problem error={detail.error} retry={() => void detail.refetch()} />;
  }
  if (detail.data === undefined) return <Loading />;
  const { job, log } = detail.data;
  const state = t(`runs.state.${job.state}`);
  return (
    <div className="page">
      <TopBar title={<PageNavigation />} />
      <main className="content">
        <div className="stack people">
          <p>
            <Link href="/jobs">{t("jobs.back")}</Link>
          </p>
          <h1>{jobName(job, t)}</h1>
          <p className="muted">{id}</p>
          <section className="stack-tight" aria-label={t("runs.standing")}>
            <p className="visually-hidden" role="status">
              {state}
            </p>
            <dl className="figures">
              <div>
                <dt>{t("jobs.column.state")}</dt>
                <dd>{state}</dd>
              </div>
              <div>
                <dt>{t("jobs.column.progress")}</dt>
                <dd>{progressText(job, t)}</dd>
              </div>
            </dl>
            {job.said !== null && (
              <Notice tone="ok">
                <p className="lines">{job.said.trimEnd()}</p>
                {job.report !== null && (
                  <p>
                    <Link href={`/reports/${job.report}`}>{t("jobs.open report")}</Link>
                  </p>
                )}
                {job.kind === "select" && <p>{t("jobs.select then", { id })}</p>}
              </Notice>
            )}
            <WorkActs
              address={`/api/jobs/${id}`}
              queryKey={jobsKey}
              work={job}
              advice={t("jobs.failed")}
              stopLabel={t("jobs.stop")}
            />
          </section>
          <WorkLog log={log} />
        </div>
      </main>
    </div>
  );
}
