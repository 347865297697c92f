/** Radiographs of one patient that a detector is to look at: to be chosen, and what becomes of them. */
import { recordedSchema, type ShownPrediction } from "@malleolus/schema";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link, useLocation } from "wouter";
import { protocolQuery } from "../api/queries.ts";
import { sayError } from "../api/say-error.ts";
import { predictingQuery, predictionQuery } from "../api/study-queries.ts";
import { Button } from "../controls/button.tsx";
import { Loading } from "../controls/loading.tsx";
import { Notice } from "../controls/notice.tsx";
import { Problem } from "../controls/problem.tsx";
import { PageNavigation, TopBar } from "../controls/top-bar.tsx";
import { FoundCase, predictionImageUrl } from "../predict/found-case.tsx";
import { WithResearchStrip } from "../predict/research-strip.tsx";
import { SendRadiographs } from "../predict/send-radiographs.tsx";
import { useClient, useSignedIn } from "../services.ts";
import { useText } from "../strings/text.tsx";

export default function PredictPage({ id }: { readonly id: string | undefined }) {
  const t = useText();
  useEffect(() => {
    document.title = `${t("predict.title")} · ${t("app.name")}`;
  }, [t]);
  return (
    <WithResearchStrip>{id === undefined ? <Choose /> : <Prediction id={id} />}</WithResearchStrip>
  );
}

function Choose() {
  const t = useText();
  const can = useQuery(predictingQuery(useClient()));
  if (can.error !== null && can.data === undefined) {
    return <Problem error={can.error} retry={() => void can.refetch()} />;
  }
  if (can.data === undefined) return <Loading />;
  return (
    <div className="page">
      <TopBar title={<PageNavigation />} />
      <main className="content">
        <div className="stack content-form">
          <h1>{t("predict.title")}</h1>
          <p>{t("predict.text")}</p>
          <p className="muted">{t("predict.kept")}</p>
          {can.data.canPredict ? (
            <SendRadiographs largestBytes={can.data.largestBytes} />
          ) : (
            <Notice tone="warn">{t("predict.cannot")}</Notice>
          )}
        </div>
      </main>
    </div>
  );
}

function Prediction({ id }: { readonly id: string }) {
  const client = useClient();
  const { radiographs } = useSignedIn();
  const found = useQuery(predictionQuery(client, id));
  const protocol = useQuery(protocolQuery(client)).data;
  const result = found.data?.result ?? null;
  useEffect(() => {
    if (result === null) return;
    const wanted = result.images.map(({ id: image, width, height }) => ({
      url: predictionImageUrl(id, image),
      width,
      height,
    }));
    radiographs.want(wanted, []);
  }, [result, radiographs, id]);
  if (found.error !== null && found.data === undefined) {
    return <Problem error={found.error} retry={() => void found.refetch()} />;
  }
  if (found.data === undefined || protocol === undefined) return <Loading />;
  if (result === null) return <Waiting of={found.data} />;
  return <FoundCase id={id} files={found.data.files} found={result} protocol={protocol} />;
}

function Waiting({ of }: { readonly of: ShownPrediction }) {
  const t = useText();
  const client = useClient();
  const [, go] = useLocation();
  const cancel = useMutation({
    mutationFn: () => client.send("DELETE", `/api/predictions/${of.id}`, undefined, recordedSchema),
    onSuccess: () => go("/predict"),
  });
  const isRefused = of.state === "refused";
  return (
    <div className="page">
      <TopBar title={<PageNavigation />} />
      <main className="content">
        <div className="stack content-form">
          <h1>{t("predict.title")}</h1>
          <p role="status">
            {t(`predict.state.${of.state}`, { done: of.done, total: of.files.length })}
          </p>
          {!isRefused && (
            <progress
              aria-label={t("predict.title")}
              {...(of.state === "analysing" && of.done > 0
                ? { value: of.done, max: of.files.length }
                : {})}
            />
          )}
          {of.problem !== null && <Notice tone="error">{of.problem}</Notice>}
          <p className="muted">{of.files.join(", ")}</p>
          {cancel.error !== null && <Notice tone="error">{sayError(t, cancel.error)}</Notice>}
          <div className="row">
            {isRefused ? (
              <Link href="/predict">{t("predict.another")}</Link>
            ) : (
              <Button onPress={() => cancel.mutate()} isDisabled={cancel.isPending}>
                {t("predict.cancel")}
              </Button>
            )}
          </div>
        </div>
      </main>
    </div>
  );
}
