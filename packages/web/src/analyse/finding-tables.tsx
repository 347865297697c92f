/** What was found on a radiograph, in two tables: the findings, and the highest score of each class. */
import type { Finding } from "@malleolus/schema";
import { useText } from "../strings/text.tsx";
import { type Translate, translateName } from "../strings/translate.ts";

export function FindingTables({
  findings,
  scores,
}: {
  readonly findings: readonly Finding[];
  readonly scores: Readonly<Record<string, number>>;
}) {
  const t = useText();
  const isMeasured = findings.some(({ lengthMm }) => lengthMm !== null);
  return (
    <>
      <h2>{t("analyse.findings")}</h2>
      {findings.length === 0 ? (
        <p>{t("analyse.none")}</p>
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("analyse.number")}</th>
              <th scope="col">{t("analyse.class")}</th>
              <th scope="col">{t("analyse.score")}</th>
              {isMeasured && <th scope="col">{t("analyse.length")}</th>}
            </tr>
          </thead>
          <tbody>
            {findings.map((finding, i) => (
              <tr key={finding.box.join()}>
                <td>{i + 1}</td>
                <td>{translateName(t, "analyse.class", finding.class)}</td>
                <td>{finding.score.toFixed(2)}</td>
                {isMeasured && <td>{lengthOf(finding, t)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h2>{t("analyse.scores")}</h2>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t("analyse.class")}</th>
            <th scope="col">{t("analyse.score")}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(scores).map(([name, score]) => (
            <tr key={name}>
              <td>{translateName(t, "analyse.class", name)}</td>
              <td>{score.toFixed(2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** Its longest extent; "at detector" where the true length is some per cent less. */
function lengthOf({ lengthMm, calibration }: Finding, t: Translate): string {
  if (lengthMm === null) return "";
  const unit = t(calibration === "at detector" ? "unit.mm at detector" : "unit.mm");
  return `${lengthMm.toFixed(1)} ${unit}`;
}
