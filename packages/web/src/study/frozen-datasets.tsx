/** Data sets that were frozen, and how far the study has gone from each. */
import { type FrozenChanges, type FrozenData, frozenDataSchema } from "@malleolus/schema";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { sayError } from "../api/say-error.ts";
import { datasetsQuery, frozenChangesQuery } from "../api/study-queries.ts";
import { Button } from "../controls/button.tsx";
import { Notice } from "../controls/notice.tsx";
import { useClient } from "../services.ts";
import { useLanguage, useText } from "../strings/text.tsx";
import { dayOrTime } from "../strings/times.ts";
import { Part } from "./part.tsx";

export function FrozenDatasets() {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const datasets = useQuery(datasetsQuery(client));
  const freeze = useMutation({
    mutationFn: () => {
      const body = { requestId: crypto.randomUUID() };
      return client.send("POST", "/api/datasets", body, frozenDataSchema);
    },
    onSuccess: () => void queries.invalidateQueries({ queryKey: datasetsQuery(client).queryKey }),
  });
  return (
    <Part title={t("study.datasets")} query={datasets}>
      {({ datasets: found }) => (
        <>
          <p className="muted">{t("study.datasets text")}</p>
          {found.length > 0 && (
            <table className="table">
              <thead>
                <tr>
                  {(["dataset", "frozen", "by", "training", "tuning", "changes"] as const).map(
                    (column) => (
                      <th key={column} scope="col">
                        {t(`study.column.${column}`)}
                      </th>
                    ),
                  )}
                </tr>
              </thead>
              <tbody>
                {found.map((one) => (
                  <DatasetRow key={one.id} of={one} />
                ))}
              </tbody>
            </table>
          )}
          <div className="row">
            <Button onPress={() => freeze.mutate()} isDisabled={freeze.isPending}>
              {t("study.freeze")}
            </Button>
          </div>
          {freeze.data !== undefined && (
            <Notice tone="ok">{t("study.frozen", { id: freeze.data.id })}</Notice>
          )}
          {freeze.error !== null && <Notice tone="error">{sayError(t, freeze.error)}</Notice>}
        </>
      )}
    </Part>
  );
}

function DatasetRow({ of: { id, at, who, sets } }: { readonly of: FrozenData }) {
  const t = useText();
  const language = useLanguage();
  const [asked, setAsked] = useState(false);
  const images = (set: keyof typeof sets) => sets[set]?.images ?? "–";
  return (
    <tr>
      <th scope="row" className="case-id">
        {id}
      </th>
      <td>{dayOrTime(at, Date.now(), language)}</td>
      <td>{who}</td>
      <td>{images("training")}</td>
      <td>{images("tuning")}</td>
      <td>
        {asked ? (
          <Changes id={id} />
        ) : (
          <Button
            look="small"
            aria-label={t("study.compare", { id })}
            onPress={() => setAsked(true)}
          >
            {t("study.show changes")}
          </Button>
        )}
      </td>
    </tr>
  );
}

function Changes({ id }: { readonly id: string }) {
  const t = useText();
  const changes = useQuery(frozenChangesQuery(useClient(), id));
  if (changes.error !== null)
    return <span className="tone-warn">{sayError(t, changes.error)}</span>;
  if (changes.data === undefined) return <span className="muted">{t("app.loading")}</span>;
  const { added, removed, changed, radiographs } = changes.data;
  if (added + removed + changed === 0) return <span>{t("study.unchanged")}</span>;
  return (
    <details>
      <summary>{t("study.changes", { added, removed, changed })}</summary>
      <ul className="plain-list">
        {radiographs.map((one) => (
          <li key={`${one.set} ${one.file}`} className="case-id">
            {changeText(one, t(`study.what.${one.what}`))}
          </li>
        ))}
      </ul>
    </details>
  );
}

function changeText(one: FrozenChanges["radiographs"][number], what: string): string {
  return `${what}: ${one.set}, ${one.case ?? one.file}`;
}
