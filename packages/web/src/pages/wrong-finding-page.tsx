/** A case with what the newest model found on it, where a finding is marked wrong. */
import type { WrongFindingCase } from "@malleolus/schema";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import { useLocation } from "wouter";
import { protocolQuery } from "../api/queries.ts";
import { wrongFindingQuery } from "../api/study-queries.ts";
import { IconButton } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { Loading } from "../controls/loading.tsx";
import { Problem } from "../controls/problem.tsx";
import { CaseFindings } from "../findings/case-findings.tsx";
import { useClassName } from "../findings/finding-list.tsx";
import { useClient, useSignedIn } from "../services.ts";
import { useText } from "../strings/text.tsx";
import { MarkWrong } from "../wrong-findings/mark-wrong.tsx";

export default function WrongFindingPage({ id }: { readonly id: string }) {
  const t = useText();
  const client = useClient();
  const { radiographs } = useSignedIn();
  const found = useQuery(wrongFindingQuery(client, id));
  const protocol = useQuery(protocolQuery(client)).data;
  const images = found.data?.images;
  useEffect(() => {
    if (images === undefined) return;
    const wanted = images.map(({ id: image, width, height }) => ({
      url: imageUrl(id, image),
      width,
      height,
    }));
    radiographs.want(wanted, []);
    document.title = `${id} · ${t("app.name")}`;
  }, [images, radiographs, id, t]);
  if (found.error !== null && found.data === undefined) {
    return <Problem error={found.error} retry={() => void found.refetch()} />;
  }
  if (found.data === undefined || protocol === undefined) return <Loading />;
  return <Case of={found.data} noFractureClass={protocol.noFractureClass} />;
}

function imageUrl(id: string, image: string): string {
  return `/api/wrong-findings/${encodeURIComponent(id)}/images/${image}`;
}

function Case({
  of,
  noFractureClass,
}: {
  readonly of: WrongFindingCase;
  readonly noFractureClass: string;
}) {
  const t = useText();
  const className = useClassName();
  const [, go] = useLocation();
  const { id, previous, next } = of;
  const goTo = useCallback(
    (where: "previous" | "next") => {
      const to = where === "next" ? next : previous;
      if (to !== null) go(`/wrong-findings/${encodeURIComponent(to)}`);
    },
    [go, previous, next],
  );
  return (
    <CaseFindings
      detail={of}
      findings={of.findings}
      truths={NO_TRUTHS}
      noFractureClass={noFractureClass}
      urlOf={(image) => imageUrl(id, image)}
      title={
        <>
          <IconButton label={t("wrong findings.back")} onPress={() => go("/wrong-findings")}>
            <Icon name="previous" />
          </IconButton>
          <h1>
            {t("case.title", { code: id.slice(-8) })}{" "}
            <span className="muted">· {t("case.place", { place: of.place, total: of.of })}</span>
          </h1>
        </>
      }
      summary={
        <div className="rail-group">
          <dl className="figures">
            <div>
              <dt>{t("reports.truth")}</dt>
              <dd>{className(of.class)}</dd>
            </div>
          </dl>
        </div>
      }
      actions={({ image, class: structure }) => {
        const finding = of.findings.find((one) => one.image === image && one.class === structure);
        return finding === undefined ? null : (
          <MarkWrong key={`${finding.image} ${finding.class}`} caseId={id} finding={finding} />
        );
      }}
      goTo={goTo}
    />
  );
}

const NO_TRUTHS: readonly never[] = [];
