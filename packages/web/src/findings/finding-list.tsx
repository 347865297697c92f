/** The findings of a case as a list: each with its class, score and size, and by which its place is shown. */
import { type CaseImage, FRACTURE, type ShownFinding } from "@malleolus/schema";
import { useQuery } from "@tanstack/react-query";
import { protocolQuery } from "../api/queries.ts";
import { viewName } from "../case/names.ts";
import { Button } from "../controls/button.tsx";
import { useClient } from "../services.ts";
import { useText } from "../strings/text.tsx";
import type { Translate } from "../strings/translate.ts";
import { useMachine } from "../use-machine.ts";
import { type FindingsSession, showFinding } from "./findings-session.ts";

export function FindingList({
  session,
  images,
}: {
  readonly session: FindingsSession;
  readonly images: readonly CaseImage[];
}) {
  const t = useText();
  const className = useClassName();
  const chosen = useMachine(session.chosen, (state) => state);
  return (
    <div className="rail-group">
      <h2>{t("findings.list")}</h2>
      {session.findings.length === 0 ? (
        <p className="meta muted">{t("findings.none")}</p>
      ) : (
        <ol className="plain-list stack-tight">
          {session.findings.map((finding, place) => (
            <li key={`${finding.image} ${finding.box.join()}`} className="found">
              <Button
                look="small"
                aria-pressed={place === chosen}
                onPress={() => showFinding(session, place)}
              >
                {t("findings.one", {
                  place: place + 1,
                  class: className(finding.class),
                  view: viewName(images.find(({ id }) => id === finding.image)?.view ?? null, t),
                })}
              </Button>
              <span className="meta muted">{sizeText(finding, t)}</span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** What the protocol calls a class, or a structure. */
export function useClassName(): (id: string) => string {
  const t = useText();
  const protocol = useQuery(protocolQuery(useClient())).data;
  const named = [...(protocol?.classes ?? []), ...(protocol?.structures ?? [])];
  return (id) =>
    named.find((one) => one.id === id)?.name ?? (id === FRACTURE ? t("findings.fracture") : id);
}

/** `score 0.82 · 14.2 mm at detector`. */
function sizeText({ score, lengthMm, calibration }: ShownFinding, t: Translate): string {
  const parts = score === null ? [] : [t("findings.score", { score: score.toFixed(2) })];
  if (lengthMm !== null) {
    const length = lengthMm.toFixed(1);
    const isAtDetector = calibration === "at detector";
    parts.push(t(isAtDetector ? "findings.mm at detector" : "findings.mm", { length }));
  }
  return parts.join(" · ");
}
