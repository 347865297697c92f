/** A part of the study's page that asks for its own data: it is loading, it failed, or it is there. */
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { sayError } from "../api/say-error.ts";
import { Button } from "../controls/button.tsx";
import { Notice } from "../controls/notice.tsx";
import { useText } from "../strings/text.tsx";

export function Part<T>({
  title,
  query,
  children,
}: {
  readonly title: string;
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
}) {
  const t = useText();
  return (
    <section className="stack-tight" aria-label={title}>
      <h2>{title}</h2>
      {query.error !== null ? (
        <Notice tone="error">
          <p>{sayError(t, query.error)}</p>
          <Button look="small" onPress={() => void query.refetch()}>
            {t("app.retry")}
          </Button>
        </Notice>
      ) : query.data === undefined ? (
        <p className="muted">{t("app.loading")}</p>
      ) : (
        children(query.data)
      )}
    </section>
  );
}
