/**
 * The WebGL renderer's program: the arithmetic of `resample.ts` in whole numbers, then the window.
 *
 * A texture of whole numbers cannot be filtered by the graphics card, and its own filter would have
 * eight bits and another rounding on every card.
 */

export const vertexShader = `#version 300 es
// One triangle that covers the view.
void main() {
  vec2 corner = vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0);
  gl_Position = vec4(corner, 0.0, 1.0);
}`;

export const fragmentShader = `#version 300 es
precision highp float;
precision highp int;
uniform highp usampler2D level;
// Base and step of each axis in 65536ths of the level's pixels, and where the radiograph ends.
uniform ivec2 base;
uniform ivec2 stepSize;
uniform ivec2 end;
uniform int viewHeight;
uniform bool isSmooth;
// Black's value and the width of the window; inverted or not.
uniform float low;
uniform float width;
uniform bool inverted;
out vec4 colour;

uint valueAt(ivec2 pixel, ivec2 last) {
  return texelFetch(level, clamp(pixel, ivec2(0), last), 0).r;
}

void main() {
  // Rows of the view count from the top, OpenGL's from the bottom.
  ivec2 view = ivec2(int(gl_FragCoord.x), viewHeight - 1 - int(gl_FragCoord.y));
  ivec2 at = base + view * stepSize;
  if (any(lessThan(at, ivec2(0))) || any(greaterThanEqual(at, end))) {
    colour = vec4(0.0, 0.0, 0.0, 1.0);
    return;
  }
  ivec2 last = textureSize(level, 0) - 1;
  uint value;
  if (isSmooth) {
    ivec2 between = at - 32768;
    ivec2 pixel = between >> 16;
    uvec2 weight = uvec2((between >> 8) & 255);
    uint above = valueAt(pixel, last) * (256u - weight.x)
      + valueAt(pixel + ivec2(1, 0), last) * weight.x;
    uint below = valueAt(pixel + ivec2(0, 1), last) * (256u - weight.x)
      + valueAt(pixel + ivec2(1, 1), last) * weight.x;
    value = (above * (256u - weight.y) + below * weight.y + 32768u) >> 16;
  } else {
    value = valueAt(at >> 16, last);
  }
  float share = clamp((float(value) - low) / width, 0.0, 1.0);
  float grey = inverted ? 1.0 - share : share;
  colour = vec4(vec3(grey), 1.0);
}`;
