// Makes world.svg of Natural Earth's coastline, which is in the public domain (naturalearthdata.com), as the npm package
// world-atlas has it. Needed only to make the file anew:
//
//   cd "$(mktemp -d)" && npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
//   node .../lb-http/assets/world.mjs package/land-50m.json > .../lb-http/assets/world.svg
//
// One degree of longitude is 20 units, the projection is Miller's cylindrical one: pages/map/projection.rs has the same.
// What is below 60° south is left out, and of the rest what nobody sees: points that hardly turn the line, and islets.
import { readFileSync } from 'node:fs';

const UNITS = 20;
const RADIUS = (UNITS * 180) / Math.PI;
const SOUTH = -60;
const POINT_AREA = 12; // a point stays if it makes a triangle of so many square units with its neighbours
const RING_AREA = 60; // a ring stays if it has so many

const topology = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { scale, translate } = topology.transform;
const arcs = topology.arcs.map((arc) => {
  let [x, y] = [0, 0];
  return arc.map(([dx, dy]) => [(x += dx) * scale[0] + translate[0], (y += dy) * scale[1] + translate[1]]);
});

function ring(numbers) {
  const points = [];
  for (const number of numbers) {
    const arc = number < 0 ? arcs[~number].toReversed() : arcs[number];
    points.push(...(points.length ? arc.slice(1) : arc));
  }
  return points;
}

// Some rings cross the line where the days begin: they are drawn on, past 180°, and then cut into what is on either side.
function continuous(points) {
  let turn = 0;
  return points.map(([longitude, latitude], i) => {
    const step = i ? longitude - points[i - 1][0] : 0;
    if (Math.abs(step) > 180) turn -= Math.sign(step) * 360;
    return [longitude + turn, latitude];
  });
}

function cut(points, edge, keeps) {
  return points.flatMap((to, i) => {
    const from = points.at(i - 1);
    const [was, is] = [keeps(from[0]), keeps(to[0])];
    const part = (edge - from[0]) / (to[0] - from[0]);
    const crossing = was === is ? [] : [[edge, from[1] + part * (to[1] - from[1])]];
    return is ? [...crossing, to] : crossing;
  });
}

function within(points) {
  const shifted = [-360, 0, 360].map((by) => points.map(([x, y]) => [x + by, y]));
  const parts = shifted.map((part) => cut(cut(part, -180, (x) => x >= -180), 180, (x) => x <= 180));
  return parts.filter((part) => part.length > 2);
}

function project([longitude, latitude]) {
  const y = -1.25 * RADIUS * Math.log(Math.tan(Math.PI / 4 + 0.4 * ((latitude * Math.PI) / 180)));
  return [Math.round(longitude * UNITS), Math.round(y)];
}

const triangle = ([ax, ay], [bx, by], [cx, cy]) => Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2;
const area = (points) =>
  Math.abs(points.reduce((sum, [x, y], i) => {
    const [nx, ny] = points[(i + 1) % points.length];
    return sum + x * ny - nx * y;
  }, 0)) / 2;

// Visvalingam: the point that matters least goes first. Cuts at the edge of the world stay straight.
function simpler(points) {
  const kept = points.slice();
  while (kept.length > 3) {
    let [least, at] = [Infinity, -1];
    for (let i = 0; i < kept.length; i++) {
      const size = triangle(kept.at(i - 1), kept[i], kept[(i + 1) % kept.length]);
      if (size < least) [least, at] = [size, i];
    }
    if (least >= POINT_AREA) break;
    kept.splice(at, 1);
  }
  return kept;
}

function path(points) {
  let [x, y] = points[0];
  let text = `M${x} ${y}l`;
  points.slice(1).forEach(([nx, ny], i) => {
    const [dx, dy] = [nx - x, ny - y].map(String);
    text += (i && !dx.startsWith('-') ? ' ' : '') + dx + (dy.startsWith('-') ? '' : ' ') + dy;
    [x, y] = [nx, ny];
  });
  return `${text}z`;
}

const polygons = topology.objects.land.geometries.flatMap((one) => (one.type === 'Polygon' ? [one.arcs] : one.arcs));
const rings = polygons.flat().map(ring).filter((points) => points.some(([, latitude]) => latitude > SOUTH));
const cuts = rings.map((points) => continuous(points).slice(0, -1)).flatMap(within);
const drawn = cuts.map((points) => points.map(project)).filter((points) => area(points) >= RING_AREA).map(simpler);
const top = Math.min(...drawn.flat().map(([, y]) => y));
const bottom = Math.max(...drawn.flat().map(([, y]) => y));
console.log(`<!-- The coastline of Natural Earth (naturalearthdata.com), public domain, in Miller's projection; made by world.mjs. -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-180 * UNITS} ${top} ${360 * UNITS} ${bottom - top}"><path id="land" vector-effect="non-scaling-stroke" d="${drawn.map(path).join('')}"/></svg>`);
