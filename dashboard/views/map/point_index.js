// @ts-check
/* Finds the point nearest to a place: a grid of cells, filled once by counting. */

export class PointIndex {
  /** @param {Float32Array} points x, y of each sample, in [-1, 1] */
  constructor(points) {
    this.points = points;
    const n = points.length / 2;
    this.side = Math.max(1, Math.min(1024, Math.ceil(Math.sqrt(n / 4))));
    this.starts = new Int32Array(this.side * this.side + 1);
    const cells = new Int32Array(n);
    for (let row = 0; row < n; row += 1) {
      cells[row] = this.cell(points[2 * row]) + this.side * this.cell(points[2 * row + 1]);
      this.starts[cells[row] + 1] += 1;
    }
    for (let cell = 0; cell < this.side * this.side; cell += 1) this.starts[cell + 1] += this.starts[cell];
    const fill = this.starts.slice(0, -1);
    this.rows = new Int32Array(n);
    for (let row = 0; row < n; row += 1) this.rows[fill[cells[row]]++] = row;
  }

  /** @param {number} value */
  cell(value) {
    return Math.max(0, Math.min(this.side - 1, Math.floor(((value + 1) / 2) * this.side)));
  }

  /**
   * The row of the point nearest to a place; -1 when none is within reach. A grayed-out point is only taken where no other is near.
   * @param {readonly [number, number]} place
   * @param {number} reach
   * @param {Uint8Array | null} mask 0 for a point that is grayed out
   */
  nearest([x, y], reach, mask) {
    const { points, side, starts, rows } = this;
    let best = -1;
    let bestFar = reach * reach;
    let bestLit = -1;
    for (let line = this.cell(y - reach); line <= this.cell(y + reach); line += 1) {
      const from = starts[line * side + this.cell(x - reach)];
      const to = starts[line * side + this.cell(x + reach) + 1];
      for (let place = from; place < to; place += 1) {
        const row = rows[place];
        const far = (points[2 * row] - x) ** 2 + (points[2 * row + 1] - y) ** 2;
        if (far > reach * reach) continue;
        const lit = mask ? mask[row] : 1;
        if (lit < bestLit || (lit === bestLit && far >= bestFar)) continue;
        best = row;
        bestFar = far;
        bestLit = lit;
      }
    }
    return best;
  }
}
