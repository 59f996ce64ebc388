// Events in a chart: dashed verticals, those that lie close together as one, and what they say.

import { count, element } from './text.js';

/** Pixels within which events are one mark; within which a pointer or a finger means it. */
const CLOSE = 14;
const POINTER = 10;
const FINGER = 24;
const ROWS = 2;
const LISTED = 6;
const LONGEST = 30;
/** Charts narrower than this have no room for words. */
const NARROW = 480;

/** What was commanded says more than that it was. */
function words(mark) {
  if (mark.kind !== 'control') return mark.kind;
  return mark.text.length <= LONGEST ? mark.text : `${mark.text.slice(0, LONGEST - 1)}…`;
}

/** Marks whose places are close to the first of them, in the order of their places. */
export function clusters(marks, place, close) {
  const out = [];
  for (const mark of marks.map((m) => ({ ...m, at: place(m.step) })).sort((a, b) => a.at - b.at)) {
    const last = out[out.length - 1];
    if (last && mark.at - last.from <= close) {
      last.marks.push(mark);
      last.to = mark.at;
    } else {
      out.push({ from: mark.at, to: mark.at, marks: [mark] });
    }
  }
  return out;
}

/** One kind of all, or none. */
function kind(cluster) {
  const [first] = cluster.marks;
  return cluster.marks.every((m) => m.kind === first.kind) ? first.kind : '';
}

/** As many words as there is room for; the last one is always short. */
function labels(cluster, narrow) {
  const { marks } = cluster;
  if (marks.length > 1) return narrow ? [String(marks.length)] : [kind(cluster) === '' ? `${marks.length} events` : `${marks.length} × ${kind(cluster)}`, String(marks.length)];
  return narrow ? [''] : [words(marks[0]), marks[0].kind, ''];
}

export class Marks {
  /** @param style gives a colour of the page by its name */
  constructor(style) {
    this.style = style;
    this.shown = [];
    this.bubble = element('div', undefined, 'bubble');
    this.bubble.hidden = true;
    this.pinned = null;
  }

  /** Listens to a chart; a tap keeps what it says until the next one. */
  attach(u) {
    this.pinned = null;
    this.bubble.hidden = true;
    u.over.append(this.bubble);
    u.over.addEventListener('pointermove', (e) => e.pointerType === 'mouse' && this.pinned === null && this.tell(u, this.near(u, e.offsetX, POINTER)));
    u.over.addEventListener('pointerleave', () => this.pinned === null && this.tell(u, null));
    u.over.addEventListener('click', (e) => {
      if (e.target !== u.over) return;
      const found = this.near(u, e.offsetX, e.pointerType === 'mouse' ? POINTER : FINGER);
      this.pinned = found === null || found.from === this.pinned ? null : found.from;
      this.tell(u, this.pinned === null ? null : found);
    });
  }

  /** The cluster at a place of the chart, in pixels of the page. */
  near(u, x, reach) {
    let best = null;
    let least = reach;
    for (const cluster of this.shown) {
      const from = cluster.from / devicePixelRatio - u.bbox.left / devicePixelRatio;
      const to = cluster.to / devicePixelRatio - u.bbox.left / devicePixelRatio;
      const far = x < from ? from - x : x > to ? x - to : 0;
      if (far <= least) {
        least = far;
        best = cluster;
      }
    }
    return best;
  }

  tell(u, cluster) {
    this.bubble.hidden = cluster === null;
    if (cluster === null) return;
    const lines = cluster.marks.slice(0, LISTED).map((m) => {
      const line = element('div');
      line.append(element('b', `step ${count(m.step)} `), element('span', `${m.kind}: ${m.text}`));
      return line;
    });
    if (cluster.marks.length > LISTED) lines.push(element('div', `and ${cluster.marks.length - LISTED} more; all are under Events`, 'quiet'));
    this.bubble.replaceChildren(...lines);
    const at = (cluster.from - u.bbox.left) / devicePixelRatio;
    const wide = u.over.clientWidth;
    this.bubble.style.maxWidth = `${Math.min(340, wide - 8)}px`;
    const own = this.bubble.offsetWidth;
    this.bubble.style.left = `${Math.max(4, Math.min(wide - own - 4, at + 8 + own > wide ? at - own - 8 : at + 8))}px`;
  }

  draw(u, marks) {
    const { ctx, bbox } = u;
    const ratio = devicePixelRatio;
    const end = bbox.left + bbox.width;
    const seen = marks.filter((m) => m.step >= u.scales.x.min && m.step <= u.scales.x.max);
    this.shown = clusters(seen, (step) => u.valToPos(step, 'x', true), CLOSE * ratio);
    const narrow = bbox.width / ratio < NARROW;
    const height = 15 * ratio;
    const taken = new Array(ROWS).fill(bbox.left); // how far each row is written on
    ctx.save();
    ctx.font = `${11 * ratio}px system-ui, sans-serif`;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'middle';
    for (const cluster of this.shown) {
      const colour = this.colour(cluster);
      ctx.strokeStyle = colour;
      ctx.setLineDash([4 * ratio, 4 * ratio]);
      ctx.lineWidth = cluster.marks.length > 1 ? 2 * ratio : ratio;
      ctx.beginPath();
      ctx.moveTo(cluster.from, bbox.top);
      ctx.lineTo(cluster.from, bbox.top + bbox.height);
      ctx.stroke();
      ctx.fillStyle = colour; // a handle where there are no words
      ctx.beginPath();
      ctx.moveTo(cluster.from - 4 * ratio, bbox.top);
      ctx.lineTo(cluster.from + 4 * ratio, bbox.top);
      ctx.lineTo(cluster.from, bbox.top + 6 * ratio);
      ctx.fill();
      this.write(ctx, cluster, { narrow, ratio, height, end, top: bbox.top, taken, colour });
    }
    ctx.restore();
  }

  /** The longest words for which a row has room. */
  write(ctx, cluster, { narrow, ratio, height, end, top, taken, colour }) {
    for (const text of labels(cluster, narrow)) {
      if (text === '') return;
      const wide = ctx.measureText(text).width + 6 * ratio;
      for (let row = 0; row < ROWS; row++) {
        const free = Math.max(taken[row], cluster.from + 5 * ratio);
        if (free > cluster.from + 5 * ratio || free + wide > end) continue;
        ctx.globalAlpha = 0.85;
        ctx.fillStyle = this.style('--card');
        ctx.fillRect(free, top + row * height + ratio, wide, height - ratio);
        ctx.globalAlpha = 1;
        ctx.fillStyle = colour;
        ctx.fillText(text, free + 3 * ratio, top + row * height + height / 2 + ratio);
        taken[row] = free + wide + 2 * ratio;
        return;
      }
    }
  }

  colour(cluster) {
    const kinds = cluster.marks.map((m) => m.kind);
    if (kinds.includes('control-rejected')) return this.style('--bad');
    return this.style(kinds.every((k) => k === 'control') ? '--accent' : '--warn');
  }
}
