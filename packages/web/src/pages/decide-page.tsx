/** The page on which a case is decided whose readers differ: its data and its radiographs. */
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link } from "wouter";
import { ApiError } from "../api/api-error.ts";
import { decidingQuery, protocolQuery } from "../api/queries.ts";
import { Loading } from "../controls/loading.tsx";
import { Problem } from "../controls/problem.tsx";
import { CaseDecider, decidingImageUrl } from "../deciding/case-decider.tsx";
import { useClient, useSignedIn } from "../services.ts";
import { useText } from "../strings/text.tsx";

export default function DecidePage({ code }: { readonly code: string }) {
  const t = useText();
  const client = useClient();
  const found = useQuery(decidingQuery(client, code));
  const protocol = useQuery(protocolQuery(client));
  const { radiographs } = useSignedIn();
  const detail = found.data?.case;
  useEffect(() => {
    if (detail === undefined) return;
    const wanted = detail.images.map(({ id, width, height }) => ({
      url: decidingImageUrl(code, id),
      width,
      height,
    }));
    radiographs.want(wanted, []);
    document.title = `${detail.label} · ${t("app.name")}`;
  }, [detail, radiographs, code, t]);
  const error = found.error ?? protocol.error;
  if (error instanceof ApiError && error.code === "not-found") {
    return (
      <main className="centred">
        <div className="card">
          <h1>{t("decide.gone")}</h1>
          <Link href="/worklist">{t("app.back")}</Link>
        </div>
      </main>
    );
  }
  if (found.data !== undefined && protocol.data !== undefined) {
    return <CaseDecider given={found.data} protocol={protocol.data} />;
  }
  const retry = () => {
    void found.refetch();
    void protocol.refetch();
  };
  return error === null ? <Loading /> : <Problem error={error} retry={retry} />;
}
