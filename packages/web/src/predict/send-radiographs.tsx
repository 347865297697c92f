/** Chooses a patient's radiographs, sends them, and asks for what a detector finds on them. */
import { MOST_PREDICTED_FILES, shownPredictionSchema } from "@malleolus/schema";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { DropZone, FileTrigger, isFileDropItem } from "react-aria-components";
import { useLocation } from "wouter";
import { sayError } from "../api/say-error.ts";
import { Button } from "../controls/button.tsx";
import { Notice } from "../controls/notice.tsx";
import { useClient } from "../services.ts";
import { useText } from "../strings/text.tsx";

export function SendRadiographs({ largestBytes }: { readonly largestBytes: number }) {
  const t = useText();
  const client = useClient();
  const [, go] = useLocation();
  const [sent, setSent] = useState(0);
  const send = useMutation({
    async mutationFn(files: readonly File[]) {
      if (files.length > MOST_PREDICTED_FILES) {
        throw new Error(t("predict.too many", { most: MOST_PREDICTED_FILES }));
      }
      const large = files.find(({ size }) => size > largestBytes);
      if (large !== undefined) {
        const megabytes = (largestBytes / 2 ** 20).toFixed(0);
        throw new Error(t("predict.too large", { name: large.name, megabytes }));
      }
      const id = crypto.randomUUID();
      for (const [place, file] of files.entries()) {
        setSent(place);
        const name = encodeURIComponent(file.name);
        const path = `/api/predictions/${id}/files/${place}?name=${name}`;
        await client.sendBytes(path, file, shownPredictionSchema);
      }
      return client.send("POST", `/api/predictions/${id}/analysis`, {}, shownPredictionSchema);
    },
    onSuccess: ({ id }) => go(`/predict/${id}`),
  });
  const take = (files: readonly File[]) => {
    if (files.length > 0 && !send.isPending) send.mutate(files);
  };
  return (
    <>
      <DropZone
        className="drop-zone"
        aria-label={t("predict.drop")}
        onDrop={async ({ items }) =>
          take(await Promise.all(items.filter(isFileDropItem).map((item) => item.getFile())))
        }
      >
        <p>{t("predict.drop")}</p>
        <div className="row">
          <FileTrigger allowsMultiple onSelect={(files) => take([...(files ?? [])])}>
            <Button look="primary" isDisabled={send.isPending}>
              {t("predict.choose")}
            </Button>
          </FileTrigger>
        </div>
      </DropZone>
      {send.isPending && (
        <p role="status">
          {t("predict.sending", { done: sent + 1, total: send.variables.length })}
        </p>
      )}
      {send.error !== null && <Notice tone="error">{sayError(t, send.error)}</Notice>}
    </>
  );
}
