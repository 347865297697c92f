/** One's own passkeys: those that are kept, a new one, and away with one that is lost. */
import { passkeysSchema } from "@malleolus/schema";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Form } from "react-aria-components";
import { passkeysKey, passkeysQuery } from "../api/queries.ts";
import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { Notice } from "../controls/notice.tsx";
import { useClient } from "../services.ts";
import { useLanguage, useText } from "../strings/text.tsx";
import { dayOrTime } from "../strings/times.ts";
import { makePasskey, passkeysWork, sayPasskeyProblem } from "./passkey.ts";

export function PasskeySettings() {
  const t = useText();
  const language = useLanguage();
  const client = useClient();
  const queries = useQueryClient();
  const passkeys = useQuery(passkeysQuery(client));
  const [name, setName] = useState("");
  const add = useMutation({
    mutationFn: () => makePasskey(client, name.trim()),
    onSuccess(answer) {
      queries.setQueryData(passkeysKey, answer);
      setName("");
    },
  });
  const remove = useMutation({
    mutationFn: (id: number) =>
      client.send("DELETE", `/api/passkeys/${id}`, undefined, passkeysSchema),
    onSuccess: (answer) => queries.setQueryData(passkeysKey, answer),
  });
  const error = passkeys.error ?? add.error ?? remove.error;
  return (
    <>
      <h1>{t("passkey.title")}</h1>
      <p>{t("passkey.text")}</p>
      {error !== null && <Notice tone="error">{sayPasskeyProblem(t, error)}</Notice>}
      {passkeys.data?.passkeys.length === 0 && <p className="muted">{t("passkey.none")}</p>}
      {(passkeys.data?.passkeys ?? []).map((one) => (
        <div className="row" key={one.id}>
          <strong>{one.name}</strong>
          <span className="muted">
            {one.usedAt === null
              ? t("passkey.never")
              : t("passkey.used", { time: dayOrTime(one.usedAt, Date.now(), language) })}
          </span>
          <Button
            look="small"
            aria-label={t("passkey.remove named", { name: one.name })}
            onPress={() => remove.mutate(one.id)}
          >
            {t("passkey.remove")}
          </Button>
        </div>
      ))}
      {passkeysWork(location.hostname) ? (
        <Form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            add.mutate();
          }}
        >
          <Field
            label={t("passkey.name")}
            hint={t("passkey.name hint")}
            value={name}
            onChange={setName}
            maxLength={100}
            isRequired
          />
          <div className="row">
            <Button type="submit" isDisabled={name.trim() === "" || add.isPending}>
              {t("passkey.add")}
            </Button>
          </div>
        </Form>
      ) : (
        <p className="muted">{t("passkey.not here")}</p>
      )}
    </>
  );
}
