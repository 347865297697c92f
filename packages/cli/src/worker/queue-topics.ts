/** The topics of a study's queue as people see and name them. */
import type { Study, TopicCounts } from "@malleolus/studies";
import { alignedTable } from "../aligned-table.ts";
import { CliError } from "../errors.ts";

export interface NamedTopic extends TopicCounts {
  /** As the study knows the model of its jobs; null for files. */
  readonly model: string | null;
}

/** Of a hash as much as tells it from the others of a study. */
const SHOWN = 12;

export async function namedTopics(
  study: Study,
  topics: readonly TopicCounts[],
): Promise<NamedTopic[]> {
  const { knownModel } = await import("@malleolus/studies");
  return Promise.all(
    topics.map(async (counts) => {
      const model = await knownModel(study, counts.topic.replace(/^.*\//, ""));
      return { ...counts, model: model?.name ?? null };
    }),
  );
}

/** `analyze/3f2a9c01b2d4 (ankle-1)` */
export function topicName({ topic, model }: NamedTopic): string {
  return model === null ? shortened(topic) : `${shortened(topic)} (${model})`;
}

export function topicTable(topics: readonly NamedTopic[]): string {
  return alignedTable(
    [
      ["", "wait", "worked on", "done", "failed"],
      ...topics.map((own) => [
        `  ${topicName(own)}`,
        ...[own.waiting, own.active, own.completed, own.dead].map(String),
      ]),
    ],
    1,
  );
}

/**
 * The topic that begins so.
 *
 * @throws CliError `study` where none does, or more than one.
 */
export function findTopic(topics: readonly NamedTopic[], beginning: string): NamedTopic {
  const found = topics.filter(({ topic }) => topic.startsWith(beginning));
  const exact = found.find(({ topic }) => topic === beginning);
  if (exact !== undefined) return exact;
  if (found.length === 1) return found[0];
  const listed = (all: readonly NamedTopic[]) => all.map(topicName).join(", ");
  if (found.length > 1) {
    throw new CliError(
      "study",
      `${beginning}: expected the beginning of one topic, got that of ${found.length} (${listed(found)}); write more of it`,
    );
  }
  throw new CliError(
    "study",
    `${beginning}: expected a topic of the study's queue, got another; ${
      topics.length === 0 ? "there are no jobs in it" : `take one of ${listed(topics)}`
    }`,
  );
}

function shortened(topic: string): string {
  return topic.replace(/[0-9a-f]{64}$/, (hash) => hash.slice(0, SHOWN));
}
