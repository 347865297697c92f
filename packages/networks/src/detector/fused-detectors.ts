/**
 * Several detectors of the same classes as one, in one file: each examines a radiograph at its own size, and
 * what they find is fused as two views of one are, scores as means (weighted boxes fusion). Trainings from
 * several seeds or on several backbones err differently, so that equally good ones place boxes better together than
 * each (deep ensembles, Lakshminarayanan et al. 2017), for as many times the work.
 */
import { FUSED_FORMAT, maskSide } from "@malleolus/schema";
import { scope, writeSafetensors } from "@malleolus/torch";
import { ModelError } from "../errors.ts";
import { memberPrefix, readMembers, type StoredMember } from "./detector.ts";

/**
 * Writes a file that `openDetector` reads, atomically. The networks of a file that was fused itself become its own.
 * No decision between a patient's classes is taken over: what was fitted to one detector's scores does not
 * hold for all of them together.
 *
 * @param from - Files of two or more detectors.
 * @returns How many networks it has.
 * @throws ModelError `checkpoint` as `openDetector`, and for detectors that have other classes, masks of another size,
 *   or an image head where others have none.
 * @throws TorchError `checkpoint` when it cannot be written; an older file is then still there.
 */
export function writeFusedDetectors(path: string, from: readonly string[]): number {
  return scope(() => {
    const members = from.flatMap((file) =>
      readMembers(file).members.map((member) => ({ ...member, file })),
    );
    for (const member of members.slice(1)) checkAlike(members[0], member);
    const tensors = members.flatMap((member, i) =>
      [...member.tensors].map(([name, tensor]) => [`${memberPrefix(i)}${name}`, tensor] as const),
    );
    writeSafetensors(path, new Map(tensors), {
      format: FUSED_FORMAT,
      members: JSON.stringify(members.map(({ config, preprocess }) => ({ config, preprocess }))),
    });
    return members.length;
  });
}

interface NamedMember extends StoredMember {
  readonly file: string;
}

/** What has to be the same of two networks whose findings are fused. */
function checkAlike(first: NamedMember, other: NamedMember): void {
  const cells = ({ config }: NamedMember) => `masks of ${maskSide(config)} cells a side`;
  const head = ({ config }: NamedMember) =>
    config.imageHead === null ? "no image head" : "an image head";
  const sound = ({ config }: NamedMember) => `${config.soundClass ?? "none"} as its sound class`;
  const classes = ({ config }: NamedMember) => `the classes ${config.classes.join(", ")}`;
  for (const what of [classes, sound, cells, head]) {
    const [expected, got] = [what(first), what(other)];
    if (expected === got) continue;
    throw new ModelError(
      "checkpoint",
      `${other.file}: expected ${expected}, as ${first.file}, got ${got}; fuse detectors that are alike in it`,
    );
  }
}
