/** Which request an act is. */
import {
  annotationSubmittedSchema,
  caseSchema,
  recordedSchema,
  savedDraftSchema,
  submittedSchema,
} from "@malleolus/schema";
import type { Client } from "../api/client.ts";
import type { Act } from "./act.ts";
import type { Acknowledgement } from "./outbox-runner.ts";

export async function sendAct(client: Client, act: Act, version: number): Promise<Acknowledgement> {
  const { requestId } = act;
  const path = `/api/cases/${act.code}`;
  switch (act.kind) {
    case "draft": {
      const body = { requestId, version, content: act.content };
      const saved = await client.send("PUT", `${path}/draft`, body, savedDraftSchema);
      return { kind: "draft", act, ...saved };
    }
    case "submit": {
      const body = { requestId, content: act.content };
      const submitted = await client.send("POST", `${path}/reading`, body, submittedSchema);
      return { kind: "submit", act, ...submitted };
    }
    case "withdraw": {
      const detail = await client.send("POST", `${path}/withdraw`, { requestId }, caseSchema);
      return { kind: "withdraw", act, detail };
    }
    case "reopening": {
      const body = { requestId, reason: act.reason };
      const recorded = await client.send("POST", `${path}/reopening`, body, recordedSchema);
      return { kind: "reopening", act, ...recorded };
    }
    case "drawing": {
      const body = { requestId, version, content: act.content };
      const drawing = `/api/annotating/${act.code}/draft`;
      const saved = await client.send("PUT", drawing, body, savedDraftSchema);
      return { kind: "drawing", act, ...saved };
    }
    case "submit drawing": {
      const body = { requestId, version, content: act.content };
      const drawing = `/api/annotating/${act.code}/submission`;
      const done = await client.send("POST", drawing, body, annotationSubmittedSchema);
      return { kind: "submit drawing", act, ...done };
    }
  }
}
