/** An ankle in a view to the sums along every ray: soft tissue, bones, the grain of the bones. */
import type { Ankle } from "../anatomy/ankle.ts";
import type { Body, Trabeculae } from "../anatomy/body.ts";
import { meshCast, meshSoftTissue, plantarflexed } from "../anatomy/pose.ts";
import { createRandom, type Random } from "../random.ts";
import { addThickness, emptyRaySums, type RaySums } from "./attenuation.ts";
import { type Camera, spacingAtCenterMm } from "./camera.ts";
import { sampleTexture, type Texture, trabecularTexture } from "./texture.ts";
import { projectThickness, type ThicknessMap } from "./thickness.ts";
import type { ViewGeometry } from "./view.ts";

/** Relative scatter of a ray's mineral after one millimetre; Looked (see `ranges.ts`). */
const GRAIN_CONTRAST = 0.36;
/** Mineral that attenuates as wet plaster does, in g/cm³. A. */
const PLASTER_MINERAL = 0.4;
/** Rays a pixel along each side where fragments have sharp edges. */
const FINE = 2;

export interface Surroundings {
  readonly sums: RaySums;
  /** The whole tibia's thickness. */
  readonly tibia: ThicknessMap;
}

/** The rays through everything but the fibula. */
export function surroundings(ankle: Ankle, geometry: ViewGeometry, grain: Grain): Surroundings {
  const { camera, plantarflexionDegrees } = geometry;
  const { patient } = ankle;
  const sums = emptyRaySums(camera.width, camera.height);
  const soft = meshSoftTissue(patient, plantarflexionDegrees);
  const skin = projectThickness([soft.skin], camera);
  const muscle = projectThickness([soft.muscle], camera);
  addThickness(sums, "fat", skin, 1);
  addThickness(sums, "fat", muscle, -1);
  addThickness(sums, "muscle", muscle, 1);
  if (patient.exclusion === "cast") {
    const cast = projectThickness(meshCast(patient, plantarflexionDegrees), camera);
    addThickness(sums, "mineral", cast, PLASTER_MINERAL);
  }
  let tibia: ThicknessMap | undefined;
  ankle.bodies.forEach((body, index) => {
    const mesh =
      body.part === "foot" ? plantarflexed(body.mesh, patient, plantarflexionDegrees) : body.mesh;
    const map = projectThickness([mesh], camera);
    if (body.mesh === ankle.tibia) tibia = map;
    addBody(sums, body, map, camera, grain.of(index));
  });
  if (tibia === undefined) throw new Error("internal: the tibia is none of its ankle's bodies");
  return { sums, tibia };
}

/** A fibula's bodies in a view; `bodies` in the order of `Ankle.fibula`. */
export function projectFibula(
  bodies: readonly Body[],
  camera: Camera,
): { readonly body: Body; readonly map: ThicknessMap }[] {
  return bodies.map((body) => ({ body, map: projectThickness([body.mesh], camera, FINE) }));
}

/** The same rays with a fibula added to them. */
export function withFibula(
  sums: RaySums,
  fibula: ReturnType<typeof projectFibula>,
  camera: Camera,
  grain: Grain,
): RaySums {
  const added: RaySums = {
    ...sums,
    fat: sums.fat.slice(),
    muscle: sums.muscle.slice(),
    cortical: sums.cortical.slice(),
    mineral: sums.mineral.slice(),
  };
  for (const { body, map } of fibula) addBody(added, body, map, camera, grain.of(-1));
  return added;
}

/** Adds a body to the rays through it. */
export function addBody(
  sums: RaySums,
  body: Body,
  map: ThicknessMap,
  camera: Camera,
  grain: BodyGrain,
): void {
  const { fat, muscle, cortical, mineral, metal } = body.adds;
  if (fat !== undefined) addThickness(sums, "fat", map, fat);
  if (muscle !== undefined) addThickness(sums, "muscle", map, muscle);
  if (cortical !== undefined) addThickness(sums, "cortical", map, cortical);
  if (mineral !== undefined) addThickness(sums, "mineral", map, mineral);
  if (metal !== undefined) addThickness(sums, "metal", map, metal);
  if (body.trabeculae !== null) addTrabeculae(sums, body.trabeculae, map, camera, grain);
}

function addTrabeculae(
  sums: RaySums,
  trabeculae: Trabeculae,
  map: ThicknessMap,
  camera: Camera,
  { texture, offsetMm: [offsetU, offsetV] }: BodyGrain,
): void {
  const spacing = spacingAtCenterMm(camera);
  // All views look across the leg: a row of the image is a level of the bone.
  const [cos, sin] = [Math.cos(trabeculae.grain), camera.handedness * Math.sin(trabeculae.grain)];
  for (let y = 0; y < map.height; y++) {
    const v = (map.top + y + 0.5 - camera.principalY) * spacing;
    const density = trabeculae.mineral(camera.center[2] - v);
    const row = (map.top + y) * sums.width + map.left;
    for (let x = 0; x < map.width; x++) {
      const mm = map.mm[y * map.width + x];
      if (mm <= 0) continue;
      const u = (map.left + x + 0.5 - camera.principalX) * spacing;
      const noise = sampleTexture(
        texture,
        offsetU + cos * u + sin * v,
        offsetV - sin * u + cos * v,
      );
      sums.mineral[row + x] += (density / 10) * (mm + GRAIN_CONTRAST * Math.sqrt(mm) * noise);
    }
  }
}

interface BodyGrain {
  readonly texture: Texture;
  readonly offsetMm: readonly [u: number, v: number];
}

/** The grain of every body in a view: the pattern is the same, and where it is cut out differs. */
export interface Grain {
  of(body: number): BodyGrain;
}

let texture: Texture | undefined;

export function sampleGrain(random: Random): Grain {
  texture ??= trabecularTexture(createRandom("trabeculae"), 0.65);
  const pattern = texture;
  const start = [random.between(0, 100), random.between(0, 100)] as const;
  return {
    of: (body) => ({
      texture: pattern,
      offsetMm: [start[0] + 17.3 * body, start[1] + 41.9 * body],
    }),
  };
}
