/** How far readers agreed before anybody talked, of the cases that are decided. Those who read never see it. */
import type { Estimate, PanelAgreement, Proportion } from "@malleolus/schema";
import { useQuery } from "@tanstack/react-query";
import { agreementQuery } from "../api/study-queries.ts";
import { useClient } from "../services.ts";
import { estimateText } from "../strings/estimate-text.ts";
import { useText } from "../strings/text.tsx";
import { Part } from "./part.tsx";

export function AgreementTable() {
  const t = useText();
  const agreement = useQuery(agreementQuery(useClient()));
  return (
    <Part title={t("study.agreement")} query={agreement}>
      {({ panels }) =>
        panels.length === 0 ? (
          <p className="muted">{t("study.no agreement")}</p>
        ) : (
          panels.map((panel) => <OfPanel key={panel.panel} of={panel} />)
        )
      }
    </Part>
  );
}

function OfPanel({ of }: { readonly of: PanelAgreement }) {
  const t = useText();
  const kappa = (value: number | null, interval: Estimate["interval"]) =>
    estimateText({ value, interval }, 2);
  return (
    <table className="table">
      <caption>{t(`study.panel.${of.panel}`, { cases: of.cases })}</caption>
      <thead>
        <tr>
          <th scope="col">{t("study.readers")}</th>
          <th scope="col">{t("study.same")}</th>
          <th scope="col">{t("study.kappa")}</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">{t("study.all readers")}</th>
          <td>{shareText(of.unanimous)}</td>
          <td>{kappa(of.fleissKappa.value, of.fleissKappa.interval)}</td>
        </tr>
        {of.pairs.map(({ names, agreement, cohenKappa, kappaInterval }) => (
          <tr key={names.join(" ")}>
            <th scope="row">{names.join(", ")}</th>
            <td>{shareText(agreement)}</td>
            <td>{kappa(cohenKappa, kappaInterval)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** `12 of 20 (60 %)` in figures alone. */
function shareText({ count, total, share }: Proportion): string {
  return share === null ? "–" : `${count} / ${total} (${Math.round(share * 100)} %)`;
}
