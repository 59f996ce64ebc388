// Commands to the job. Each is one POST; what became of it is shown with the step at which it took effect.

import { count, element, figure } from './text.js';

const KEY = 'thalweg-token';
const $ = (id) => document.getElementById(id);

/** The token, for as long as this tab is open; never in an address, never on a disk. */
class Token {
  constructor() {
    this.text = '';
    try {
      this.text = sessionStorage.getItem(KEY) ?? '';
    } catch {
      // a browser that keeps nothing asks again after a reload
    }
  }

  set(text) {
    this.text = text;
    try {
      if (text === '') sessionStorage.removeItem(KEY);
      else sessionStorage.setItem(KEY, text);
    } catch {
      // as above
    }
  }
}

/** Messages that go by themselves; what failed stays longer, and each can be sent away. */
class Toasts {
  constructor(host) {
    this.host = host;
  }

  show(text, kind) {
    const toast = element('div', undefined, `toast ${kind}`);
    toast.append(element('span', text));
    const close = element('button', '×');
    close.type = 'button';
    close.ariaLabel = 'dismiss';
    close.addEventListener('click', () => toast.remove());
    toast.append(close);
    this.host.prepend(toast);
    while (this.host.children.length > 4) this.host.lastChild.remove();
    setTimeout(() => toast.remove(), kind === 'bad' ? 30_000 : 12_000);
  }
}

const WORDS = { 'step-size': 'step size', 'reset-estimators': 'reset of estimators' };

export class Controls {
  /**
   * @param history what the page knows of the snapshots
   * @param onChange hears when commands can be sent, or no longer
   */
  constructor(history, onChange) {
    this.history = history;
    this.onChange = onChange;
    this.token = new Token();
    this.toasts = new Toasts($('toasts'));
    this.bounds = new Map();
    this.available = false;
    this.busy = false;
    this.isPaused = false;
    $('pause').addEventListener('click', () => this.send(this.isPaused ? 'resume' : 'pause'));
    $('snapshot-now').addEventListener('click', () => this.send('snapshot'));
    $('forget').addEventListener('click', () => {
      this.token.set('');
      this.mark();
    });
    for (const button of document.querySelectorAll('button[data-dialog]')) {
      button.addEventListener('click', () => this.open(button.dataset.dialog));
    }
    this.dialog('rollback', () => this.send('rollback', { version: version($('rollback-version').value) }));
    this.dialog('bounds', () => this.send('bounds', { name: $('bounds-name').value, lower: number('bounds-lower'), upper: number('bounds-upper') }));
    this.dialog('freeze', (action) => this.send(action, { name: $('freeze-name').value }));
    this.dialog('step-size', () => this.send('step-size', { factor: number('step-factor') }));
    this.dialog('reset', () => this.send('reset-estimators'));
    $('bounds-name').addEventListener('change', () => this.prefill());
    for (const id of ['bounds-lower', 'bounds-upper', 'bounds-name']) $(id).addEventListener('input', () => this.checkBounds());
    $('rollback-version').addEventListener('input', () => this.describe());
  }

  /** Closing says what was chosen; a dialog that is left with Escape or Cancel does nothing. */
  dialog(name, chosen) {
    const dialog = $(`dialog-${name}`);
    const form = dialog.querySelector('form');
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      dialog.close();
      chosen(event.submitter?.value);
    });
    dialog.querySelector('[data-cancel]').addEventListener('click', () => dialog.close());
  }

  /** Whether this service takes commands at all. */
  offer(available) {
    this.available = available;
    $('controls').hidden = !available;
    $('controls-off').hidden = available;
    this.mark();
  }

  /** Names and bounds of the hyperparameters. */
  know(hyper) {
    this.bounds.clear();
    for (const one of hyper) this.bounds.set(one.name, one);
    $('names').replaceChildren(...hyper.slice(0, 200).map((one) => Object.assign(element('option'), { value: one.name })));
  }

  paused(paused) {
    if (paused === this.isPaused) return;
    this.isPaused = paused;
    $('pause').textContent = paused ? 'Resume' : 'Pause';
  }

  get enabled() { return this.available && !this.busy; }

  mark() {
    for (const button of $('controls').querySelectorAll('button')) button.disabled = !this.enabled;
    $('controls').ariaBusy = String(this.busy);
    $('forget').hidden = this.token.text === '';
    this.onChange(this.enabled);
  }

  open(name) {
    if (name === 'rollback') {
      $('versions').replaceChildren(...this.history.points.slice(-60).reverse().map((p) => Object.assign(element('option'), { value: String(p.version), label: `step ${count(p.step)}` })));
      this.describe();
    }
    if (name === 'bounds') this.prefill();
    $(`dialog-${name}`).showModal();
  }

  rollBack(to) {
    $('rollback-version').value = String(to);
    this.open('rollback');
  }

  describe() {
    const point = this.history.points.find((p) => String(p.version) === $('rollback-version').value.trim());
    const loss = point && (point.metrics['smoothed-upper-loss'] ?? point.metrics['upper-loss']);
    $('rollback-what').textContent = point ? `Step ${count(point.step)}${loss === undefined ? '' : `, upper loss ${figure(loss)}`}.` : '';
  }

  prefill() {
    const of = this.bounds.get($('bounds-name').value);
    if (of) {
      $('bounds-lower').value = of.lower ?? '';
      $('bounds-upper').value = of.upper ?? '';
    }
    this.checkBounds();
  }

  checkBounds() {
    const [lower, upper] = [number('bounds-lower'), number('bounds-upper')];
    const wrong = lower === undefined && upper === undefined ? 'one of the two is needed' : lower > upper ? 'must not be below the lower one' : '';
    $('bounds-upper').setCustomValidity(wrong);
  }

  /** Asks for the token where there is none; null when it is not given. */
  ask(why) {
    const dialog = $('dialog-token');
    const form = dialog.querySelector('form');
    $('token').value = '';
    $('token-why').textContent = why;
    return new Promise((resolve) => {
      let given = null;
      const submit = (event) => {
        event.preventDefault();
        given = $('token').value.trim();
        dialog.close();
      };
      const cancel = () => dialog.close();
      form.addEventListener('submit', submit);
      form.querySelector('[data-cancel]').addEventListener('click', cancel);
      dialog.addEventListener('close', () => {
        form.removeEventListener('submit', submit);
        form.querySelector('[data-cancel]').removeEventListener('click', cancel);
        $('token').value = '';
        resolve(given);
      }, { once: true });
      dialog.showModal();
    });
  }

  async send(command, args = {}) {
    if (!this.enabled) return;
    const from = document.activeElement;
    this.busy = true;
    this.mark();
    try {
      await this.sendWithToken(command, args);
    } catch (e) {
      this.toasts.show(`${WORDS[command] ?? command}: ${e.message}`, 'bad');
    } finally {
      this.busy = false;
      this.mark();
      if (from?.isConnected && document.activeElement === document.body) from.focus();
    }
  }

  async sendWithToken(command, args) {
    let why = '';
    for (;;) {
      if (this.token.text === '') {
        const given = await this.ask(why);
        if (given === null || given === '') return;
        this.token.set(given);
      }
      const answer = await fetch('control', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.token.text}` },
        body: JSON.stringify({ command, ...args, by: 'page' }),
      });
      const body = await answer.json().catch(() => ({}));
      if (answer.status !== 401) {
        this.tell(command, args, answer, body);
        return;
      }
      why = 'That is not the token of this job.';
      this.token.set('');
    }
  }

  tell(command, args, answer, body) {
    const what = args.version === undefined ? (WORDS[command] ?? command) : `${command} ${args.version}`;
    if (answer.status === 202) {
      const at = body.offset === undefined ? '' : `, at offset ${body.offset}`;
      this.toasts.show(`${what}: under way${at}; the job has not answered yet`, 'warn');
    } else if (answer.ok) {
      const step = body.step === undefined ? '' : ` at step ${count(body.step)}`;
      const of = body.version === undefined || command === 'rollback' ? '' : `, version ${count(body.version)}`;
      this.toasts.show(`${what}: ${body.outcome}${step}${of}`, 'good');
    } else {
      this.toasts.show(`${what}: ${body.reason ?? `${answer.status} ${answer.statusText}`}`, 'bad');
    }
  }
}

/** A number that was written, or nothing. */
function number(id) {
  const text = $(id).value.trim();
  return text === '' ? undefined : Number(text);
}

/** A version, or an alias that stands for one. */
function version(text) {
  const written = text.trim();
  return /^[0-9]+$/.test(written) ? Number(written) : written;
}
