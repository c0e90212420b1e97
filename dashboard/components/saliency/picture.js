/* What is on screen as one picture with its legend, to take away. */

const SIDE = 320;
const GAP = 16;
const HEAD = 64;
const FOOT = 56;

export async function asPicture({ tiles, title, palette, ends, opacity }) {
  const width = tiles.length * (SIDE + GAP) + GAP;
  const node = document.createElement("canvas");
  Object.assign(node, { width, height: HEAD + SIDE + FOOT + 3 * GAP });
  const context = node.getContext("2d");
  context.fillStyle = "#FFFFFF";
  context.fillRect(0, 0, node.width, node.height);
  context.fillStyle = "#1B2530";
  context.font = "600 16px sans-serif";
  context.fillText(title, GAP, 28, width - 2 * GAP);
  tiles.forEach((tile, place) => {
    const left = GAP + place * (SIDE + GAP);
    context.font = "14px sans-serif";
    context.fillStyle = "#1B2530";
    context.fillText(tile.title.textContent, left, HEAD - 4, SIDE);
    inFrame(context, tile.image, tile.image.naturalWidth, tile.image.naturalHeight, left);
    if (!tile.heat.hidden && tile.drawn) {
      context.globalAlpha = opacity;
      inFrame(context, tile.heat, tile.heat.width, tile.heat.height, left);
      context.globalAlpha = 1;
    }
  });
  const bar = context.createLinearGradient(GAP, 0, GAP + SIDE, 0);
  palette.forEach(([red, green, blue], at) => bar.addColorStop(at / (palette.length - 1), `rgb(${red} ${green} ${blue})`));
  context.fillStyle = bar;
  const top = HEAD + SIDE + 2 * GAP;
  context.fillRect(GAP, top, SIDE, 10);
  context.fillStyle = "#1B2530";
  context.font = "12px sans-serif";
  context.fillText(ends[0], GAP, top + 28);
  context.textAlign = "right";
  context.fillText(ends[1], GAP + SIDE, top + 28);
  return new Promise((take) => node.toBlob(take, "image/png"));
}

function inFrame(context, image, width, height, left) {
  if (!width || !height) return;
  const scale = SIDE / Math.max(width, height);
  context.imageSmoothingEnabled = Math.max(width, height) >= 64;
  context.drawImage(image, left + (SIDE - width * scale) / 2, HEAD + GAP + (SIDE - height * scale) / 2, width * scale, height * scale);
}
