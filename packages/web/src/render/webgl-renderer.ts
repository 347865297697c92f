/**
 * The renderer on a graphics card: a radiograph's levels are textures of 16-bit whole numbers, and a
 * frame is one triangle with a few uniforms.
 *
 * A card that is reset forgets its textures. The canvas says so, and says when it is back: the last
 * frame is then drawn anew.
 */
import type { PixelLevel, PixelLevels } from "./pixel-levels.ts";
import type { Frame, GraphicsListener, Renderer } from "./renderer.ts";
import { sampleView } from "./sampling.ts";
import { fragmentShader, vertexShader } from "./shaders.ts";

interface Program {
  readonly program: WebGLProgram;
  readonly uniform: (name: string) => WebGLUniformLocation | null;
}

/** Nothing where the browser has no WebGL2. Throws where its program does not compile. */
export function createWebglRenderer(
  canvas: HTMLCanvasElement,
  listen: GraphicsListener,
): Renderer | undefined {
  const gl = canvas.getContext("webgl2", {
    alpha: false,
    antialias: false,
    depth: false,
    stencil: false,
    // A screenshot, and a frame that the browser composes later, still find the picture.
    preserveDrawingBuffer: true,
  });
  if (gl === null) return undefined;
  let program = makeProgram(gl);
  let textures = new Map<PixelLevel, WebGLTexture>();
  let texturesOf: PixelLevels | undefined;
  let fitting: PixelLevels | undefined;
  let last: Frame | undefined;

  const draw = (frame: Frame) => {
    last = frame;
    if (gl.isContextLost() || canvas.width === 0 || canvas.height === 0) return;
    if (texturesOf !== frame.levels) {
      for (const texture of textures.values()) gl.deleteTexture(texture);
      textures = new Map();
      texturesOf = frame.levels;
      fitting = fittingLevels(gl, frame.levels);
    }
    const shown = fitting === undefined ? frame : { ...frame, levels: fitting };
    drawFrame(gl, program, canvas, shown, (level) => {
      const kept = textures.get(level);
      if (kept !== undefined) return kept;
      const made = makeTexture(gl, level);
      textures.set(level, made);
      return made;
    });
  };

  const onLost = (event: Event) => {
    event.preventDefault();
    textures = new Map();
    listen("lost");
  };
  const onRestored = () => {
    program = makeProgram(gl);
    if (last !== undefined) draw(last);
    listen("restored");
  };
  canvas.addEventListener("webglcontextlost", onLost);
  canvas.addEventListener("webglcontextrestored", onRestored);

  return {
    kind: "webgl",
    draw(frame) {
      draw(frame);
      return "fine";
    },
    dispose() {
      canvas.removeEventListener("webglcontextlost", onLost);
      canvas.removeEventListener("webglcontextrestored", onRestored);
      for (const texture of textures.values()) gl.deleteTexture(texture);
      gl.deleteProgram(program.program);
      // Browsers keep a limited number of contexts, and free the rest when they please.
      gl.getExtension("WEBGL_lose_context")?.loseContext();
    },
  };
}

/** Without the levels that are larger than a texture of this card may be. */
function fittingLevels(gl: WebGL2RenderingContext, all: PixelLevels): PixelLevels {
  const side: unknown = gl.getParameter(gl.MAX_TEXTURE_SIZE);
  const greatest = typeof side === "number" ? side : 0;
  const levels = all.levels.filter(({ width, height }) => Math.max(width, height) <= greatest);
  return levels.length === 0 || levels.length === all.levels.length ? all : { ...all, levels };
}

function drawFrame(
  gl: WebGL2RenderingContext,
  { program, uniform }: Program,
  canvas: HTMLCanvasElement,
  { levels, camera, window }: Frame,
  textureOf: (level: PixelLevel) => WebGLTexture,
): void {
  const { level, x, y, smooth } = sampleView(levels, camera, canvas);
  gl.viewport(0, 0, canvas.width, canvas.height);
  // biome-ignore lint/correctness/useHookAtTopLevel: WebGL calls it so; it is no hook of React.
  gl.useProgram(program);
  gl.activeTexture(gl.TEXTURE0);
  gl.bindTexture(gl.TEXTURE_2D, textureOf(level));
  gl.uniform1i(uniform("level"), 0);
  gl.uniform2i(uniform("base"), x.base, y.base);
  gl.uniform2i(uniform("stepSize"), x.step, y.step);
  gl.uniform2i(uniform("end"), x.end, y.end);
  gl.uniform1i(uniform("viewHeight"), canvas.height);
  gl.uniform1i(uniform("isSmooth"), smooth ? 1 : 0);
  gl.uniform1f(uniform("low"), window.level - window.width / 2);
  gl.uniform1f(uniform("width"), window.width);
  gl.uniform1i(uniform("inverted"), window.inverted ? 1 : 0);
  gl.drawArrays(gl.TRIANGLES, 0, 3);
}

function makeProgram(gl: WebGL2RenderingContext): Program {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragmentShader],
  ] as const) {
    const shader = gl.createShader(kind);
    if (shader === null) continue; // The context is lost; it will be restored.
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`internal: the WebGL program does not link: ${gl.getProgramInfoLog(program)}`);
  }
  const locations = new Map<string, WebGLUniformLocation | null>();
  return {
    program,
    uniform(name) {
      if (!locations.has(name)) locations.set(name, gl.getUniformLocation(program, name));
      return locations.get(name) ?? null;
    },
  };
}

function makeTexture(gl: WebGL2RenderingContext, level: PixelLevel): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  // Rows of an odd number of 16-bit values are not multiples of four bytes.
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 2);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  gl.texImage2D(
    gl.TEXTURE_2D,
    0,
    gl.R16UI,
    level.width,
    level.height,
    0,
    gl.RED_INTEGER,
    gl.UNSIGNED_SHORT,
    level.pixels,
  );
  return texture;
}
