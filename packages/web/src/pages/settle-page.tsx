/** The page on which a senior settles one case: its data and its radiographs. */
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link } from "wouter";
import { ApiError } from "../api/api-error.ts";
import { settlingQuery } from "../api/queries.ts";
import { Loading } from "../controls/loading.tsx";
import { Problem } from "../controls/problem.tsx";
import { useClient, useSignedIn } from "../services.ts";
import { CaseSettler, settlingImageUrl } from "../settling/case-settler.tsx";
import { useText } from "../strings/text.tsx";

export default function SettlePage({ code }: { readonly code: string }) {
  const t = useText();
  const found = useQuery(settlingQuery(useClient(), code));
  const { radiographs } = useSignedIn();
  const detail = found.data?.case;
  useEffect(() => {
    if (detail === undefined) return;
    const wanted = detail.images.map(({ id, width, height }) => ({
      url: settlingImageUrl(code, id),
      width,
      height,
    }));
    radiographs.want(wanted, []);
    document.title = `${detail.label} · ${t("app.name")}`;
  }, [detail, radiographs, code, t]);
  if (found.data !== undefined) return <CaseSettler given={found.data} />;
  if (found.error instanceof ApiError && found.error.code === "not-found") {
    return (
      <main className="centred">
        <div className="card">
          <h1>{t("settle.gone")}</h1>
          <Link href="/worklist">{t("app.back")}</Link>
        </div>
      </main>
    );
  }
  return found.error === null ? (
    <Loading />
  ) : (
    <Problem error={found.error} retry={() => void found.refetch()} />
  );
}
