/** A new training: its name, a frozen data set, a recipe. */
import { runRowSchema } from "@malleolus/schema";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Form } from "react-aria-components";
import { Link, useLocation } from "wouter";
import { sayError } from "../api/say-error.ts";
import { datasetsQuery, runsKey } from "../api/study-queries.ts";
import { Button } from "../controls/button.tsx";
import { ChoiceList } from "../controls/choices.tsx";
import { Field } from "../controls/field.tsx";
import { Notice } from "../controls/notice.tsx";
import { useClient } from "../services.ts";
import { useText } from "../strings/text.tsx";

export function StartRun({
  recipes,
}: {
  readonly recipes: readonly { readonly name: string; readonly summary: string }[];
}) {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const datasets = useQuery(datasetsQuery(client)).data?.datasets ?? [];
  const [form, setForm] = useState({ id: "", dataset: "", recipe: "", steps: "", seed: "" });
  const change = (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part }));
  const isNumber = (text: string) => text === "" || /^\d+$/.test(text);
  const isWhole =
    /^[a-z0-9][a-z0-9-]{0,59}$/.test(form.id) &&
    form.dataset !== "" &&
    form.recipe !== "" &&
    isNumber(form.steps) &&
    isNumber(form.seed);
  const start = useMutation({
    mutationFn: () => {
      const { id, dataset, recipe, steps, seed } = form;
      const body = {
        requestId: crypto.randomUUID(),
        id,
        dataset,
        recipe,
        ...(steps === "" ? {} : { steps: Number(steps) }),
        ...(seed === "" ? {} : { seed: Number(seed) }),
      };
      return client.send("POST", "/api/runs", body, runRowSchema);
    },
    onSuccess({ id }) {
      void queries.invalidateQueries({ queryKey: runsKey });
      go(`/runs/${id}`);
    },
  });
  if (datasets.length === 0) {
    return (
      <p>
        {t("runs.no data")} <Link href="/study">{t("runs.freeze")}</Link>
      </p>
    );
  }
  return (
    <Form
      className="stack start-run"
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
    >
      <h2>{t("runs.new")}</h2>
      <Field
        label={t("runs.name")}
        hint={t("runs.name hint")}
        value={form.id}
        onChange={(id) => change({ id })}
        maxLength={60}
        isRequired
      />
      <ChoiceList
        small
        label={t("runs.dataset")}
        choices={datasets.map(({ id, at, sets }) => ({
          id,
          label: t("runs.dataset choice", {
            id,
            day: at.slice(0, 10),
            images: sets.training?.images ?? 0,
          }),
        }))}
        value={form.dataset === "" ? null : form.dataset}
        onChoose={(dataset) => change({ dataset })}
      />
      <div className="choices-beside">
        <ChoiceList
          small
          label={t("runs.recipe")}
          choices={recipes.map(({ name, summary }) => ({
            id: name,
            label: (
              <>
                <b>{name}</b>
                <br />
                <span className="meta">{summary}</span>
              </>
            ),
          }))}
          value={form.recipe === "" ? null : form.recipe}
          onChoose={(recipe) => change({ recipe })}
        />
      </div>
      <div className="fields-beside">
        <Field
          label={t("runs.steps")}
          hint={t("runs.by recipe")}
          value={form.steps}
          onChange={(steps) => change({ steps })}
        />
        <Field
          label={t("runs.seed")}
          hint={t("runs.by recipe")}
          value={form.seed}
          onChange={(seed) => change({ seed })}
        />
      </div>
      {start.error !== null && <Notice tone="error">{sayError(t, start.error)}</Notice>}
      <div className="row">
        <Button look="primary" type="submit" isDisabled={!isWhole || start.isPending}>
          {t("runs.start")}
        </Button>
      </div>
    </Form>
  );
}
