/** The cases of each hospital from the archive to what they serve for; every exclusion by its code. */
import type { HospitalFlow, ReadingProtocol, StudyFlow } from "@malleolus/schema";
import { useQuery } from "@tanstack/react-query";
import { protocolQuery } from "../api/queries.ts";
import { flowQuery } from "../api/study-queries.ts";
import { useClient } from "../services.ts";
import { useText } from "../strings/text.tsx";
import type { Translate } from "../strings/translate.ts";
import { Part } from "./part.tsx";

export function Funnel() {
  const t = useText();
  const client = useClient();
  const flow = useQuery(flowQuery(client));
  const protocol = useQuery(protocolQuery(client));
  return (
    <Part title={t("study.flow")} query={flow}>
      {({ hospitals }) => (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("study.stage")}</th>
              {hospitals.map(({ hospital }) => (
                <th key={hospital} scope="col">
                  {hospital}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {flowRows(hospitals, protocol.data, t).map(({ id, label, of }) => (
              <tr key={id}>
                <th scope="row">{label}</th>
                {hospitals.map((hospital) => (
                  <td key={hospital.hospital}>{of(hospital)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Part>
  );
}

interface FlowRow {
  readonly id: string;
  readonly label: string;
  readonly of: (hospital: HospitalFlow) => number;
}

function flowRows(
  hospitals: StudyFlow["hospitals"],
  protocol: ReadingProtocol | undefined,
  t: Translate,
): FlowRow[] {
  const named = [...(protocol?.exclusions ?? []), ...(protocol?.classes ?? [])];
  const nameOf = (code: string) => named.find(({ id }) => id === code)?.name ?? code;
  const byCode = (
    stage: "excluded" | "excludedByReading" | "classes" | "excludedByReference",
  ): FlowRow[] => {
    const codes = new Set(hospitals.flatMap((one) => Object.keys(one[stage])));
    return [...codes].map((code) => ({
      id: `${stage} ${code}`,
      label: t(`study.${stage}`, { name: nameOf(code) }),
      of: (hospital) => hospital[stage][code] ?? 0,
    }));
  };
  const row = (
    id: "cases" | "candidates" | "read" | "readUndecided" | "adjudicated" | "annotated",
    of: FlowRow["of"],
  ): FlowRow => ({ id, label: t(`study.row.${id}`), of });
  return [
    row("cases", ({ cases }) => cases),
    ...byCode("excluded"),
    row(
      "candidates",
      ({ screened }) => screened["candidate fracture"] + screened["candidate no fracture"],
    ),
    row("read", ({ read }) => read),
    row("readUndecided", ({ readUndecided }) => readUndecided),
    ...byCode("excludedByReading"),
    ...byCode("classes"),
    row("adjudicated", ({ adjudicated }) => adjudicated),
    row("annotated", ({ annotated }) => annotated),
    ...(
      ["preliminary training", "training", "tuning", "internal test", "external test"] as const
    ).map(
      (assignment): FlowRow => ({
        id: assignment,
        label: t(`study.assigned.${assignment}`),
        of: ({ assigned }) => assigned[assignment].cases,
      }),
    ),
    ...byCode("excludedByReference"),
  ];
}
