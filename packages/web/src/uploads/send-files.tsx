/** Chooses files and sends them one after the other, as long as the page is open. */
import { type Upload, uploadedFileSchema, uploadSchema } from "@malleolus/schema";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { DropZone, FileTrigger, isFileDropItem } from "react-aria-components";
import { sayError } from "../api/say-error.ts";
import { uploadsKey } from "../api/study-queries.ts";
import { Button } from "../controls/button.tsx";
import { Notice } from "../controls/notice.tsx";
import { useClient } from "../services.ts";
import { useText } from "../strings/text.tsx";
import { chosenFiles } from "./chosen-files.ts";

interface Sent {
  readonly done: number;
  readonly total: number;
}

export function SendFiles({
  upload,
  largestBytes,
}: {
  readonly upload: Upload;
  readonly largestBytes: number;
}) {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const [sent, setSent] = useState<Sent>({ done: 0, total: 0 });
  const [troubles, setTroubles] = useState<readonly string[]>([]);
  const queue = useRef(Promise.resolve());
  const refresh = () => queries.invalidateQueries({ queryKey: uploadsKey });

  const sendOne = async (file: File) => {
    try {
      const path = `/api/uploads/files?name=${encodeURIComponent(file.name)}`;
      await client.sendBytes(path, file, uploadedFileSchema);
    } catch (error) {
      setTroubles((before) => [...before, `${file.name}: ${sayError(t, error)}`]);
    } finally {
      setSent(({ done, total }) => ({ done: done + 1, total }));
    }
  };
  const send = (files: readonly File[]) => {
    const { wanted, tooLarge } = chosenFiles(files, largestBytes);
    setTroubles((before) => [
      ...before,
      ...tooLarge.map(({ name }) => t("upload.too large", { name, size: sizeText(largestBytes) })),
    ]);
    setSent(({ done, total }) => ({ done, total: total + wanted.length }));
    for (const file of wanted) queue.current = queue.current.then(() => sendOne(file));
    queue.current = queue.current.then(refresh);
  };
  const end = useMutation({
    mutationFn: () => client.send("POST", "/api/uploads/end", {}, uploadSchema),
    onSuccess: refresh,
  });
  const isSending = sent.done < sent.total;
  return (
    <>
      <DropZone
        className="drop-zone"
        aria-label={t("upload.drop")}
        onDrop={async ({ items }) =>
          send(await Promise.all(items.filter(isFileDropItem).map((item) => item.getFile())))
        }
      >
        <p>{t("upload.drop")}</p>
        <div className="row">
          <FileTrigger allowsMultiple onSelect={(files) => send([...(files ?? [])])}>
            <Button look={sent.total === 0 ? "primary" : "plain"}>{t("upload.files")}</Button>
          </FileTrigger>
          <FileTrigger acceptDirectory onSelect={(files) => send([...(files ?? [])])}>
            <Button>{t("upload.folder")}</Button>
          </FileTrigger>
        </div>
      </DropZone>
      {sent.total > 0 && (
        <p role="status">{t("upload.sent", { done: sent.done, total: sent.total })}</p>
      )}
      {troubles.length > 0 && (
        <Notice tone="error">
          <ul className="plain-list">
            {troubles.map((trouble) => (
              <li key={trouble}>{trouble}</li>
            ))}
          </ul>
        </Notice>
      )}
      {end.error !== null && <Notice tone="error">{sayError(t, end.error)}</Notice>}
      {sent.done + upload.imported + upload.known + upload.refused + upload.waiting > 0 && (
        <div className="row">
          <Button
            look="primary"
            onPress={() => end.mutate()}
            isDisabled={isSending || end.isPending}
          >
            {t("upload.end")}
          </Button>
          <span className="muted">{t("upload.end hint")}</span>
        </div>
      )}
    </>
  );
}

function sizeText(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(0)} GiB`;
}
