/** How a patient's scores are spread over the classes, the highest first. */
import { useText } from "../strings/text.tsx";
import { useClassName } from "./finding-list.tsx";

export function ClassScores({ scores }: { readonly scores: Readonly<Record<string, number>> }) {
  const t = useText();
  const className = useClassName();
  const rows = Object.entries(scores).toSorted(([, a], [, b]) => b - a);
  return (
    <div className="rail-group">
      <h2>{t("findings.scores")}</h2>
      <table className="table table-dense">
        <tbody>
          {rows.map(([name, score]) => (
            <tr key={name}>
              <th scope="row">{className(name)}</th>
              <td>
                <meter min={0} max={1} value={score} aria-label={className(name)} />
              </td>
              <td>{score.toFixed(2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
