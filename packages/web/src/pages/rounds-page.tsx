/** Reading rounds, for those who run the study: what there are, and a new one. */
import { type Round, type Rounds, roundModelSchema, roundSchema } from "@malleolus/schema";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Checkbox, CheckboxGroup, Form, Label, Switch } from "react-aria-components";
import { sayError } from "../api/say-error.ts";
import { roundsKey, roundsQuery } from "../api/study-queries.ts";
import { Button } from "../controls/button.tsx";
import { Segments } from "../controls/choices.tsx";
import { Field } from "../controls/field.tsx";
import { Loading } from "../controls/loading.tsx";
import { Notice } from "../controls/notice.tsx";
import { Problem } from "../controls/problem.tsx";
import { PageNavigation, TopBar } from "../controls/top-bar.tsx";
import { firstRound, type RoundForm, roundRequest } from "../rounds/round-form.ts";
import { useClient } from "../services.ts";
import { useText } from "../strings/text.tsx";

export default function RoundsPage() {
  const t = useText();
  const rounds = useQuery(roundsQuery(useClient()));
  if (rounds.error !== null) {
    return <Problem error={rounds.error} retry={() => void rounds.refetch()} />;
  }
  if (rounds.data === undefined) return <Loading />;
  return (
    <div className="page">
      <TopBar title={<PageNavigation />} />
      <main className="content">
        <div className="stack people">
          <h1>{t("round.title")}</h1>
          {rounds.data.rounds.length === 0 ? (
            <p className="muted">{t("round.none")}</p>
          ) : (
            <RoundTable rounds={rounds.data} />
          )}
          <NewRound readers={rounds.data.readers} />
        </div>
      </main>
    </div>
  );
}

function RoundTable({ rounds: { rounds, readers } }: { readonly rounds: Rounds }) {
  const t = useText();
  const names = new Map(readers.map(({ id, name }) => [id, name]));
  const said = (people: readonly string[]) => people.map((one) => names.get(one) ?? one).join(", ");
  const kind = ({ model, passShare }: Round) =>
    passShare === null
      ? t(`round.model.${model}`)
      : t("round.qualification of", { percent: Math.round(passShare * 100) });
  return (
    <table className="table">
      <thead>
        <tr>
          {(["name", "kind", "people", "cases", "repeats", "washout", "passed"] as const).map(
            (column) => (
              <th key={column} scope="col">
                {t(`round.${column}`)}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>
        {rounds.map((round) => (
          <tr key={round.key}>
            <th scope="row">{round.name}</th>
            <td>{kind(round)}</td>
            <td>{said(round.people)}</td>
            <td>{round.cases}</td>
            <td>{round.repeats}</td>
            <td>{t("round.days", { days: round.washoutDays })}</td>
            <td>{round.passShare === null ? "–" : said(round.passed) || "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function NewRound({ readers }: Pick<Rounds, "readers">) {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const [form, setForm] = useState<RoundForm>(firstRound);
  const [requestId, setRequestId] = useState(() => crypto.randomUUID());
  const change = (part: Partial<RoundForm>) => setForm((before) => ({ ...before, ...part }));
  const request = roundRequest(form, requestId);
  const open = useMutation({
    mutationFn: () => client.send("POST", "/api/rounds", request, roundSchema),
    onSuccess() {
      setForm(firstRound);
      setRequestId(crypto.randomUUID());
      void queries.invalidateQueries({ queryKey: roundsKey });
    },
  });
  const number = (
    part: "cases" | "repeats" | "washout" | "pass" | "seed",
    label: string,
    hint?: string,
  ) => (
    <Field
      label={label}
      hint={hint}
      value={form[part]}
      onChange={(text) => change({ [part]: text })}
    />
  );
  return (
    <Form
      className="stack content-form"
      onSubmit={(event) => {
        event.preventDefault();
        open.mutate();
      }}
    >
      <h2>{t("round.new")}</h2>
      <p className="muted">{t("round.text")}</p>
      <Field
        label={t("round.name")}
        hint={t("round.name hint")}
        value={form.name}
        onChange={(name) => change({ name })}
        maxLength={100}
        isRequired
      />
      <CheckboxGroup
        className="rail-group"
        value={[...form.people]}
        onChange={(people) => change({ people })}
      >
        <Label className="group-label">{t("round.people")}</Label>
        <div className="row">
          {readers.map(({ id, name }) => (
            <Checkbox key={id} value={id} className="check">
              {name}
            </Checkbox>
          ))}
        </div>
      </CheckboxGroup>
      <Switch
        className="switch"
        isSelected={form.qualifies}
        onChange={(qualifies) => change({ qualifies })}
      >
        <span className="switch-track" />
        {t("round.qualifies")}
      </Switch>
      {number("cases", t("round.cases"), t("round.cases hint"))}
      {form.qualifies ? (
        number("pass", t("round.pass"))
      ) : (
        <>
          <Segments
            label={t("round.model")}
            choices={roundModelSchema.options.map((one) => ({
              id: one,
              label: t(`round.model.${one}`),
            }))}
            value={form.model}
            onChoose={(id) => {
              const model = roundModelSchema.safeParse(id);
              if (model.success) change({ model: model.data });
            }}
          />
          {form.model === "crossed" ? (
            <p className="muted">{t("round.crossed")}</p>
          ) : (
            number("repeats", t("round.repeat share"), t("round.repeat hint"))
          )}
          {number("washout", t("round.washout"))}
        </>
      )}
      {number("seed", t("round.seed"))}
      {open.error !== null && <Notice tone="error">{sayError(t, open.error)}</Notice>}
      <div className="row">
        <Button look="primary" type="submit" isDisabled={request === null || open.isPending}>
          {t("round.open")}
        </Button>
      </div>
    </Form>
  );
}
