/** The people of a study, for its administrator: who has an account, and invitations for the others. */
import {
  type Invitation,
  type InvitationRequest,
  invitationSchema,
  type Member,
  peopleSchema,
  type StaffRole,
  staffRoleSchema,
} from "@malleolus/schema";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Checkbox, CheckboxGroup, Form, Label } from "react-aria-components";
import { sayError } from "../api/say-error.ts";
import { peopleKey, peopleQuery } from "../api/study-queries.ts";
import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { Loading } from "../controls/loading.tsx";
import { Notice } from "../controls/notice.tsx";
import { Problem } from "../controls/problem.tsx";
import { PageNavigation, TopBar } from "../controls/top-bar.tsx";
import { useClient } from "../services.ts";
import { useLanguage, useText } from "../strings/text.tsx";
import { dayOrTime } from "../strings/times.ts";
import { translateName } from "../strings/translate.ts";

export default function PeoplePage() {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const people = useQuery(peopleQuery(client));
  const [shown, setShown] = useState<{
    readonly name: string;
    readonly invitation: Invitation;
  } | null>(null);
  const invite = useMutation({
    mutationFn: (request: { readonly name: string; readonly body: InvitationRequest }) =>
      client.send("POST", "/api/invitations", request.body, invitationSchema),
    onSuccess(invitation, { name }) {
      setShown({ name, invitation });
      void queries.invalidateQueries({ queryKey: peopleKey });
    },
  });
  const disable = useMutation({
    mutationFn: ({ id, disabled }: { readonly id: number; readonly disabled: boolean }) =>
      client.send("PATCH", `/api/accounts/${id}`, { disabled }, peopleSchema),
    onSuccess: (answer) => queries.setQueryData(peopleKey, answer),
  });
  if (people.error !== null) {
    return <Problem error={people.error} retry={() => void people.refetch()} />;
  }
  if (people.data === undefined) return <Loading />;
  const error = invite.error ?? disable.error;
  return (
    <div className="page">
      <TopBar title={<PageNavigation />} />
      <main className="content">
        <div className="stack people">
          <h1>{t("people.list")}</h1>
          {!people.data.people.some(reads) && <p className="muted">{t("people.try")}</p>}
          {error !== null && <Notice tone="error">{sayError(t, error)}</Notice>}
          {shown !== null && <InvitationLink {...shown} />}
          <PeopleTable
            people={people.data.people}
            invite={(name, body) => invite.mutate({ name, body })}
            disable={(id, disabled) => disable.mutate({ id, disabled })}
          />
          <InviteStaff invite={(name, roles) => invite.mutate({ name, body: { name, roles } })} />
        </div>
      </main>
    </div>
  );
}

/** Whether somebody who reads or draws has an account already. */
function reads({ person, account }: Member): boolean {
  return person !== null && account !== null;
}

function InvitationLink({
  name,
  invitation: { path, expiresAt },
}: {
  readonly name: string;
  readonly invitation: Invitation;
}) {
  const t = useText();
  const language = useLanguage();
  const [copied, setCopied] = useState(false);
  const link = `${location.origin}${path}`;
  return (
    <Notice tone="ok">
      <p>{t("people.link", { name })}</p>
      <p className="once">{link}</p>
      <div className="row">
        <Button
          onPress={() => void navigator.clipboard.writeText(link).then(() => setCopied(true))}
        >
          {t(copied ? "app.copied" : "app.copy")}
        </Button>
        <span className="muted">
          {t("people.link until", { time: dayOrTime(expiresAt, Date.now(), language) })}
        </span>
      </div>
    </Notice>
  );
}

function PeopleTable({
  people,
  invite,
  disable,
}: {
  readonly people: readonly Member[];
  readonly invite: (name: string, body: InvitationRequest) => void;
  readonly disable: (account: number, disabled: boolean) => void;
}) {
  const t = useText();
  const language = useLanguage();
  return (
    <table className="table">
      <thead>
        <tr>
          {(["name", "user", "roles", "seen", "state"] as const).map((column) => (
            <th key={column} scope="col">
              {t(`people.${column}`)}
            </th>
          ))}
          <td />
        </tr>
      </thead>
      <tbody>
        {people.map((member) => {
          const { person, name, roles, account, invitation } = member;
          return (
            <tr key={`${person} ${account?.id} ${name}`}>
              <th scope="row">{name}</th>
              <td>{account?.login ?? "–"}</td>
              <td>{roles.map((role) => translateName(t, "role", role)).join(", ")}</td>
              <td>
                {account?.lastSeenAt
                  ? dayOrTime(account.lastSeenAt, Date.now(), language)
                  : t("people.never")}
              </td>
              <td>{stateOf(member) === null ? "–" : t(`people.${stateOf(member) ?? "active"}`)}</td>
              <td>
                <div className="row">
                  {account === null && person !== null && (
                    <Button look="small" onPress={() => invite(name, { person })}>
                      {t(invitation === null ? "people.invite" : "people.invite again")}
                    </Button>
                  )}
                  {account !== null && (
                    <>
                      <Button look="small" onPress={() => invite(name, { account: account.id })}>
                        {t("people.reset")}
                      </Button>
                      <Button look="small" onPress={() => disable(account.id, !account.disabled)}>
                        {t(account.disabled ? "people.enable" : "people.disable")}
                      </Button>
                    </>
                  )}
                </div>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function stateOf({
  account,
  invitation,
}: Member): "active" | "invited" | "disabled" | "locked" | null {
  if (account === null) return invitation === null ? null : "invited";
  if (account.disabled) return "disabled";
  return account.lockedUntil === null ? "active" : "locked";
}

/** People of the study stand in its configuration; those who run it are invited here by name. */
function InviteStaff({ invite }: { readonly invite: (name: string, roles: StaffRole[]) => void }) {
  const t = useText();
  const [name, setName] = useState("");
  const [roles, setRoles] = useState<StaffRole[]>(["researcher"]);
  return (
    <Form
      className="stack invite"
      onSubmit={(event) => {
        event.preventDefault();
        invite(name.trim(), roles);
        setName("");
      }}
    >
      <h2>{t("people.invite title")}</h2>
      <p className="muted">{t("people.staff")}</p>
      <Field label={t("people.invite name")} value={name} onChange={setName} isRequired />
      <CheckboxGroup
        className="rail-group"
        value={roles}
        onChange={(chosen) =>
          setRoles(staffRoleSchema.options.filter((role) => chosen.includes(role)))
        }
      >
        <Label className="group-label">{t("people.invite roles")}</Label>
        <div className="row">
          {staffRoleSchema.options.map((role) => (
            <Checkbox key={role} value={role} className="check">
              {t(`role.${role}`)}
            </Checkbox>
          ))}
        </div>
      </CheckboxGroup>
      <div className="row">
        <Button type="submit" isDisabled={name.trim() === "" || roles.length === 0}>
          {t("people.invite submit")}
        </Button>
      </div>
    </Form>
  );
}
