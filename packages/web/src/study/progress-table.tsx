/** How far everybody is in every queue, and closing what all have read and agree on. */
import { closedAgreedSchema } from "@malleolus/schema";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { sayError } from "../api/say-error.ts";
import { progressQuery } from "../api/study-queries.ts";
import { Button } from "../controls/button.tsx";
import { Notice } from "../controls/notice.tsx";
import { useClient } from "../services.ts";
import { useLanguage, useText } from "../strings/text.tsx";
import { dayOrTime } from "../strings/times.ts";
import { Part } from "./part.tsx";

export function ProgressTable() {
  const t = useText();
  const language = useLanguage();
  const progress = useQuery(progressQuery(useClient()));
  return (
    <Part title={t("study.progress")} query={progress}>
      {({ people }) => (
        <>
          {people.length === 0 ? (
            <p className="muted">{t("study.no progress")}</p>
          ) : (
            <table className="table">
              <thead>
                <tr>
                  {(["queue", "name", "done", "left", "seconds", "seen"] as const).map((column) => (
                    <th key={column} scope="col">
                      {t(`study.column.${column}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {people.map(({ queue, person, title, name, ...row }) => (
                  <tr key={`${queue} ${person}`}>
                    <td>{title}</td>
                    <th scope="row">{name}</th>
                    <td>{row.done}</td>
                    <td>{row.left}</td>
                    <td>
                      {row.medianSeconds === null
                        ? "–"
                        : t("study.seconds", { seconds: Math.round(row.medianSeconds) })}
                    </td>
                    <td>
                      {row.lastSeenAt === null
                        ? t("people.never")
                        : dayOrTime(row.lastSeenAt, Date.now(), language)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          <CloseAgreed />
        </>
      )}
    </Part>
  );
}

function CloseAgreed() {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const close = useMutation({
    mutationFn: () => {
      const body = { requestId: crypto.randomUUID() };
      return client.send("POST", "/api/verdicts", body, closedAgreedSchema);
    },
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["study"] }),
  });
  return (
    <>
      <p className="muted">{t("study.close text")}</p>
      <div className="row">
        <Button onPress={() => close.mutate()} isDisabled={close.isPending}>
          {t("study.close")}
        </Button>
      </div>
      {close.data !== undefined && (
        <Notice tone="ok">{t("study.closed", { ...close.data })}</Notice>
      )}
      {close.error !== null && <Notice tone="error">{sayError(t, close.error)}</Notice>}
    </>
  );
}
