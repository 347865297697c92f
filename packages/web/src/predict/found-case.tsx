/** What a detector found on a patient's radiographs: the views, the class that it calls, the findings. */
import { type Predicted, type ReadingProtocol, recordedSchema } from "@malleolus/schema";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useLocation } from "wouter";
import { sayError } from "../api/say-error.ts";
import { predictionKey } from "../api/study-queries.ts";
import { Button, IconButton } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { Notice } from "../controls/notice.tsx";
import { CaseFindings } from "../findings/case-findings.tsx";
import { ClassScores } from "../findings/class-scores.tsx";
import { useClassName } from "../findings/finding-list.tsx";
import { useClient } from "../services.ts";
import { useText } from "../strings/text.tsx";

export function predictionImageUrl(id: string, image: string): string {
  return `/api/predictions/${id}/images/${image}`;
}

export interface FoundCaseProps {
  readonly id: string;
  readonly files: readonly string[];
  readonly found: Predicted;
  readonly protocol: ReadingProtocol;
}

export function FoundCase({ id, files, found, protocol }: FoundCaseProps) {
  const t = useText();
  const [, go] = useLocation();
  const detail = useMemo(() => hung(found, protocol), [found, protocol]);
  return (
    <CaseFindings
      detail={detail}
      findings={found.findings}
      truths={NO_TRUTHS}
      noFractureClass={protocol.noFractureClass}
      urlOf={(image) => predictionImageUrl(id, image)}
      title={
        <>
          <IconButton label={t("predict.another")} onPress={() => go("/predict")}>
            <Icon name="previous" />
          </IconButton>
          <h1>{t("predict.title")}</h1>
        </>
      }
      summary={<Summary found={found} />}
      after={<Afterwards id={id} files={files} found={found} />}
      goTo={() => undefined}
    />
  );
}

const NO_TRUTHS: readonly never[] = [];

/** In the order of hanging, with the views that nobody has sent. */
function hung({ images }: Predicted, { views }: ReadingProtocol) {
  const place = ({ view }: Predicted["images"][number]) => {
    const at = view === null ? -1 : views.indexOf(view);
    return at < 0 ? views.length : at;
  };
  return {
    images: images.toSorted((a, b) => place(a) - place(b)),
    missing: views.filter((view) => !images.some((image) => image.view === view)),
  };
}

function Summary({ found: { called, scores } }: Pick<FoundCaseProps, "found">) {
  const t = useText();
  const className = useClassName();
  return (
    <>
      {called !== null && (
        <div className="rail-group">
          <dl className="figures">
            <div>
              <dt>{t("predict.called")}</dt>
              <dd>{className(called)}</dd>
            </div>
          </dl>
        </div>
      )}
      <ClassScores scores={scores} />
    </>
  );
}

function Afterwards({ id, files, found }: Omit<FoundCaseProps, "protocol">) {
  const t = useText();
  const [, go] = useLocation();
  const client = useClient();
  const queries = useQueryClient();
  const forget = useMutation({
    mutationFn: () => client.send("DELETE", `/api/predictions/${id}`, undefined, recordedSchema),
    onSuccess() {
      queries.removeQueries({ queryKey: predictionKey(id) });
      go("/predict");
    },
  });
  const { notes, model } = found;
  return (
    <>
      {notes.length > 0 && (
        <div className="rail-group">
          <h2>{t("analyse.notes")}</h2>
          <ul className="plain-list meta" lang="en">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </div>
      )}
      <div className="rail-group">
        <p className="meta muted">
          {t("predict.model", { sha256: model.sha256.slice(0, 12), version: model.version })}
        </p>
        <p className="meta muted">{t("predict.kept")}</p>
        <div className="row">
          <Button look="small" onPress={() => saveFindings(files, found)}>
            {t("predict.save")}
          </Button>
          <Button look="small" onPress={() => forget.mutate()} isDisabled={forget.isPending}>
            {t("predict.forget")}
          </Button>
        </div>
        {forget.error !== null && <Notice tone="error">{sayError(t, forget.error)}</Notice>}
      </div>
    </>
  );
}

/** As a file of this computer: the server keeps nothing. */
function saveFindings(files: readonly string[], found: Predicted): void {
  const text = JSON.stringify(
    { notice: "Research use. Not for patient care.", files, ...found },
    null,
    2,
  );
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "findings.json";
  link.click();
  URL.revokeObjectURL(url);
}
