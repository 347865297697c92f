/** The page that analyses a radiograph where it is: in this browser. */
import type { Finding } from "@malleolus/schema";
import { useEffect, useId, useMemo, useRef } from "react";
import { useText } from "../strings/text.tsx";
import mark from "../styles/mark.svg";
import type { OpenedDetector } from "./analysis-messages.ts";
import { drawFindings } from "./draw-findings.ts";
import { FindingTables } from "./finding-tables.tsx";
import type { Picture } from "./picture.ts";
import { type Analysis, type Stand, useAnalysis } from "./use-analysis.ts";

export function AnalysePage() {
  const t = useText();
  const analysis = useAnalysis();
  const { stand, detector, image } = analysis;
  const text = useStandText(stand);
  const shown = useMemo(() => shownOf(stand, detector), [stand, detector]);
  const isBusy = detector === null || stand.kind === "analysing";
  return (
    <div className="page">
      <header className="top-bar">
        <span className="brand">
          <img src={mark} alt="" />
          {t("app.name")}
        </span>
        <div className="top-bar-middle">
          <h1>{t("analyse.title")}</h1>
        </div>
      </header>
      <main className="content analyse">
        <div className="stack">
          <div className="notice notice-warn">
            <p>{t("analyse.stays")}</p>
            <p>{t("analyse.simulated")}</p>
            <p>{t("app.research")}</p>
          </div>
          <ChooseFile isBusy={isBusy} analyse={analysis.analyse} />
          <p role="status">{text}</p>
          <LoadingBar stand={stand} />
          {stand.kind === "found" && detector !== null && (
            <FindingTables findings={shown} scores={stand.analysis.classScores} />
          )}
          {image !== null && image.notes.length > 0 && <FileNotes notes={image.notes} />}
          {detector !== null && <EngineLine detector={detector} />}
        </div>
        {image !== null && (
          <Radiograph image={image} findings={shown} isAnalysed={stand.kind === "found"} />
        )}
      </main>
    </div>
  );
}

/** Of a radiograph that was analysed, those that the detector's decision shows. */
function shownOf(stand: Stand, detector: Analysis["detector"]): Finding[] {
  if (stand.kind !== "found" || detector === null) return [];
  return stand.analysis.findings.filter(({ score }) => score >= detector.threshold);
}

function ChooseFile({
  isBusy,
  analyse,
}: {
  readonly isBusy: boolean;
  readonly analyse: Analysis["analyse"];
}) {
  const t = useText();
  const id = useId();
  // No list of types to accept: most DICOM files have a name without an ending.
  return (
    <div className="field">
      <label htmlFor={id}>{t("analyse.choose")}</label>
      <input
        id={id}
        type="file"
        disabled={isBusy}
        aria-describedby={`${id}-hint`}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file !== undefined) void analyse(file);
        }}
      />
      <p id={`${id}-hint`} className="meta muted">
        {t("analyse.choose hint")}
      </p>
    </div>
  );
}

function LoadingBar({ stand }: { readonly stand: Stand }) {
  const t = useText();
  if (stand.kind === "analysing") return <progress aria-label={t("analyse.analysing")} />;
  if (stand.kind !== "loading") return null;
  const label = t("analyse.loading");
  return stand.total > 0 ? (
    <progress aria-label={label} value={stand.done} max={stand.total} />
  ) : (
    <progress aria-label={label} />
  );
}

function useStandText(stand: Stand): string {
  const t = useText();
  switch (stand.kind) {
    case "loading":
      return t("analyse.loading");
    case "ready":
      return t("analyse.ready");
    case "analysing":
      return t("analyse.analysing");
    case "found":
      return t("analyse.found", { seconds: (stand.ms / 1000).toFixed(1) });
    case "no picture":
      return t(`analyse.${stand.fault}`, { detail: stand.detail });
    case "failed":
      return stand.status === 401
        ? t("analyse.sign in")
        : t("analyse.failed", { reason: stand.reason });
  }
}

/** What reading the file has to say; in English, as the commands say it. */
function FileNotes({ notes }: { readonly notes: readonly string[] }) {
  const t = useText();
  return (
    <>
      <h2>{t("analyse.notes")}</h2>
      <ul lang="en">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </>
  );
}

function EngineLine({ detector }: { readonly detector: OpenedDetector }) {
  const t = useText();
  const { engine, threads, isInstead } = detector;
  return (
    <p className="meta muted">
      {t(`analyse.engine ${engine}`, { count: threads })}
      {isInstead && ` ${t("analyse.engine instead")}`}
    </p>
  );
}

function Radiograph({
  image,
  findings,
  isAnalysed,
}: {
  readonly image: Picture;
  readonly findings: readonly Finding[];
  readonly isAnalysed: boolean;
}) {
  const t = useText();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current !== null) drawFindings(canvas.current, image, findings);
  }, [image, findings]);
  const label = isAnalysed
    ? t("analyse.picture found", { count: findings.length })
    : t("analyse.picture");
  return <canvas ref={canvas} className="analyse-picture" role="img" aria-label={label} />;
}
