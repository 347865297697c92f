/** Training runs: what there are, two or more to compare, and a new one. */
import type { RunRow } from "@malleolus/schema";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Checkbox } from "react-aria-components";
import { Link, useLocation } from "wouter";
import { runsQuery } from "../api/study-queries.ts";
import { Button } from "../controls/button.tsx";
import { Loading } from "../controls/loading.tsx";
import { Problem } from "../controls/problem.tsx";
import { PageNavigation, TopBar } from "../controls/top-bar.tsx";
import { bestText, numberText, stepsText } from "../runs/run-words.ts";
import { StartRun } from "../runs/start-run.tsx";
import { useClient } from "../services.ts";
import { useText } from "../strings/text.tsx";

export default function RunsPage() {
  const t = useText();
  const runs = useQuery(runsQuery(useClient()));
  if (runs.error !== null && runs.data === undefined) {
    return <Problem error={runs.error} retry={() => void runs.refetch()} />;
  }
  if (runs.data === undefined) return <Loading />;
  const { runs: found, recipes, canStart } = runs.data;
  return (
    <div className="page">
      <TopBar title={<PageNavigation />} />
      <main className="content">
        <div className="stack people">
          <h1>{t("runs.title")}</h1>
          {found.length === 0 ? <p className="muted">{t("runs.none")}</p> : <Table runs={found} />}
          {canStart ? <StartRun recipes={recipes} /> : <p className="muted">{t("runs.cannot")}</p>}
        </div>
      </main>
    </div>
  );
}

function Table({ runs }: { readonly runs: readonly RunRow[] }) {
  const t = useText();
  const [, go] = useLocation();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  return (
    <>
      <table className="table">
        <thead>
          <tr>
            {(["compare", "name", "state", "steps", "loss", "best", "speed", "data"] as const).map(
              (column) => (
                <th key={column} scope="col">
                  {t(`runs.column.${column}`)}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id}>
              <td>
                <Checkbox
                  className="check"
                  aria-label={t("runs.choose", { id: run.id })}
                  isSelected={chosen.includes(run.id)}
                  onChange={(is) =>
                    setChosen((before) =>
                      is ? [...before, run.id] : before.filter((id) => id !== run.id),
                    )
                  }
                />
              </td>
              <th scope="row">
                <Link href={`/runs/${run.id}`}>{run.id}</Link>
              </th>
              <td className={run.state === "failed" ? "tone-error" : undefined}>
                {t(`runs.state.${run.state}`)}
              </td>
              <td>{stepsText(run)}</td>
              <td>{numberText(run.loss, 3)}</td>
              <td>{bestText(run, t)}</td>
              <td>{numberText(run.imagesPerSecond, 2)}</td>
              <td>{run.dataset ?? "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="row">
        <Button
          isDisabled={chosen.length < 2}
          onPress={() => go(`/compare-runs?ids=${chosen.join(",")}`)}
        >
          {t("runs.compare")}
        </Button>
      </div>
    </>
  );
}
