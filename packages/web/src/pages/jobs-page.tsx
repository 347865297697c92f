/** Jobs besides trainings, which a process of its own does for the study: what there are, and a new one. */
import type { JobRow } from "@malleolus/schema";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { jobsQuery } from "../api/study-queries.ts";
import { Loading } from "../controls/loading.tsx";
import { Problem } from "../controls/problem.tsx";
import { PageNavigation, TopBar } from "../controls/top-bar.tsx";
import { jobName, progressText } from "../jobs/job-words.ts";
import { StartJob } from "../jobs/start-job.tsx";
import { useClient } from "../services.ts";
import { useLanguage, useText } from "../strings/text.tsx";
import { dayOrTime } from "../strings/times.ts";

export default function JobsPage() {
  const t = useText();
  const jobs = useQuery(jobsQuery(useClient()));
  if (jobs.error !== null && jobs.data === undefined) {
    return <Problem error={jobs.error} retry={() => void jobs.refetch()} />;
  }
  if (jobs.data === undefined) return <Loading />;
  const { jobs: found, canStart } = jobs.data;
  return (
    <div className="page">
      <TopBar title={<PageNavigation />} />
      <main className="content">
        <div className="stack people">
          <h1>{t("jobs.title")}</h1>
          <p>{t("jobs.text")}</p>
          {found.length === 0 ? <p className="muted">{t("jobs.none")}</p> : <Table jobs={found} />}
          {canStart ? <StartJob /> : <p className="muted">{t("jobs.cannot")}</p>}
        </div>
      </main>
    </div>
  );
}

function Table({ jobs }: { readonly jobs: readonly JobRow[] }) {
  const t = useText();
  const language = useLanguage();
  return (
    <table className="table">
      <thead>
        <tr>
          {(["job", "state", "progress", "who", "at"] as const).map((column) => (
            <th key={column} scope="col">
              {t(`jobs.column.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <tr key={job.id}>
            <th scope="row">
              <Link href={`/jobs/${job.id}`}>{jobName(job, t)}</Link>
            </th>
            <td className={job.state === "failed" ? "tone-error" : undefined}>
              {t(`runs.state.${job.state}`)}
            </td>
            <td>{progressText(job, t)}</td>
            <td>{job.who ?? "–"}</td>
            <td>{job.at === null ? "–" : dayOrTime(job.at, Date.now(), language)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
