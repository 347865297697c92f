/**
 * The two pictures that a network's work begins with, told apart by their range. Both are row-major,
 * [height * width], and neither is quantised.
 */

/** What a screen shows: displayed values, 0 (black) to 1 (white). A radiograph is one. */
export interface DisplayImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Float32Array;
}

/** What a network takes: grey levels of the same range as an 8-bit picture's, 0 (black) to 255. */
export interface NetworkImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Float32Array;
}
