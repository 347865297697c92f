/** The first account, by the link that the server wrote to its terminal. */
import { sessionSchema } from "@malleolus/schema";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Form } from "react-aria-components";
import { changeSession } from "../api/queries.ts";
import { sayError } from "../api/say-error.ts";
import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { Notice } from "../controls/notice.tsx";
import { useClient } from "../services.ts";
import { useText } from "../strings/text.tsx";
import { EntryCard } from "./entry-card.tsx";
import { forgetLinkToken, takeLinkToken } from "./link-token.ts";
import { isGoodPassword, NewPasswordFields } from "./new-password.tsx";

export default function SetUpPage() {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const [token] = useState(takeLinkToken);
  const [login, setLogin] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState({ first: "", second: "" });
  const setUp = useMutation({
    mutationFn: () =>
      client.send(
        "POST",
        "/api/setup",
        { token, login, name, password: password.first },
        sessionSchema,
      ),
    onSuccess(session) {
      forgetLinkToken();
      changeSession(queries, session);
    },
  });
  if (token === null) {
    return (
      <EntryCard title={t("set up.title")}>
        <p>{t("set up.no token")}</p>
      </EntryCard>
    );
  }
  return (
    <EntryCard title={t("set up.title")} wide>
      <p>{t("set up.text")}</p>
      <Form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          setUp.mutate();
        }}
      >
        <Field
          label={t("account.full name")}
          value={name}
          onChange={setName}
          autoComplete="name"
          isRequired
          autoFocus
        />
        <Field
          label={t("account.name")}
          hint={t("account.name hint")}
          value={login}
          onChange={setLogin}
          autoComplete="username"
          isRequired
        />
        <NewPasswordFields value={password} onChange={setPassword} />
        {setUp.error !== null && <Notice tone="error">{sayError(t, setUp.error)}</Notice>}
        <Button
          look="primary"
          type="submit"
          isDisabled={setUp.isPending || !isGoodPassword(password)}
        >
          {t("set up.submit")}
        </Button>
      </Form>
    </EntryCard>
  );
}
