/** Radiographs into the study, for those who run it: hospital and passphrase, then files, then what became of them. */
import { type Upload, type Uploads, uploadSchema, uploadsSchema } from "@malleolus/schema";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Form } from "react-aria-components";
import { sayError } from "../api/say-error.ts";
import { uploadsKey, uploadsQuery } from "../api/study-queries.ts";
import { Button } from "../controls/button.tsx";
import { ChoiceList } from "../controls/choices.tsx";
import { Field } from "../controls/field.tsx";
import { Loading } from "../controls/loading.tsx";
import { Notice } from "../controls/notice.tsx";
import { Problem } from "../controls/problem.tsx";
import { PageNavigation, TopBar } from "../controls/top-bar.tsx";
import { useClient, useSignedIn } from "../services.ts";
import { useText } from "../strings/text.tsx";
import { SendFiles } from "../uploads/send-files.tsx";

export default function RadiographsPage() {
  const t = useText();
  const uploads = useQuery(uploadsQuery(useClient()));
  const { account } = useSignedIn();
  if (uploads.error !== null) {
    return <Problem error={uploads.error} retry={() => void uploads.refetch()} />;
  }
  if (uploads.data === undefined) return <Loading />;
  const { upload } = uploads.data;
  const isAtWork = upload?.state === "open" || upload?.state === "ending";
  const isOwn = upload?.who === account.login;
  return (
    <div className="page">
      <TopBar title={<PageNavigation />} />
      <main className="content">
        <div className="stack content-form">
          <h1>{t("upload.title")}</h1>
          {isAtWork && !isOwn && (
            <Notice tone="warn">{t("upload.other", { name: upload.who })}</Notice>
          )}
          {upload?.state === "open" && isOwn && (
            <SendFiles upload={upload} largestBytes={uploads.data.largestBytes} />
          )}
          {upload !== null && <Progress upload={upload} />}
          {!isAtWork && <OpenUpload uploads={uploads.data} />}
        </div>
      </main>
    </div>
  );
}

function OpenUpload({ uploads: { hospitals } }: { readonly uploads: Uploads }) {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const [hospital, setHospital] = useState(hospitals.length === 1 ? hospitals[0].id : null);
  const [passphrase, setPassphrase] = useState("");
  const open = useMutation({
    mutationFn: () => client.send("POST", "/api/uploads", { hospital, passphrase }, uploadSchema),
    onSuccess: () => queries.invalidateQueries({ queryKey: uploadsKey }),
    onSettled: () => setPassphrase(""),
  });
  return (
    <Form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        open.mutate();
      }}
    >
      <p>{t("upload.text")}</p>
      <ChoiceList
        small
        label={t("upload.hospital")}
        choices={hospitals.map(({ id, name }) => ({ id, label: name }))}
        value={hospital}
        onChoose={setHospital}
      />
      <Field
        label={t("upload.passphrase")}
        hint={t("upload.passphrase hint")}
        type="password"
        autoComplete="off"
        value={passphrase}
        onChange={setPassphrase}
        isRequired
      />
      {open.error !== null && <Notice tone="error">{sayError(t, open.error)}</Notice>}
      <div className="row">
        <Button
          look="primary"
          type="submit"
          isDisabled={hospital === null || passphrase === "" || open.isPending}
        >
          {t("upload.open")}
        </Button>
      </div>
    </Form>
  );
}

function Progress({ upload }: { readonly upload: Upload }) {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => client.send("DELETE", "/api/uploads", undefined, uploadsSchema),
    onSuccess: (answer) => queries.setQueryData(uploadsKey, answer),
  });
  const { state, imported, known, refused, waiting, refusals, notes, failure } = upload;
  const isAtWork = state === "open" || state === "ending";
  return (
    <section className="stack" aria-label={t("upload.progress")}>
      <h2>{t(`upload.state.${state}`)}</h2>
      {failure !== null && <Notice tone="error">{failure}</Notice>}
      <p role="status">{t("upload.counts", { imported, known, refused, waiting })}</p>
      {refusals.length > 0 && (
        <>
          <h3>{t("upload.refusals")}</h3>
          <ul className="plain-list">
            {refusals.map(({ file, reason }) => (
              <li key={`${file} ${reason}`}>
                <strong>{file}</strong> {reason.replace(`${file}: `, "")}
              </li>
            ))}
          </ul>
        </>
      )}
      {notes.length > 0 && (
        <>
          <h3>{t("upload.notes")}</h3>
          <ul className="plain-list">
            {notes.map(({ file, note }) => (
              <li key={`${file} ${note}`}>
                <strong>{file}</strong> {note}
              </li>
            ))}
          </ul>
        </>
      )}
      {isAtWork && (
        <div className="row">
          <Button look="quiet" onPress={() => cancel.mutate()} isDisabled={cancel.isPending}>
            {t("upload.cancel")}
          </Button>
        </div>
      )}
    </section>
  );
}
