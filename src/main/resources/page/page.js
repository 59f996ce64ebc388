// The page of one job: what its service tells, drawn as it comes.

import { Chart, Spark } from './charts.js';
import { Controls } from './controls.js';
import { History } from './history.js';
import { Letters, Log, Snapshots, difference, hyperparameters, partitions, stages } from './tables.js';
import { age, bytes, clock, count, element, figure } from './text.js';

const $ = (id) => document.getElementById(id);
const SHOWN = 8;
const LOSSES = ['upper-loss', 'lower-loss', 'smoothed-upper-loss', 'prequential-loss-window', 'prequential-loss', 'reference-loss'];
const NORMS = ['hypergradient-norm', 'lower-residual'];

const history = new History();
const bounds = new Map(); // those in force: of the job file, changed by commands
let declared = [];
let steered = { stepSizes: 1, coordinates: [], all: 0 };
const rate = new Spark($('spark-rate'));
const lag = new Spark($('spark-lag'));
const events = new Log($('events'), 100);
const letters = new Letters($('letters'), $('letters-count'));
const losses = new Chart($('chart-losses'), history, {
  log: () => $('losses-log').checked,
  smoothing: () => Number($('smoothing').value),
});
const norms = new Chart($('chart-norms'), history, { log: () => true, smoothing: () => Number($('smoothing').value) });
const members = new Chart($('chart-members'), history, { stacked: true });
const hyper = new Chart($('chart-hyper'), history, {
  height: 260,
  lacks: 'No hyperparameter is called so.',
  log: () => $('hyper-log').checked,
  bounds: () => {
    const names = shown();
    const one = names.length === 1 ? bounds.get(names[0]) : undefined;
    return one ? [one.lower, one.upper] : null;
  },
});
const snapshots = new Snapshots($('snapshots'), compare, (command, version) => {
  if (command === 'rollback') controls.rollBack(version);
  else controls.send(command, command === 'pin' ? { version } : {});
});
const controls = new Controls(history, (on) => {
  snapshots.enabled = on;
  snapshots.mark();
});
let newest = 0;
let due = false;

function shown() {
  const wanted = $('filter').value.trim().toLowerCase();
  if (wanted === '') return history.liveliest(SHOWN);
  return Object.keys(history.last?.upper ?? {}).filter((name) => name.toLowerCase().includes(wanted)).slice(0, SHOWN);
}

function draw() {
  due = false;
  const last = history.last;
  if (!last) return;
  $('step').textContent = count(last.step);
  $('version').textContent = count(last.version);
  $('epoch').textContent = count(last.epoch);
  const metric = (name) => ({ name, values: () => history.metric(name) });
  losses.show(LOSSES.filter((name) => name in last.metrics).map(metric));
  norms.show(NORMS.filter((name) => name in last.metrics).map(metric));
  const shares = history.metricNames((name) => name.startsWith('share-'));
  $('members-card').hidden = shares.length === 0;
  members.show(shares.map((name) => ({ name: name.slice('share-'.length), values: () => history.metric(name) })));
  const names = shown();
  hyper.show(names.map((name) => ({ name, values: () => history.upper(name) })));
  const rest = Object.keys(last.upper).filter((name) => !names.includes(name));
  hyperparameters($('hyper'), history, bounds, [...names, ...rest]);
  gain(last.metrics);
  snapshots.show(history);
}

function gain(metrics) {
  const own = metrics['prequential-loss'];
  const reference = metrics['reference-loss'];
  $('tile-gain-box').hidden = !(own >= 0 && reference > 0);
  if (!(reference > 0)) {
    return;
  }
  const better = 100 * (1 - own / reference);
  $('tile-gain').textContent = `${Math.abs(better).toFixed(1)} % ${better >= 0 ? 'better' : 'worse'}`;
}

/** At most one drawing per frame, however many snapshots come. */
function soon() {
  if (!due) {
    due = true;
    requestAnimationFrame(draw);
  }
}

function compare(versions) {
  const [before, after] = versions.map((v) => history.points.find((p) => p.version === v));
  $('diff').hidden = !(before && after);
  if (before && after) {
    $('diff-title').textContent = `From version ${before.version} to ${after.version}`;
    difference($('diff-table'), before, after);
  }
}

const hear = {
  hello(hello) {
    document.title = `${hello.job} · Thalweg`;
    $('job').textContent = hello.job;
    $('method').textContent = hello.method;
    $('software').textContent = `Thalweg ${hello.software}`;
    declared = hello.hyper;
    steer();
    controls.offer(hello.control);
  },
  point(point) {
    if (!history.add(point)) return;
    newest = point.time;
    for (const event of point.events ?? []) events.add(point.time, `step ${count(event.step)}: ${event.text}`, event.kind);
    soon();
  },
  steering(told) {
    steered = told;
    steer();
  },
  status(status) {
    controls.paused(status.paused);
    standby(status);
    if (status.paused) state('paused', 'filled');
    else state(status.state, status.ready ? (status.state === 'running' ? 'good' : 'warn') : 'bad');
    $('banner').hidden = status.ready;
    $('banner').textContent = status.ready ? '' : status.reasons.join(' · ');
    const reads = status.state !== 'standby';
    $('tile-rate').textContent = reads ? count(status.rate) : '–';
    $('tile-lag').textContent = reads ? count(status.lag) : '–';
    $('tile-commit').textContent = status.commits > 0 ? `${figure(status.commitMillis)} ms` : '–';
    $('tile-rejected').textContent = count(status.rejected);
    $('tile-heap').textContent = bytes(status.heapUsed, status.heapMax);
    rate.add(status.rate);
    lag.add(status.lag);
    stages($('stages'), status.stages);
    partitions($('partitions'), status.partitions);
  },
  aliases(aliases) {
    snapshots.aliases = aliases;
    $('aliases').textContent = Object.entries(aliases).map(([alias, version]) => `${alias} ${count(version)}`).join(' · ');
    soon();
  },
  note(note) {
    events.add(note.time, note.text, note.kind);
  },
  letter(letter) {
    letters.add(letter);
  },
};

/** Ends that differ by no more than the rounding of their units. */
function same(a, b) {
  return a === b || (a !== null && b !== null && Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)));
}

/** Bounds and names as they are in force now, and what else commands have changed. */
function steer() {
  bounds.clear();
  for (const one of declared) bounds.set(one.name, one);
  for (const one of steered.coordinates) {
    const own = bounds.get(one.name);
    const commanded = !own || !same(own.lower, one.lower) || !same(own.upper, one.upper);
    bounds.set(one.name, { ...one, commanded });
  }
  controls.know(declared.map((one) => bounds.get(one.name)));
  const frozen = steered.coordinates.filter((one) => one.frozen).length;
  const bounded = steered.coordinates.filter((one) => bounds.get(one.name).commanded).length;
  const tags = [];
  if (steered.stepSizes !== 1) tags.push(`step sizes × ${figure(steered.stepSizes)}`);
  if (frozen) tags.push(`${frozen} frozen`);
  if (bounded) tags.push(`${bounded} bounded by command`);
  if (steered.all > steered.coordinates.length) tags.push(`${steered.all - steered.coordinates.length} more not shown`);
  $('steered').replaceChildren(...tags.map((text) => element('span', text, 'tag')));
  const { pause } = steered;
  const by = pause?.by ? ` by ${pause.by}` : '';
  const at = pause?.time ? ` at ${clock(pause.time)}` : '';
  notice('paused', pause ? `Paused${by}${at}, by the command at offset ${count(pause.offset)}: samples wait in their topics until it is resumed.` : '');
  soon();
}

function standby(status) {
  const who = status.leader ? `${status.leader} leads` : 'another instance leads';
  const text = `This instance stands by: ${who}. What it commits is shown here; bars are those of the job file, and what commands have changed is on the page of the leader.`;
  notice('standby', status.state === 'standby' ? text : '');
}

/** A line under the header for as long as it holds. */
function notice(name, text) {
  const line = $(`notice-${name}`);
  line.hidden = text === '';
  if (line.textContent !== text) line.textContent = text;
}

function state(text, kind) {
  $('state').textContent = text;
  $('state').className = `pill ${kind}`;
}

const stream = new EventSource('stream');
for (const [kind, take] of Object.entries(hear)) {
  stream.addEventListener(kind, (event) => take(JSON.parse(event.data)));
}
stream.addEventListener('error', () => {
  state(stream.readyState === EventSource.CLOSED ? 'closed' : 'reconnecting', 'bad');
});
for (const id of ['smoothing', 'losses-log', 'filter', 'hyper-log']) $(id).addEventListener('input', soon);
setInterval(() => {
  $('tile-age').textContent = newest ? age(Date.now() - newest) : '–';
}, 500);
controls.offer(false);
