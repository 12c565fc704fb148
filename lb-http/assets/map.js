// Comfort for maps (figure[data-map]): the 300 km around the server that is pointed at, its name, and arrow keys from server to
// server. Without it every server is a link. It listens to the document, because newer maps take the place of older ones.
const ROUND = 7200; // once around the world in the map's units: pages/map/projection.rs
const EARTH_KM = 6371.0088;
const KM = 300;
const SVG = 'http://www.w3.org/2000/svg';
const SERVER = '[data-map] a.server';

const rad = (degrees) => (degrees * Math.PI) / 180;

function project(latitude, longitude) {
  const phi = Math.max(-rad(85), Math.min(rad(85), latitude));
  return [(longitude / (2 * Math.PI)) * ROUND, -1.25 * (ROUND / (2 * Math.PI)) * Math.log(Math.tan(Math.PI / 4 + 0.4 * phi))];
}

// Where the server's mark stands, in the map's units.
function spot(server) {
  const { e, f } = server.querySelector('g').transform.baseVal.getItem(0).matrix;
  return [e, f];
}

function ring(server) {
  const [latitude, longitude] = [rad(server.dataset.latitude), rad(server.dataset.longitude)];
  const [at] = project(latitude, longitude);
  const [shown] = spot(server);
  const turn = Math.round((shown - at) / ROUND) * ROUND;
  const way = KM / EARTH_KM;
  const points = [];
  for (let bearing = 0; bearing < 2 * Math.PI; bearing += Math.PI / 36) {
    const sine = Math.sin(latitude) * Math.cos(way) + Math.cos(latitude) * Math.sin(way) * Math.cos(bearing);
    const there = Math.asin(Math.max(-1, Math.min(1, sine)));
    const east = Math.atan2(Math.sin(bearing) * Math.sin(way) * Math.cos(latitude), Math.cos(way) - Math.sin(latitude) * sine);
    const [x, y] = project(there, longitude + east);
    points.push(`${(x + turn).toFixed(1)} ${y.toFixed(1)}`);
  }
  return `M${points.join('L')}z`;
}

function point(server) {
  const map = server.closest('svg');
  clear(map);
  map.querySelector('.reach.pointed')?.setAttribute('d', ring(server));
  if (server.querySelector('.name')) return;
  const name = document.createElementNS(SVG, 'text');
  name.setAttribute('class', 'name pointed');
  name.setAttribute('y', '-18');
  name.setAttribute('text-anchor', 'middle');
  name.textContent = server.getAttribute('aria-label');
  server.querySelector('.mark').append(name);
}

function clear(map) {
  map.querySelector('.reach.pointed')?.setAttribute('d', '');
  map.querySelectorAll('.name.pointed').forEach((name) => name.remove());
}

// The nearest server in that direction: how far it is aside counts twice.
function next(server, [right, down]) {
  const [x, y] = spot(server);
  let [best, least] = [null, Infinity];
  for (const other of server.closest('svg').querySelectorAll('a.server')) {
    const [to, below] = spot(other);
    const ahead = (to - x) * right + (below - y) * down;
    const aside = Math.abs((to - x) * down) + Math.abs((below - y) * right);
    if (other !== server && ahead > 0 && ahead + 2 * aside < least) [best, least] = [other, ahead + 2 * aside];
  }
  return best;
}

const DIRECTIONS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

const server = (event) => event.target.closest?.(SERVER);
for (const kind of ['pointerover', 'focusin']) {
  document.addEventListener(kind, (event) => server(event) && point(server(event)));
}
for (const kind of ['pointerout', 'focusout']) {
  document.addEventListener(kind, (event) => server(event) && clear(event.target.closest('svg')));
}
document.addEventListener('keydown', (event) => {
  const direction = DIRECTIONS[event.key];
  const from = direction && !event.altKey && !event.ctrlKey && !event.metaKey && server(event);
  if (!from) return;
  event.preventDefault();
  next(from, direction)?.focus();
});
