/** Cases that wait for somebody, those first with which nothing was done for the longest time. */
import type { WaitingCase } from "@malleolus/schema";
import { useQuery } from "@tanstack/react-query";
import { waitingQuery } from "../api/study-queries.ts";
import { useClient } from "../services.ts";
import { useLanguage, useText } from "../strings/text.tsx";
import { dayOrTime } from "../strings/times.ts";
import { Part } from "./part.tsx";

export function WaitingTable() {
  const t = useText();
  const language = useLanguage();
  const waiting = useQuery(waitingQuery(useClient()));
  const said = ({ for: what, people }: WaitingCase["waits"][number]) =>
    people.length === 0
      ? t(`study.wait.${what}`)
      : t("study.wait people", { what: t(`study.wait.${what}`), people: people.join(", ") });
  return (
    <Part title={t("study.waiting")} query={waiting}>
      {({ cases, of }) =>
        cases.length === 0 ? (
          <p className="muted">{t("study.no waiting")}</p>
        ) : (
          <table className="table">
            <caption>{t("study.waiting of", { shown: cases.length, of })}</caption>
            <thead>
              <tr>
                <th scope="col">{t("study.case")}</th>
                <th scope="col">{t("study.since")}</th>
                <th scope="col">{t("study.waits for")}</th>
              </tr>
            </thead>
            <tbody>
              {cases.map((one) => (
                <tr key={one.case}>
                  <th scope="row" className="case-id">
                    {one.case}
                  </th>
                  <td>{dayOrTime(one.since, Date.now(), language)}</td>
                  <td>{one.waits.map(said).join("; ")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )
      }
    </Part>
  );
}
