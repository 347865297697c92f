/** A new job: what is done, and by which network or strategy. */
import {
  type JobKind,
  jobKindSchema,
  jobRowSchema,
  type RunRow,
  selectionStrategySchema,
} from "@malleolus/schema";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Form } from "react-aria-components";
import { useLocation } from "wouter";
import { sayError } from "../api/say-error.ts";
import { jobsKey, runsQuery } from "../api/study-queries.ts";
import { Button } from "../controls/button.tsx";
import { ChoiceList } from "../controls/choices.tsx";
import { Field } from "../controls/field.tsx";
import { Notice } from "../controls/notice.tsx";
import { useClient } from "../services.ts";
import { useText } from "../strings/text.tsx";

interface Asked {
  /** Runs by what they are asked as; empty for the project's own, or none. */
  readonly segmentation: string;
  readonly classification: string;
  readonly run: string;
  readonly strategy: string;
  readonly count: string;
  readonly seed: string;
  readonly title: string;
}

const NOTHING: Asked = {
  segmentation: "",
  classification: "",
  run: "",
  strategy: "hard",
  count: "",
  seed: "",
  title: "",
};

/** What of it goes with each kind. */
const PARTS = {
  prelabel: ["segmentation", "classification"],
  select: ["strategy", "count", "seed"],
  report: ["run", "title"],
} as const satisfies Readonly<Record<JobKind, readonly (keyof Asked)[]>>;

export function StartJob() {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [kind, setKind] = useState<JobKind | null>(null);
  const [asked, setAsked] = useState(NOTHING);
  const change = (part: Partial<Asked>) => setAsked((before) => ({ ...before, ...part }));
  const start = useMutation({
    mutationFn: () => client.send("POST", "/api/jobs", bodyOf(kind, asked), jobRowSchema),
    onSuccess({ id }) {
      void queries.invalidateQueries({ queryKey: jobsKey });
      go(`/jobs/${id}`);
    },
  });
  const isWhole = kind !== null && [asked.count, asked.seed].every((text) => /^\d*$/.test(text));
  return (
    <Form
      className="stack start-run"
      onSubmit={(event) => {
        event.preventDefault();
        if (isWhole) start.mutate();
      }}
    >
      <h2>{t("jobs.new")}</h2>
      <ChoiceList
        small
        label={t("jobs.what")}
        choices={jobKindSchema.options.map((id) => ({
          id,
          label: (
            <>
              <b>{t(`jobs.kind.${id}`)}</b>
              <br />
              <span className="meta">{t(`jobs.does.${id}`)}</span>
            </>
          ),
        }))}
        value={kind}
        onChoose={(id) => setKind(jobKindSchema.parse(id))}
      />
      {kind === "prelabel" && <PrelabelParts asked={asked} change={change} />}
      {kind === "select" && <SelectParts asked={asked} change={change} />}
      {kind === "report" && (
        <>
          <RunChoice
            label={t("jobs.detector")}
            none={t("jobs.own detector")}
            model="mask-rcnn"
            value={asked.run}
            onChoose={(run) => change({ run })}
          />
          <Field
            label={t("jobs.report title")}
            hint={t("jobs.report title hint")}
            value={asked.title}
            onChange={(title) => change({ title })}
            maxLength={200}
          />
        </>
      )}
      {start.error !== null && <Notice tone="error">{sayError(t, start.error)}</Notice>}
      <div className="row">
        <Button look="primary" type="submit" isDisabled={!isWhole || start.isPending}>
          {t("jobs.start")}
        </Button>
      </div>
    </Form>
  );
}

interface PartsProps {
  readonly asked: Asked;
  readonly change: (part: Partial<Asked>) => void;
}

function PrelabelParts({ asked, change }: PartsProps) {
  const t = useText();
  return (
    <>
      <RunChoice
        label={t("jobs.segmentation")}
        none={t("jobs.own networks")}
        model="segmentation"
        value={asked.segmentation}
        onChoose={(segmentation) =>
          change(segmentation === "" ? { segmentation, classification: "" } : { segmentation })
        }
      />
      {asked.segmentation !== "" && (
        <RunChoice
          label={t("jobs.classification")}
          none={t("jobs.no classification")}
          model="classification"
          value={asked.classification}
          onChoose={(classification) => change({ classification })}
        />
      )}
    </>
  );
}

function SelectParts({ asked, change }: PartsProps) {
  const t = useText();
  return (
    <>
      <ChoiceList
        small
        label={t("jobs.strategy")}
        choices={selectionStrategySchema.options.map((id) => ({
          id,
          label: t(`jobs.strategy.${id}`),
        }))}
        value={asked.strategy}
        onChoose={(strategy) => change({ strategy })}
      />
      <div className="fields-beside">
        <Field
          label={t("jobs.count")}
          hint={t("jobs.by protocol")}
          value={asked.count}
          onChange={(count) => change({ count })}
        />
        <Field
          label={t("runs.seed")}
          hint={t("jobs.by protocol")}
          value={asked.seed}
          onChange={(seed) => change({ seed })}
        />
      </div>
    </>
  );
}

/** A run of the study whose network can be asked, or what there is without one. */
function RunChoice({
  label,
  none,
  model,
  value,
  onChoose,
}: {
  readonly label: string;
  readonly none: string;
  readonly model: NonNullable<RunRow["model"]>;
  readonly value: string;
  readonly onChoose: (run: string) => void;
}) {
  const runs = useQuery(runsQuery(useClient())).data?.runs ?? [];
  const choices = runs.filter((run) => run.model === model).map(({ id }) => ({ id, label: id }));
  return (
    <ChoiceList
      small
      label={label}
      choices={[{ id: OWN, label: none }, ...choices]}
      value={value === "" ? OWN : value}
      onChoose={(id) => onChoose(id === OWN ? "" : id)}
    />
  );
}

/** No run has this name. */
const OWN = "*";

function bodyOf(kind: JobKind | null, asked: Asked): object {
  const parts = kind === null ? [] : PARTS[kind];
  const given = parts.flatMap((part) => {
    const text = asked[part].trim();
    if (text === "") return [];
    return [[part, part === "count" || part === "seed" ? Number(text) : text] as const];
  });
  return { requestId: crypto.randomUUID(), kind, ...Object.fromEntries(given) };
}
