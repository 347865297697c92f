/**
 * A small data set for tests: PNG files of grey noise, a bright bar in two of three, and the COCO
 * file that says where the bars are.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { randomStreams } from "@malleolus/random";
import { readTrainingSet, type TrainingSet } from "./data-set.ts";

const WIDTH = 96;
const HEIGHT = 80;
const BAR = { width: 30, height: 12 };

/** Writes `train.json` and the images into a folder, and reads them back. */
export async function writeSyntheticSet(folder: string, count: number): Promise<TrainingSet> {
  mkdirSync(folder, { recursive: true });
  const images: unknown[] = [];
  const annotations: unknown[] = [];
  for (let i = 0; i < count; i++) {
    const random = randomStreams(11, i)("synthetic set", 0);
    const pixels = Uint8Array.from({ length: WIDTH * HEIGHT }, () => 40 + 60 * random());
    const id = i + 1;
    if (i % 3 !== 2) {
      const x = Math.floor(random() * (WIDTH - BAR.width));
      const y = Math.floor(random() * (HEIGHT - BAR.height));
      for (let row = y; row < y + BAR.height; row++) {
        pixels.fill(220, row * WIDTH + x, row * WIDTH + x + BAR.width);
      }
      const [x2, y2] = [x + BAR.width, y + BAR.height];
      annotations.push({
        id,
        image_id: id,
        category_id: 1,
        bbox: [x, y, BAR.width, BAR.height],
        segmentation: [[x, y, x2, y, x2, y2, x, y2]],
      });
    }
    const fileName = `image-${i}.png`;
    writeFileSync(join(folder, fileName), grayPng(WIDTH, HEIGHT, pixels));
    images.push({ id, file_name: fileName, width: WIDTH, height: HEIGHT });
  }
  const path = join(folder, "train.json");
  const categories = [{ id: 1, name: "fracture" }];
  writeFileSync(path, JSON.stringify({ images, annotations, categories }));
  return readTrainingSet(path, folder);
}

/** A PNG of one channel of 8 bits (https://www.w3.org/TR/png-3/). */
export function grayPng(width: number, height: number, pixels: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  // Each row begins with its filter: 0, none.
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}
