/** How long drawing takes, with a model's proposals and without, for those who run the study. */
import type { DrawingTimes, EffortSummary, Estimate } from "@malleolus/schema";
import { useQuery } from "@tanstack/react-query";
import { drawingTimesQuery } from "../api/study-queries.ts";
import { Loading } from "../controls/loading.tsx";
import { Problem } from "../controls/problem.tsx";
import { PageNavigation, TopBar } from "../controls/top-bar.tsx";
import { useClient } from "../services.ts";
import { estimateText } from "../strings/estimate-text.ts";
import { useText } from "../strings/text.tsx";
import type { Translate } from "../strings/translate.ts";

export default function DrawingTimesPage() {
  const t = useText();
  const times = useQuery(drawingTimesQuery(useClient()));
  if (times.error !== null) {
    return <Problem error={times.error} retry={() => void times.refetch()} />;
  }
  if (times.data === undefined) return <Loading />;
  const { rows, arms, names, difference } = times.data;
  return (
    <div className="page">
      <TopBar title={<PageNavigation />} />
      <main className="content">
        <div className="stack people">
          <h1>{t("times.title")}</h1>
          <p className="muted">{t("times.text")}</p>
          {rows.length === 0 ? (
            <p className="empty">{t("times.none")}</p>
          ) : (
            <>
              <TimesTable
                caption={t("times.all")}
                rows={arms.map((arm) => [t(`times.arm.${arm.arm}`), arm])}
              />
              <p>{differenceText(difference, t)}</p>
              <TimesTable caption={t("times.people")} rows={peopleRows(rows, names, t)} />
            </>
          )}
        </div>
      </main>
    </div>
  );
}

function peopleRows(
  rows: DrawingTimes["rows"],
  names: Readonly<Record<string, string>>,
  t: Translate,
): readonly (readonly [string, EffortSummary])[] {
  return rows.map((row) => {
    const arm = t(`times.arm.${row.arm ?? "none"}`);
    return [`${names[row.annotator] ?? row.annotator}, ${arm}`, row];
  });
}

function TimesTable({
  caption,
  rows,
}: {
  readonly caption: string;
  readonly rows: readonly (readonly [name: string, summary: EffortSummary])[];
}) {
  const t = useText();
  const columns = ["drawings", "seconds", "objects", "moved"] as const;
  return (
    <table className="table">
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{t("times.who")}</th>
          {columns.map((column) => (
            <th key={column} scope="col">
              {t(`times.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, { drawings, patients, seconds, objects, movedMm }]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{t("times.count", { drawings, patients })}</td>
            <td>{estimateText(seconds, 0)}</td>
            <td>{estimateText(objects, 1)}</td>
            <td>{estimateText(movedMm, 2)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function differenceText(difference: Estimate, t: Translate): string {
  return difference.value === null
    ? t("times.no difference")
    : t("times.difference", { seconds: estimateText(difference, 0) });
}
