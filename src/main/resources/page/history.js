// What the page has seen of the snapshots: columns over their steps, a bounded number of them.

const MOST = 2000;

export class History {
  constructor() {
    this.points = [];
    this.marks = []; // events, at their steps
  }

  get length() { return this.points.length; }
  get last() { return this.points[this.points.length - 1]; }
  get first() { return this.points[0]; }

  /** Takes a snapshot in; false when it is known already, as after a reconnection. */
  add(point) {
    const last = this.last;
    if (last && point.version <= last.version) {
      if (point.time <= last.time) return false;
      // a version comes again and is younger: another log is read here now, or the old one was cut
      this.points = this.points.filter((p) => p.version < point.version);
      this.marks = this.marks.filter((mark) => mark.version < point.version);
    }
    this.points.push(point);
    for (const event of point.events ?? []) this.marks.push({ ...event, version: point.version });
    if (this.points.length > MOST) this.thin();
    return true;
  }

  /** The older half keeps every second point, so that the whole run stays in view. */
  thin() {
    const half = MOST / 2;
    this.points = this.points.filter((_, i) => i >= half || i % 2 === 0);
    const from = this.first.step;
    this.marks = this.marks.filter((mark) => mark.step >= from).slice(-200);
  }

  steps() { return this.points.map((p) => p.step); }
  metric(name) { return this.points.map((p) => p.metrics[name] ?? null); }
  upper(name) { return this.points.map((p) => p.upper[name] ?? null); }

  metricNames(keep) {
    return Object.keys(this.last?.metrics ?? {}).filter(keep);
  }

  /** The hyperparameters that moved most, by their logarithms where they are positive. */
  liveliest(count) {
    if (!this.length) return [];
    const moved = (name) => {
      const from = this.first.upper[name];
      const to = this.last.upper[name];
      return from > 0 && to > 0 ? Math.abs(Math.log(to / from)) : Math.abs((to ?? 0) - (from ?? 0));
    };
    return Object.keys(this.last.upper)
      .map((name) => [name, moved(name)])
      .sort((a, b) => b[1] - a[1])
      .slice(0, count)
      .map(([name]) => name);
  }
}

/** An exponential average with the bias of its beginning taken out; gaps stay gaps. */
export function smooth(values, share) {
  if (!(share > 0)) return values;
  let mean = 0;
  let weight = 0;
  return values.map((value) => {
    if (value === null) return null;
    mean = share * mean + (1 - share) * value;
    weight = share * weight + (1 - share);
    return mean / weight;
  });
}
