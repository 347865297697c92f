/** Several runs over one another: their losses, their figures, and what their recipes do not share. */
import type { RunDetail } from "@malleolus/schema";
import { useQueries } from "@tanstack/react-query";
import { Link, useSearchParams } from "wouter";
import { runQuery } from "../api/study-queries.ts";
import { Loading } from "../controls/loading.tsx";
import { Problem } from "../controls/problem.tsx";
import { PageNavigation, TopBar } from "../controls/top-bar.tsx";
import { Curves } from "../runs/curves.tsx";
import { differingSettings } from "../runs/differing-settings.ts";
import { bestText, numberText, stepsText } from "../runs/run-words.ts";
import { useClient } from "../services.ts";
import { useText } from "../strings/text.tsx";

export default function CompareRunsPage() {
  const t = useText();
  const client = useClient();
  const [search] = useSearchParams();
  const ids = (search.get("ids") ?? "").split(",").filter((id) => id !== "");
  const found = useQueries({ queries: ids.map((id) => runQuery(client, id)) });
  const failed = found.find(({ error }) => error !== null);
  if (failed?.error) {
    return <Problem error={failed.error} retry={() => void failed.refetch()} />;
  }
  const details = found.flatMap(({ data }) => (data === undefined ? [] : [data]));
  if (details.length < ids.length) return <Loading />;
  return (
    <div className="page">
      <TopBar title={<PageNavigation />} />
      <main className="content">
        <div className="stack people">
          <p>
            <Link href="/runs">{t("runs.back")}</Link>
          </p>
          <h1>{t("runs.comparison")}</h1>
          <Curves
            label={t("runs.curves")}
            stepName={t("runs.step")}
            curves={details.map(({ run, losses }) => ({
              name: run.id,
              points: losses.map(({ step, loss }) => ({ step, value: loss })),
            }))}
          />
          <Comparison details={details} />
        </div>
      </main>
    </div>
  );
}

function Comparison({ details }: { readonly details: readonly RunDetail[] }) {
  const t = useText();
  const rows = [
    ...(["state", "steps", "loss", "best", "speed", "data"] as const).map((name) => ({
      name: t(`runs.column.${name}`),
      values: details.map(({ run }) =>
        name === "state"
          ? t(`runs.state.${run.state}`)
          : name === "steps"
            ? stepsText(run)
            : name === "loss"
              ? numberText(run.loss, 3)
              : name === "best"
                ? bestText(run, t)
                : name === "speed"
                  ? numberText(run.imagesPerSecond, 2)
                  : (run.dataset ?? "–"),
      ),
    })),
    ...differingSettings(details.map(({ recipe }) => recipe)),
  ];
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{t("runs.setting")}</th>
          {details.map(({ run }) => (
            <th key={run.id} scope="col">
              {run.id}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, values }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {details.map(({ run }, index) => (
              <td key={run.id} className="case-id">
                {values[index]}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
