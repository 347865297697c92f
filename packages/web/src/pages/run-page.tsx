/** One training run while it learns and afterwards: curves, figures, settings, what it said, and how it goes on. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link } from "wouter";
import { runKey, runQuery } from "../api/study-queries.ts";
import { Loading } from "../controls/loading.tsx";
import { Problem } from "../controls/problem.tsx";
import { PageNavigation, TopBar } from "../controls/top-bar.tsx";
import { Curves } from "../runs/curves.tsx";
import { type FollowedRun, useFollowedRun } from "../runs/follow-run.ts";
import { bestText, numberText, stepsText } from "../runs/run-words.ts";
import { WorkActs, WorkLog } from "../runs/work-acts.tsx";
import { useClient } from "../services.ts";
import { useText } from "../strings/text.tsx";

export default function RunPage({ id }: { readonly id: string }) {
  const t = useText();
  const queries = useQueryClient();
  const detail = useQuery(runQuery(useClient(), id));
  const followed = useFollowedRun(id);
  const state = followed?.run.state;
  // What it says and its settings are not followed; they are asked for again when something has happened.
  useEffect(() => {
    if (state !== undefined) void queries.invalidateQueries({ queryKey: runKey(id) });
  }, [queries, id, state]);
  useEffect(() => {
    document.title = `${id} · ${t("app.name")}`;
  }, [id, t]);
  if (detail.error !== null && detail.data === undefined) {
    return <Problem error={detail.error} retry={() => void detail.refetch()} />;
  }
  if (detail.data === undefined) return <Loading />;
  const { recipe, log } = detail.data;
  const now = followed ?? detail.data;
  return (
    <div className="page">
      <TopBar title={<PageNavigation />} />
      <main className="content">
        <div className="stack people">
          <p>
            <Link href="/runs">{t("runs.back")}</Link>
          </p>
          <h1>{id}</h1>
          <Standing of={now} />
          <RunCurves of={now} />
          <section className="stack-tight" aria-label={t("runs.settings")}>
            <h2>{t("runs.settings")}</h2>
            <p className="muted">
              {t("runs.data", { dataset: now.run.dataset ?? "–", recipe: now.run.recipe ?? "–" })}
            </p>
            {recipe !== null && (
              <details>
                <summary>{t("runs.whole recipe")}</summary>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
                <pre className="said" tabIndex={0}>
                  {recipe}
                </pre>
              </details>
            )}
          </section>
          <WorkLog log={log} />
        </div>
      </main>
    </div>
  );
}

function Standing({ of: { run } }: { readonly of: FollowedRun }) {
  const t = useText();
  const figures = [
    ["state", t(`runs.state.${run.state}`)],
    ["steps", stepsText(run)],
    ["loss", numberText(run.loss, 3)],
    ["best", bestText(run, t)],
    ["speed", numberText(run.imagesPerSecond, 2)],
  ] as const;
  return (
    <section className="stack-tight" aria-label={t("runs.standing")}>
      <p className="visually-hidden" role="status">
        {t(`runs.state.${run.state}`)}
      </p>
      <dl className="figures">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{t(`runs.column.${name}`)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <WorkActs
        address={`/api/runs/${run.id}`}
        queryKey={runKey(run.id)}
        work={run}
        advice={t(run.steps > 0 ? "runs.failed later" : "runs.failed early")}
        stopLabel={t("runs.stop")}
      />
    </section>
  );
}

function RunCurves({ of: { run, losses, validations } }: { readonly of: FollowedRun }) {
  const t = useText();
  const metric = run.best?.metric ?? Object.keys(validations.at(0)?.measures ?? {}).at(0);
  return (
    <>
      {losses.length > 0 && (
        <Curves
          label={t("runs.curve loss", { count: losses.length })}
          stepName={t("runs.step")}
          curves={[
            {
              name: t("runs.column.loss"),
              points: losses.map(({ step, loss }) => ({ step, value: loss })),
            },
          ]}
        />
      )}
      {metric !== undefined && (
        <Curves
          label={t("runs.curve validation", { metric })}
          stepName={t("runs.step")}
          curves={[
            {
              name: metric,
              points: validations.map(({ step, measures }) => ({
                step,
                value: measures[metric] ?? null,
              })),
            },
          ]}
        />
      )}
    </>
  );
}
