/* What is drawn above the points, on a canvas of its own: the outline of a lasso, and rings around samples. */

export function paintOverlay(canvas, style, ratio, { outline, dashed, rings, radius }) {
  const paint = canvas.getContext("2d");
  paint.setTransform(ratio, 0, 0, ratio, 0, 0);
  paint.clearRect(0, 0, canvas.width, canvas.height);
  if (outline.length > 1) paintOutline(paint, style, outline, dashed);
  const paper = style.getPropertyValue("--paper-now") || "#fff";
  for (const { at, width } of rings) paintRing(paint, at, radius, [[paper, width + 3], [style.color, width]]);
}

function paintOutline(paint, style, outline, dashed) {
  paint.beginPath();
  outline.forEach(([left, top], index) => (index ? paint.lineTo(left, top) : paint.moveTo(left, top)));
  paint.closePath();
  paint.fillStyle = style.color;
  paint.globalAlpha = 0.08;
  paint.fill();
  paint.globalAlpha = 1;
  paint.lineWidth = 1.5;
  paint.strokeStyle = style.color;
  if (dashed) paint.setLineDash([5, 3]);
  paint.stroke();
  paint.setLineDash([]);
}

function paintRing(paint, [left, top], radius, strokes) {
  for (const [stroke, width] of strokes) {
    paint.beginPath();
    paint.arc(left, top, radius, 0, 7);
    paint.strokeStyle = stroke;
    paint.lineWidth = width;
    paint.stroke();
  }
}
