// Charts over the steps. A chart is made anew when its series or its scale change, else only fed.

import { smooth } from './history.js';
import { Marks } from './marks.js';
import { element, figure } from './text.js';

const COLOURS = ['#1f77b4', '#e07b39', '#2a9d5c', '#c2487a', '#7a5fc0', '#9c7a00', '#1aa3a3', '#8a5a44', '#d05050', '#5c7cfa'];
const DARK_COLOURS = ['#6cb6f2', '#f2a36b', '#63d094', '#ee87b0', '#ab93ee', '#dcbd4a', '#58d6d6', '#c79a84', '#ff8f8f', '#93a8ff'];
const dark = matchMedia('(prefers-color-scheme: dark)');

function style(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function axis(values) {
  const line = style('--line');
  return { stroke: style('--quiet'), grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: '11px system-ui', values };
}

function tint(colour) {
  return colour + '66';
}

export class Chart {
  /**
   * @param host element it fills
   * @param history what it shows
   * @param options height, stacked, log(), smoothing(), bounds(): [lower, upper] or null, lacks: what is said
   *     where there is no series
   */
  constructor(host, history, options = {}) {
    this.host = host;
    this.history = history;
    this.options = options;
    this.names = [];
    this.shape = '';
    this.plot = null;
    this.marks = new Marks(style);
    this.nothing = element('p', 'Nothing to show before the first snapshot.', 'nothing quiet');
    host.append(this.nothing);
    new ResizeObserver(() => this.resize()).observe(host);
    dark.addEventListener('change', () => this.renew());
  }

  /** Draws these series; each has a name and gives its values. */
  show(series) {
    const empty = !this.history.length || !series.length;
    this.nothing.hidden = !empty;
    if (empty) {
      if (this.history.length) this.nothing.textContent = this.options.lacks ?? 'The snapshots have no such figures.';
      this.plot?.destroy();
      this.plot = null;
      this.series = null;
      return;
    }
    const shape = JSON.stringify([series.map((s) => s.name), this.log()]);
    const data = this.data(series);
    this.series = series;
    if (!this.plot || shape !== this.shape) {
      this.shape = shape;
      this.build(series, data);
    } else {
      this.plot.setData(data);
    }
  }

  log() { return this.options.log ? this.options.log() : false; }

  data(series) {
    const share = this.options.smoothing ? this.options.smoothing() : 0;
    const log = this.log();
    let columns = series.map((s) => smooth(s.values(), share));
    if (log) columns = columns.map((c) => c.map((v) => (v !== null && v > 0 ? v : null)));
    if (this.options.stacked) {
      const sum = new Array(this.history.length).fill(0);
      columns = columns.map((c) => c.map((v, i) => (sum[i] += v ?? 0)));
    }
    return [this.history.steps(), ...columns];
  }

  build(series, data) {
    this.plot?.destroy();
    const colours = dark.matches ? DARK_COLOURS : COLOURS;
    const stacked = this.options.stacked;
    const raw = series.map((s) => s.values);
    const options = {
      width: Math.max(240, this.host.clientWidth),
      height: this.options.height ?? 230,
      cursor: { points: { size: 5 } },
      legend: { live: true },
      scales: { x: { time: false }, y: { distr: this.log() ? 3 : 1, ...(stacked ? { range: [0, 1] } : {}) } },
      axes: [
        axis((u, ticks) => ticks.map((t) => t.toLocaleString('en'))),
        { ...axis((u, ticks) => ticks.map((t) => (t === null ? '' : figure(t)))), size: 58 },
      ],
      series: [
        { label: 'step', value: (u, v) => (v === null ? '–' : v.toLocaleString('en')) },
        ...series.map((s, i) => ({
          label: s.name,
          stroke: colours[i % colours.length],
          width: 1.5,
          spanGaps: true,
          points: { show: false },
          fill: stacked && i === 0 ? tint(colours[i]) : undefined,
          value: (u, v, seriesIdx, idx) => (idx === null || idx === undefined ? figure(v) : figure(stacked ? raw[i]()[idx] : v)),
        })),
      ],
      bands: stacked ? series.slice(1).map((s, i) => ({ series: [i + 2, i + 1], fill: tint(colours[(i + 1) % colours.length]) })) : [],
      hooks: { ready: [(u) => this.marks.attach(u)], draw: [(u) => this.boundLines(u), (u) => this.marks.draw(u, this.history.marks)] },
    };
    this.plot = new uPlot(options, data, this.host);
  }

  boundLines(u) {
    const bounds = this.options.bounds?.();
    if (!bounds) return;
    const { ctx, bbox } = u;
    ctx.save();
    ctx.strokeStyle = style('--quiet');
    ctx.setLineDash([2, 4]);
    for (const value of bounds) {
      if (value === null || value === undefined) continue;
      const y = u.valToPos(value, 'y', true);
      if (y < bbox.top || y > bbox.top + bbox.height) continue;
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
    }
    ctx.restore();
  }

  resize() {
    if (this.plot && this.host.clientWidth > 0) {
      this.plot.setSize({ width: Math.max(240, this.host.clientWidth), height: this.options.height ?? 230 });
    }
  }

  renew() {
    this.shape = '';
    if (this.series) this.show(this.series);
  }
}

/** A line of the last values, without axes. */
export class Spark {
  constructor(canvas) {
    this.canvas = canvas;
    this.values = [];
  }

  add(value) {
    this.values.push(value ?? 0);
    if (this.values.length > 60) this.values.shift();
    const { canvas, values } = this;
    const ratio = devicePixelRatio;
    const width = (canvas.width = canvas.clientWidth * ratio);
    const height = (canvas.height = canvas.clientHeight * ratio);
    const most = Math.max(...values, 1e-9);
    const ctx = canvas.getContext('2d');
    ctx.strokeStyle = style('--accent');
    ctx.lineWidth = 1.5 * ratio;
    ctx.beginPath();
    values.forEach((v, i) => {
      const x = (width * i) / Math.max(1, values.length - 1);
      const y = height - 2 * ratio - (v / most) * (height - 4 * ratio);
      if (i === 0) ctx.moveTo(x, y);
      else ctx.lineTo(x, y);
    });
    ctx.stroke();
  }
}
