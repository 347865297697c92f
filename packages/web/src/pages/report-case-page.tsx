/** A case of a report with its radiographs: what holds, solid, and what the detector found, dashed. */
import type { ReportCase } from "@malleolus/schema";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import { useLocation, useSearchParams } from "wouter";
import { protocolQuery } from "../api/queries.ts";
import { reportCaseQuery } from "../api/study-queries.ts";
import { IconButton } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { Loading } from "../controls/loading.tsx";
import { Problem } from "../controls/problem.tsx";
import { CaseFindings } from "../findings/case-findings.tsx";
import { ClassScores } from "../findings/class-scores.tsx";
import { useClassName } from "../findings/finding-list.tsx";
import { caseAddress } from "../reports/link-cases.ts";
import { useClient, useSignedIn } from "../services.ts";
import { useText } from "../strings/text.tsx";

export default function ReportCasePage({
  id,
  patient,
}: {
  readonly id: string;
  readonly patient: string;
}) {
  const t = useText();
  const client = useClient();
  const { radiographs } = useSignedIn();
  const found = useQuery(reportCaseQuery(client, id, patient));
  const protocol = useQuery(protocolQuery(client)).data;
  const data = found.data;
  useEffect(() => {
    if (data === undefined) return;
    const wanted = data.images.map(({ id: image, width, height }) => ({
      url: imageUrl(id, patient, image),
      width,
      height,
    }));
    radiographs.want(wanted, []);
    document.title = `${data.label} · ${t("app.name")}`;
  }, [data, radiographs, id, patient, t]);
  if (found.error !== null && data === undefined) {
    return <Problem error={found.error} retry={() => void found.refetch()} />;
  }
  if (data === undefined || protocol === undefined) return <Loading />;
  return <Case report={id} of={data} noFractureClass={protocol.noFractureClass} />;
}

function imageUrl(report: string, patient: string, image: string): string {
  return `/api/reports/${report}/cases/${encodeURIComponent(patient)}/images/${image}`;
}

function Case({
  report,
  of,
  noFractureClass,
}: {
  readonly report: string;
  readonly of: ReportCase;
  readonly noFractureClass: string;
}) {
  const t = useText();
  const [, go] = useLocation();
  const [search] = useSearchParams();
  const from = search.get("from") ?? "";
  const { previous, next, patient } = of;
  const goTo = useCallback(
    (where: "previous" | "next") => {
      const to = where === "next" ? next : previous;
      if (to !== null) go(caseAddress(report, to, ""));
    },
    [go, report, previous, next],
  );
  return (
    <CaseFindings
      detail={of}
      findings={of.findings}
      truths={of.truths}
      noFractureClass={noFractureClass}
      urlOf={(image) => imageUrl(report, patient, image)}
      title={
        <>
          <IconButton
            label={t("reports.to report")}
            onPress={() => go(`/reports/${report}${from === "" ? "" : `#${from}`}`)}
          >
            <Icon name="previous" />
          </IconButton>
          <h1>
            {t("case.title", { code: of.label })}{" "}
            <span className="muted">· {t("case.place", { place: of.place, total: of.of })}</span>
          </h1>
        </>
      }
      summary={<Summary of={of} />}
      goTo={goTo}
    />
  );
}

function Summary({ of }: { readonly of: ReportCase }) {
  const t = useText();
  const className = useClassName();
  const isRight = of.truth === of.called;
  return (
    <>
      <div className="rail-group">
        <dl className="figures">
          <div>
            <dt>{t("reports.truth")}</dt>
            <dd>{className(of.truth)}</dd>
          </div>
          <div>
            <dt>{t("reports.called")}</dt>
            <dd className={isRight ? undefined : "tone-error"}>
              {className(of.called)}
              {!isRight && <span className="meta"> · {t("reports.wrong")}</span>}
            </dd>
          </div>
        </dl>
        <p className="meta muted">{t("findings.lines")}</p>
      </div>
      <ClassScores scores={of.scores} />
    </>
  );
}
