/**
 * What a simulated radiograph of 1024 x 1280 costs, fractured and with its ground truth. It has no
 * peer. A patient's ankle is built once for three views, so a third of that belongs to each.
 */
import { buildAnkle, drawPatient, internalRoom, simulateRadiograph } from "@malleolus/data";
import type { Bench } from "./bench.ts";
import { measure, type Row, row, timed } from "./measure.ts";

export const phantom: Bench = {
  name: "phantom",
  peerModules: [],
  defaultRuns: 9,
  async run({ runs }) {
    let number = 0;
    const draw = () => drawPatient(`bench ${number++}`, { weberClass: "B", exclusion: null });
    let ankle = buildAnkle(draw());
    const times = await measure(
      [
        {
          name: "ankle",
          run: () =>
            timed(() => {
              ankle = buildAnkle(draw());
            }),
        },
        {
          name: "view",
          run: () =>
            timed(() => {
              simulateRadiograph(ankle, "mortise", internalRoom);
            }),
        },
      ],
      runs,
    );
    const rows: Row[] = [
      row("build an ankle", times.get("ankle"), undefined, null),
      row("one radiograph of it, 1024 x 1280", times.get("view"), undefined, null),
    ];
    const [built, seen] = rows;
    const perRadiograph = built.oursMs / 3 + seen.oursMs;
    return rows.map((each) => ({
      ...each,
      note: `${(1000 / perRadiograph).toFixed(2)} radiographs a second and core, three views a patient`,
    }));
  },
};
