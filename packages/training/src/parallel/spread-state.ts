/** What the leader of a team has learned so far, given to the others: they need no file of the run. */
import { momentShapesSchema } from "@malleolus/schema";
import { nn, scope, type Tensor, zeros } from "@malleolus/torch";
import type { TrainingState } from "../run/training-state.ts";
import type { Team } from "./team.ts";

/** Makes the others' weights, moments and average the leader's. */
export function spreadState(team: Team, { task, optimizer, average }: TrainingState): void {
  if (team.size === 1) return;
  const { model } = task;
  team.spread([...nn.stateDict(model).values()]);
  if (average !== null) {
    average.swap();
    team.spread([...nn.parameters(model).values()]);
    average.swap();
  }
  scope(() => {
    const own = optimizer.state();
    const shapes = [...own].map(([name, moment]) => [name, moment.shape]);
    const moments = momentShapesSchema
      .parse(team.tell(shapes))
      .map(([name, shape]): [string, Tensor] => [name, own.get(name) ?? zeros(shape)]);
    team.spread(moments.map(([, moment]) => moment));
    if (team.rank > 0) optimizer.loadState(new Map(moments));
  });
}
