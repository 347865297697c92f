/** Signing in, at whatever address it was needed: the page that was asked for comes afterwards. */
import { sessionSchema } from "@malleolus/schema";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Form } from "react-aria-components";
import { useSearchParams } from "wouter";
import { changeSession } from "../api/queries.ts";
import { sayError } from "../api/say-error.ts";
import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { Notice } from "../controls/notice.tsx";
import { useClient } from "../services.ts";
import { passkeysWork, sayPasskeyProblem, signInByPasskey } from "../settings/passkey.ts";
import { useText } from "../strings/text.tsx";
import { EntryCard } from "./entry-card.tsx";

export default function SignInPage({
  singleSignOn,
  ended,
}: {
  readonly singleSignOn: boolean;
  readonly ended: boolean;
}) {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const [search] = useSearchParams();
  const problem = `sign in.with.${search.get("sign-on")}`;
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useMutation({
    mutationFn: () => client.send("POST", "/api/login", { login, password }, sessionSchema),
    onSuccess: (session) => changeSession(queries, session),
    onError: () => setPassword(""),
  });
  const byPasskey = useMutation({
    mutationFn: () => signInByPasskey(client),
    onSuccess: (session) => changeSession(queries, session),
  });
  return (
    <EntryCard title={t("sign in.title")}>
      {t.has(problem) && <Notice tone="error">{t(problem)}</Notice>}
      {ended && <Notice tone="warn">{t("sign in.ended")}</Notice>}
      <Form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          signIn.mutate();
        }}
      >
        <Field
          label={t("sign in.name")}
          value={login}
          onChange={setLogin}
          autoComplete="username"
          isRequired
          autoFocus
        />
        <Field
          label={t("sign in.password")}
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          isRequired
        />
        {signIn.error !== null && <Notice tone="error">{sayError(t, signIn.error)}</Notice>}
        <Button look="primary" type="submit" isDisabled={signIn.isPending}>
          {t("sign in.submit")}
        </Button>
      </Form>
      {byPasskey.error !== null && (
        <Notice tone="error">{sayPasskeyProblem(t, byPasskey.error)}</Notice>
      )}
      {passkeysWork(location.hostname) && (
        <Button onPress={() => byPasskey.mutate()} isDisabled={byPasskey.isPending}>
          {t("sign in.passkey")}
        </Button>
      )}
      {singleSignOn && (
        <a className="button" href="/api/openid/start">
          {t("sign in.with")}
        </a>
      )}
    </EntryCard>
  );
}
