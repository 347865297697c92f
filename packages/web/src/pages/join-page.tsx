/** Accepting an invitation, or setting a password again: by a link that works once. */
import { type InvitationOffer, invitationOfferSchema, sessionSchema } from "@malleolus/schema";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Form } from "react-aria-components";
import { changeSession } from "../api/queries.ts";
import { sayError } from "../api/say-error.ts";
import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { Loading } from "../controls/loading.tsx";
import { Notice } from "../controls/notice.tsx";
import { useClient } from "../services.ts";
import { useText } from "../strings/text.tsx";
import { translateName } from "../strings/translate.ts";
import { EntryCard } from "./entry-card.tsx";
import { forgetLinkToken, takeLinkToken } from "./link-token.ts";
import { isGoodPassword, NewPasswordFields } from "./new-password.tsx";

export default function JoinPage() {
  const t = useText();
  const client = useClient();
  const [token] = useState(takeLinkToken);
  const offer = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => client.send("POST", "/api/invitation", { token }, invitationOfferSchema),
    enabled: token !== null,
    retry: false,
  });
  if (token === null || offer.error !== null) {
    return (
      <EntryCard title={t("invitation.title")}>
        <p role="alert">
          {offer.error === null ? t("invitation.no token") : sayError(t, offer.error)}
        </p>
      </EntryCard>
    );
  }
  return offer.data === undefined ? <Loading /> : <JoinForm token={token} offer={offer.data} />;
}

function JoinForm({ token, offer }: { readonly token: string; readonly offer: InvitationOffer }) {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const [login, setLogin] = useState(offer.login ?? "");
  const [password, setPassword] = useState({ first: "", second: "" });
  const join = useMutation({
    mutationFn: () =>
      client.send(
        "POST",
        "/api/join",
        { token, ...(offer.login === null ? { login } : {}), password: password.first },
        sessionSchema,
      ),
    onSuccess: (session) => {
      forgetLinkToken();
      changeSession(queries, session);
      // Somebody else may be signed in here: nothing of their page is kept, and no address of theirs.
      location.replace("/");
    },
  });
  const roles = offer.roles.map((role) => translateName(t, "role", role)).join(", ");
  return (
    <EntryCard title={t("invitation.title")} wide>
      <p>
        <strong>{offer.name}</strong>
        <br />
        {t("invitation.for", { roles })}
      </p>
      <Form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          join.mutate();
        }}
      >
        <Field
          label={t("account.name")}
          hint={offer.login === null ? t("account.name hint") : undefined}
          value={login}
          onChange={setLogin}
          autoComplete="username"
          isReadOnly={offer.login !== null}
          isRequired
          autoFocus={offer.login === null}
        />
        <NewPasswordFields value={password} onChange={setPassword} />
        {join.error !== null && <Notice tone="error">{sayError(t, join.error)}</Notice>}
        <Button
          look="primary"
          type="submit"
          isDisabled={join.isPending || !isGoodPassword(password)}
        >
          {t("invitation.submit")}
        </Button>
      </Form>
    </EntryCard>
  );
}
