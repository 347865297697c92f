/** Takes jobs out of a study's queue, when somebody has said that it is meant. */
import { confirm } from "@clack/prompts";
import type { JobQueue, Study } from "@malleolus/studies";
import type { Command } from "commander";
import type { Output } from "../output.ts";
import { findTopic, namedTopics, topicName } from "./queue-topics.ts";

export interface JobsToDiscard {
  /** Or its beginning. */
  readonly topic: string;
  /** Those that failed too often, in the place of those that wait. */
  readonly dead: boolean;
  /** Whether nobody is to be asked. */
  readonly sure: boolean;
}

/** @throws CliError `study` for a topic that is none. Wrong usage where nobody can be asked. */
export async function discardJobs(
  study: Study,
  queue: JobQueue,
  { topic: beginning, dead, sure }: JobsToDiscard,
  output: Output,
  command: Command,
): Promise<void> {
  const found = findTopic(await namedTopics(study, await queue.topics()), beginning);
  const count = dead ? found.dead : found.waiting;
  const which = `of ${topicName(found)} that ${dead ? "failed too often" : "wait"}`;
  if (count === 0) {
    output.writeError(`there are no jobs ${which}\n`);
    return;
  }
  if (!sure && !(await isMeant(`${count} jobs ${which}`, output, command))) {
    output.writeError("nothing was discarded\n");
    return;
  }
  const discarded = await queue.discard(found.topic, dead ? "dead" : "waiting");
  output.writeError(
    `${discarded} jobs ${which} are discarded; what is open in them is sent by the command that sent them\n`,
  );
}

async function isMeant(what: string, output: Output, command: Command): Promise<boolean> {
  if (output.terminal === undefined || !process.stdin.isTTY) {
    return command.error(
      `error: ${what} would be discarded, and without a terminal nobody can be asked: add --sure`,
    );
  }
  const answer = await confirm({
    message: `Discard ${what}? Nobody does them any more, until they are sent again.`,
    initialValue: false,
    output: output.terminal,
  });
  return answer === true;
}
