/** Reports of the study's tests: what each is of, and how many were put into their class. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { reportsQuery } from "../api/study-queries.ts";
import { Loading } from "../controls/loading.tsx";
import { Problem } from "../controls/problem.tsx";
import { PageNavigation, TopBar } from "../controls/top-bar.tsx";
import { useClient } from "../services.ts";
import { useLanguage, useText } from "../strings/text.tsx";
import { dayOrTime } from "../strings/times.ts";

export default function ReportsPage() {
  const t = useText();
  const language = useLanguage();
  const reports = useQuery(reportsQuery(useClient()));
  if (reports.error !== null && reports.data === undefined) {
    return <Problem error={reports.error} retry={() => void reports.refetch()} />;
  }
  if (reports.data === undefined) return <Loading />;
  const { reports: found } = reports.data;
  return (
    <div className="page">
      <TopBar title={<PageNavigation />} />
      <main className="content">
        <div className="stack people">
          <h1>{t("reports.title")}</h1>
          <p>
            <Link href="/jobs">{t("reports.write")}</Link>
          </p>
          {found.length === 0 && (
            <>
              <p>{t("reports.none")}</p>
              <p className="muted">
                {t("reports.how")} <code>malleolus report --study … --checkpoint …</code>
              </p>
            </>
          )}
          {found.map(({ id, title, subtitle, generatedAt, tests }) => (
            <section key={id} className="stack-tight" aria-label={`${title}, ${id}`}>
              <h2>
                <Link href={`/reports/${id}`}>{title}</Link>
              </h2>
              <p className="muted">
                {subtitle} {dayOrTime(generatedAt, Date.now(), language)}
              </p>
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">{t("reports.test")}</th>
                    <th scope="col">{t("reports.patients")}</th>
                    <th scope="col">{t("reports.right")}</th>
                  </tr>
                </thead>
                <tbody>
                  {tests.map(({ name, patients, right }) => (
                    <tr key={name}>
                      <th scope="row">{name}</th>
                      <td>{patients}</td>
                      <td>
                        {right} ({Math.round((100 * right) / Math.max(patients, 1))} %)
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          ))}
        </div>
      </main>
    </div>
  );
}
