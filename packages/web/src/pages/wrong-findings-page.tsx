/** Cases on which a model has found something, to look for its mistakes; and the rounds in which these are drawn. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { wrongFindingsQuery } from "../api/study-queries.ts";
import { Loading } from "../controls/loading.tsx";
import { Problem } from "../controls/problem.tsx";
import { PageNavigation, TopBar } from "../controls/top-bar.tsx";
import { useClient } from "../services.ts";
import { useText } from "../strings/text.tsx";

export default function WrongFindingsPage() {
  const t = useText();
  const found = useQuery(wrongFindingsQuery(useClient()));
  if (found.error !== null && found.data === undefined) {
    return <Problem error={found.error} retry={() => void found.refetch()} />;
  }
  if (found.data === undefined) return <Loading />;
  const { cases, rounds } = found.data;
  return (
    <div className="page">
      <TopBar title={<PageNavigation />} />
      <main className="content">
        <div className="stack people">
          <h1>{t("wrong findings.title")}</h1>
          <p>{t("wrong findings.text")}</p>
          {rounds.length > 0 && (
            <table className="table">
              <caption>{t("wrong findings.rounds")}</caption>
              <thead>
                <tr>
                  <th scope="col">{t("wrong findings.round")}</th>
                  <th scope="col">{t("wrong findings.cases")}</th>
                  <th scope="col">{t("wrong findings.drawn")}</th>
                </tr>
              </thead>
              <tbody>
                {rounds.map((round) => (
                  <tr key={round.name}>
                    <th scope="row">{round.name}</th>
                    <td>{round.cases}</td>
                    <td>{round.done}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          {cases.length === 0 ? (
            <p className="muted">{t("wrong findings.none")}</p>
          ) : (
            <table className="table">
              <caption>{t("wrong findings.found")}</caption>
              <thead>
                <tr>
                  <th scope="col">{t("study.case")}</th>
                  <th scope="col">{t("findings.list")}</th>
                  <th scope="col">{t("wrong findings.marked")}</th>
                </tr>
              </thead>
              <tbody>
                {cases.map(({ id, findings, marked, isDecided }) => (
                  <tr key={id}>
                    <th scope="row" className="case-id">
                      <Link href={wrongFindingAddress(id)}>{id}</Link>
                    </th>
                    <td>{findings}</td>
                    <td>{isDecided && marked === 0 ? t("wrong findings.decided") : marked}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </div>
      </main>
    </div>
  );
}

function wrongFindingAddress(id: string): string {
  return `/wrong-findings/${encodeURIComponent(id)}`;
}
