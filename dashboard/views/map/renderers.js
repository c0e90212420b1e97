// @ts-check
/* Draws the points: by WebGL, or by the two-dimensional canvas where there is none. */

/** @import { Color } from "../../shared/browser/canvas.js" */

import { brushOf } from "../../shared/browser/canvas.js";

/**
 * What is drawn: the place of the map in the middle, how much of the map fills the canvas both ways, the size of a point in drawn pixels,
 * its opacity, the color of points that stand back, and whether higher codes lie on top.
 * @typedef {{ center: [number, number], scale: [number, number], size: number, opacity: number, gray: [number, number, number, number], ordered: boolean }} Scene
 */
/**
 * @typedef {object} Renderer
 * @property {(points: Float32Array<ArrayBuffer>) => void} setPoints x, y of each sample
 * @property {(channel: Uint8Array<ArrayBuffer>) => void} setChannel one code a sample
 * @property {(mask: Uint8Array<ArrayBuffer> | null) => void} setMask 0 for a sample that stands back
 * @property {(colors: readonly Color[]) => void} setPalette
 * @property {(scene: Scene) => void} draw
 * @property {() => boolean} painted whether anything is to be seen
 * @property {() => void} free
 */

const NONE = 255;

const VERTEX = `
attribute vec2 place;
attribute float channel;
attribute float matches;
uniform vec2 center;
uniform vec2 scale;
uniform mediump float size;
uniform float ordered;
varying float shade;
varying float lit;
void main() {
  lit = matches;
  shade = channel;
  float none = step(254.5, channel);
  float depth = 0.5 - ordered * 0.4 * channel / 255.0 * (1.0 - none) + none * 0.2 + (1.0 - matches) * 0.3;
  gl_Position = vec4((place - center) * scale, depth, 1.0);
  gl_PointSize = size * (matches > 0.5 ? 1.0 : 0.8);
}`;

const FRAGMENT = `
precision mediump float;
uniform sampler2D palette;
uniform float opacity;
uniform vec4 gray;
uniform mediump float size;
varying float shade;
varying float lit;
void main() {
  float away = length(gl_PointCoord - 0.5) * size;
  float edge = size < 2.5 ? 1.0 : clamp(size * 0.5 - away + 0.5, 0.0, 1.0);
  if (edge < 0.02) discard;
  vec4 ink = texture2D(palette, vec2((shade + 0.5) / 256.0, 0.5));
  bool plain = lit < 0.5 || shade > 254.5;
  vec4 color = plain ? gray : vec4(ink.rgb, opacity);
  gl_FragColor = vec4(color.rgb, 1.0) * color.a * edge;
}`;

/* Two static buffers and two of one byte per point; recoloring replaces one of the small ones. */
export class PointRenderer {
  /** @param {WebGLRenderingContext} gl */
  constructor(gl) {
    this.gl = gl;
    this.n = 0;
    this.masked = false;
    this.program = gl.createProgram();
    this.attach(gl.VERTEX_SHADER, VERTEX);
    this.attach(gl.FRAGMENT_SHADER, FRAGMENT);
    ["place", "channel", "matches"].forEach((name, index) => gl.bindAttribLocation(this.program, index, name));
    gl.linkProgram(this.program);
    if (!gl.getProgramParameter(this.program, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(`the map's shader does not link: ${gl.getProgramInfoLog(this.program)}`);
    /** @param {string} name */
    this.at = (name) => gl.getUniformLocation(this.program, name);
    this.buffers = { place: gl.createBuffer(), channel: gl.createBuffer(), matches: gl.createBuffer() };
    this.palette = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.palette);
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
    for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.enable(gl.DEPTH_TEST);
    gl.depthFunc(gl.LEQUAL);
    gl.clearColor(0, 0, 0, 0);
  }

  /**
   * @param {number} kind
   * @param {string} text
   */
  attach(kind, text) {
    const { gl } = this;
    const shader = gl.createShader(kind);
    if (!shader) return; // The context is lost; a new renderer is made when it comes back.
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(this.program, shader);
  }

  /**
   * @param {"place" | "channel" | "matches"} name
   * @param {Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>} values
   */
  fill(name, values) {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.buffers[name]);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, values, this.gl.STATIC_DRAW);
  }

  /** @param {Float32Array<ArrayBuffer>} points */
  setPoints(points) {
    this.n = points.length / 2;
    this.fill("place", points);
  }

  /** @param {Uint8Array<ArrayBuffer>} channel */
  setChannel(channel) {
    this.fill("channel", channel);
  }

  /** @param {Uint8Array<ArrayBuffer> | null} mask */
  setMask(mask) {
    this.masked = mask !== null;
    if (mask) this.fill("matches", mask);
  }

  /** @param {readonly Color[]} colors */
  setPalette(colors) {
    const texels = new Uint8Array(256 * 4);
    colors.slice(0, NONE).forEach((color, index) => texels.set([...color, 255], 4 * index));
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, this.palette);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, texels);
  }

  /** @param {Scene} scene */
  draw({ center, scale, size, opacity, gray, ordered }) {
    const { gl } = this;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.useProgram(this.program);
    gl.uniform2fv(this.at("center"), center);
    gl.uniform2fv(this.at("scale"), scale);
    gl.uniform1f(this.at("size"), size);
    gl.uniform1f(this.at("opacity"), opacity);
    gl.uniform4fv(this.at("gray"), gray);
    gl.uniform1f(this.at("ordered"), ordered ? 1 : 0);
    this.attribute(0, "place", 2, gl.FLOAT);
    this.attribute(1, "channel", 1, gl.UNSIGNED_BYTE);
    if (this.masked) {
      this.attribute(2, "matches", 1, gl.UNSIGNED_BYTE);
    } else {
      gl.disableVertexAttribArray(2);
      gl.vertexAttrib1f(2, 1);
    }
    gl.drawArrays(gl.POINTS, 0, this.n);
  }

  /**
   * @param {number} place
   * @param {"place" | "channel" | "matches"} name
   * @param {number} width
   * @param {number} kind
   */
  attribute(place, name, width, kind) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, width, kind, false, 0, 0);
  }

  /* Read back in the frame of the drawing; later the buffer is gone. */
  painted() {
    const { gl } = this;
    const [width, height] = [gl.drawingBufferWidth, gl.drawingBufferHeight];
    const pixels = new Uint8Array(4 * width * height);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    return new Uint32Array(pixels.buffer).some((pixel) => pixel !== 0);
  }

  free() {
    for (const buffer of Object.values(this.buffers)) this.gl.deleteBuffer(buffer);
    this.gl.deleteTexture(this.palette);
    this.gl.deleteProgram(this.program);
  }
}

/* The same picture by the two-dimensional canvas, for browsers without WebGL. */
export class FlatRenderer {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.paint = brushOf(canvas);
    this.points = new Float32Array();
    this.channel = new Uint8Array();
    /** @type {Uint8Array | null} */
    this.mask = null;
    /** @type {string[]} */
    this.colors = [];
  }

  /** @param {Float32Array<ArrayBuffer>} points */
  setPoints(points) { this.points = points; }
  /** @param {Uint8Array<ArrayBuffer>} channel */
  setChannel(channel) { this.channel = channel; }
  /** @param {Uint8Array<ArrayBuffer> | null} mask */
  setMask(mask) { this.mask = mask; }
  /** @param {readonly Color[]} colors */
  setPalette(colors) { this.colors = colors.map((color) => `rgb(${color.join(" ")})`); }

  /** @param {Scene} scene */
  draw({ center, scale, size, opacity, gray, ordered }) {
    const { paint, canvas, points, channel, mask } = this;
    paint.clearRect(0, 0, canvas.width, canvas.height);
    const rows = Array.from({ length: channel.length }, (_, row) => row);
    /** @param {number} row */
    const plain = (row) => channel[row] === NONE || (mask !== null && mask[row] === 0);
    if (ordered) rows.sort((a, b) => channel[a] - channel[b]);
    const grayInk = `rgb(${gray.slice(0, 3).map((level) => Math.round(255 * level)).join(" ")})`;
    for (const wanted of [true, false]) {
      paint.globalAlpha = wanted ? gray[3] : opacity;
      for (const row of rows) {
        if (plain(row) !== wanted) continue;
        paint.fillStyle = wanted ? grayInk : this.colors[channel[row]];
        const left = ((points[2 * row] - center[0]) * scale[0] * 0.5 + 0.5) * canvas.width;
        const top = (0.5 - (points[2 * row + 1] - center[1]) * scale[1] * 0.5) * canvas.height;
        paint.fillRect(left - size / 2, top - size / 2, size, size);
      }
    }
  }

  painted() {
    const { data } = this.paint.getImageData(0, 0, this.canvas.width, this.canvas.height);
    return new Uint32Array(data.buffer).some((pixel) => pixel !== 0);
  }

  free() {}
}
