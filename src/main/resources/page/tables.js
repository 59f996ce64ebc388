// Tables and lists. Only text is ever put in: names and reasons come from data.

import { clock, count, element, figure } from './text.js';

const ROWS = 60;

function fill(body, rows) {
  body.replaceChildren(...rows);
}

function row(...cells) {
  const tr = document.createElement('tr');
  tr.append(...cells.map((c) => (c instanceof Node ? c : element('td', c))));
  return tr;
}

/** Every hyperparameter against its bounds, those that are shown in the chart first. */
export function hyperparameters(table, history, bounds, names) {
  const last = history.last;
  const first = history.first;
  fill(
    table.tBodies[0],
    names.slice(0, 200).map((name) => {
      const value = last.upper[name];
      const cell = document.createElement('td');
      const of = bounds.get(name);
      const shown = element('div', undefined, 'bounded');
      shown.append(bar(value, of));
      if (of?.frozen) shown.append(element('span', 'frozen', 'tag'));
      else if (of?.commanded) shown.append(element('span', 'by command', 'tag'));
      cell.append(shown);
      const before = first.upper[name];
      const change = before > 0 && value > 0 ? '× ' + figure(value / before) : figure(value - before);
      return row(name, figure(value), cell, change);
    }),
  );
}

function bar(value, bounds) {
  const [lower, upper] = [bounds?.lower ?? null, bounds?.upper ?? null];
  if (lower === null && upper === null) return element('span', 'no bounds', 'quiet');
  if (upper === null) return element('span', `at least ${figure(lower)}`, 'quiet');
  if (lower === null) return element('span', `at most ${figure(upper)}`, 'quiet');
  const log = lower > 0;
  const scale = (v) => (log ? Math.log(v) : v);
  const span = scale(upper) - scale(lower);
  const at = span > 0 ? Math.min(1, Math.max(0, (scale(value) - scale(lower)) / span)) : 0.5;
  const out = element('div', undefined, at < 0.005 || at > 0.995 ? 'bar at-bound' : 'bar');
  if (bounds.frozen) out.classList.add('frozen');
  out.title = `${figure(lower)} to ${figure(upper)}${bounds.commanded ? ', set by a command' : ''}${bounds.frozen ? '; frozen' : ''}`;
  const mark = document.createElement('i');
  mark.style.left = `calc(${(100 * at).toFixed(1)}% - 2px)`;
  out.append(mark);
  return out;
}

export function stages(list, stages) {
  if (stages.length === 0) {
    list.replaceChildren(element('li', 'this instance reads nothing', 'quiet'));
    return;
  }
  list.replaceChildren(
    ...stages.map((stage) => {
      const share = stage.capacity > 0 ? stage.depth / stage.capacity : 0;
      const li = element('li', stage.name, share >= 0.95 ? 'bad' : share >= 0.6 ? 'warn' : '');
      li.append(element('b', count(stage.depth)));
      li.append(element('span', stage.note ?? '', 'quiet'));
      return li;
    }),
  );
}

export function partitions(table, lanes) {
  fill(
    table.tBodies[0],
    lanes.map((lane) =>
      row(`${lane.topic}-${lane.partition}`, lane.role ?? 'by record', count(lane.next), count(lane.end), count(Math.max(0, lane.end - lane.next))),
    ),
  );
}

/**
 * The newest snapshots; tells when two are picked and when one is to be pinned or gone back to. Rows stay
 * the elements they are, and none comes or goes while the pointer is on the table: what is clicked must
 * not move away.
 */
export class Snapshots {
  constructor(table, onPick, onCommand) {
    this.table = table;
    this.onPick = onPick;
    this.onCommand = onCommand;
    this.picked = [];
    this.aliases = {};
    this.enabled = false;
    this.rows = new Map();
    this.pointer = matchMedia('(hover: hover)');
    table.addEventListener('mouseleave', () => this.history && this.show(this.history));
  }

  show(history) {
    this.history = history;
    if (!(this.pointer.matches && this.table.matches(':hover'))) this.renew(history.points.slice(-ROWS));
    this.mark();
  }

  /** Adds the rows that are missing, newest first, and takes away those that are not shown any more. */
  renew(points) {
    const body = this.table.tBodies[0];
    const shown = new Map();
    for (const point of points) {
      const known = this.rows.get(point.version);
      const row = known?.point === point ? known : this.row(point);
      shown.set(point.version, row);
      if (row !== known) body.prepend(row.element);
    }
    for (const [version, row] of this.rows) {
      if (shown.get(version) !== row) row.element.remove();
    }
    this.rows = shown;
  }

  /** What is picked, what the aliases stand for, what may be commanded. */
  mark() {
    for (const [version, { pick, tags, buttons }] of this.rows) {
      pick.checked = this.picked.includes(version);
      const names = Object.keys(this.aliases).filter((alias) => this.aliases[alias] === version);
      if (names.join() !== tags.dataset.names) {
        tags.dataset.names = names.join();
        tags.replaceChildren(...names.map((name) => element('span', name, 'tag')));
      }
      const pinned = names.includes('pinned');
      buttons[0].dataset.command = pinned ? 'unpin' : 'pin';
      buttons[0].textContent = pinned ? 'unpin' : 'pin';
      for (const button of buttons) {
        button.disabled = !this.enabled;
        button.ariaLabel = `${button.textContent} version ${version}`;
        button.title = this.enabled ? '' : 'off, or a command is under way';
      }
    }
  }

  row(point) {
    const pick = element('input');
    pick.type = 'checkbox';
    pick.ariaLabel = `compare version ${point.version}`;
    pick.addEventListener('change', () => this.pick(point.version, pick.checked));
    const first = document.createElement('td');
    first.append(pick);
    const version = element('td', String(point.version));
    const tags = element('span');
    version.append(tags);
    const actions = document.createElement('td');
    const buttons = ['pin', 'rollback'].map((command) => this.button(command, point.version));
    actions.append(buttons[0], ' ', buttons[1]);
    const loss = point.metrics['smoothed-upper-loss'] ?? point.metrics['upper-loss'];
    const sha = element('td', point.sha?.slice(0, 12) ?? '', 'quiet');
    const tr = row(first, version, count(point.step), clock(point.time), figure(loss), sha, actions);
    return { point, element: tr, pick, tags, buttons };
  }

  button(command, version) {
    const button = element('button', command === 'pin' ? 'pin' : 'roll back');
    button.type = 'button';
    button.dataset.command = command;
    button.addEventListener('click', () => this.onCommand(button.dataset.command, version));
    return button;
  }

  pick(version, on) {
    this.picked = this.picked.filter((v) => v !== version);
    if (on) this.picked.push(version);
    if (this.picked.length > 2) this.picked.shift();
    this.mark();
    this.onPick([...this.picked].sort((a, b) => a - b));
  }
}

/** What changed between two snapshots that the page knows, largest change first. */
export function difference(table, before, after) {
  const rows = [];
  for (const group of ['upper', 'metrics']) {
    for (const [name, value] of Object.entries(after[group])) {
      const old = before[group][name];
      if (old === undefined || old === value) continue;
      const change = old !== 0 ? value / old - 1 : Infinity;
      rows.push([group === 'upper' ? name : `metrics.${name}`, old, value, change]);
    }
  }
  rows.sort((a, b) => Math.abs(b[3]) - Math.abs(a[3]));
  fill(
    table.tBodies[0],
    rows.map(([name, old, value, change]) =>
      row(name, figure(old), figure(value), element('td', Number.isFinite(change) ? `${change > 0 ? '+' : ''}${(100 * change).toFixed(2)} %` : 'new', change > 0 ? 'up' : 'down')),
    ),
  );
}

/** Remembers what was shown last: after a reconnection it is told once more. */
class Known {
  constructor(most) {
    this.most = most;
    this.keys = new Set();
  }

  has(key) {
    if (this.keys.has(key)) return true;
    this.keys.add(key);
    if (this.keys.size > this.most) this.keys.delete(this.keys.values().next().value);
    return false;
  }
}

/** A list that keeps its newest entries, newest first. */
export class Log {
  constructor(list, most) {
    this.list = list;
    this.most = most;
    this.empty = true;
    this.known = new Known(4 * most);
  }

  add(time, text, tag) {
    if (this.known.has(`${time} ${tag} ${text}`)) return;
    if (this.empty) this.list.replaceChildren();
    this.empty = false;
    const li = element('li');
    const when = element('time', clock(time));
    li.append(when, element('span', text));
    if (tag) li.append(element('span', tag, 'tag'));
    this.list.prepend(li);
    while (this.list.children.length > this.most) this.list.lastChild.remove();
  }
}

export class Letters {
  constructor(table, counter) {
    this.table = table;
    this.counter = counter;
    this.known = new Known(200);
  }

  add(letter) {
    if (this.known.has(`${letter.time} ${letter.total} ${letter.where}`)) return;
    const body = this.table.tBodies[0];
    body.prepend(row(letter.where, element('td', letter.reason, 'reason'), clock(letter.time)));
    while (body.rows.length > 50) body.lastChild.remove();
    if (letter.total !== undefined) this.counter.textContent = `${count(letter.total)} in this run, the newest 50 shown`;
  }
}
