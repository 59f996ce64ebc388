// Commands to the solver. They go to the control topic by one POST; what became of them comes back
// as an event, with the step at which it took effect.

const KEY = 'thalweg-token';

export class Controls {
  constructor(onToken) {
    this.form = document.getElementById('controls-form');
    this.off = document.getElementById('controls-off');
    this.said = document.getElementById('control-said');
    this.token = document.getElementById('token');
    this.token.value = sessionStorage.getItem(KEY) ?? '';
    this.onToken = onToken;
    this.available = false;
    this.token.addEventListener('input', () => {
      sessionStorage.setItem(KEY, this.token.value);
      this.tell();
    });
    this.form.addEventListener('submit', (event) => event.preventDefault());
    for (const button of this.form.querySelectorAll('button[data-command]')) {
      button.addEventListener('click', () => this.send(button.dataset.command, this.arguments(button.dataset.command)));
    }
  }

  /** Whether this service takes commands at all. */
  offer(available) {
    this.available = available;
    this.form.hidden = !available;
    this.off.hidden = available;
    this.tell();
  }

  tell() {
    const on = this.available && this.token.value !== '';
    for (const button of this.form.querySelectorAll('button')) button.disabled = !on;
    this.onToken(on);
  }

  arguments(command) {
    const value = (id) => document.getElementById(id).value;
    const number = (id) => (value(id) === '' ? undefined : Number(value(id)));
    if (command === 'step-size') return { level: value('step-level'), factor: number('step-factor') };
    if (command === 'bounds') return { name: value('bounds-name'), lower: number('bounds-lower'), upper: number('bounds-upper') };
    if (command === 'freeze') return { name: value('bounds-name') };
    return {};
  }

  async send(command, args) {
    this.say(`${command} …`);
    try {
      const answer = await fetch('control', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.token.value}` },
        body: JSON.stringify({ command, ...args }),
      });
      const body = await answer.json().catch(() => ({}));
      this.say(answer.ok ? `${command}: sent as ${body.id}` : `${command}: ${body.reason ?? answer.statusText}`);
    } catch (e) {
      this.say(`${command}: ${e.message}`);
    }
  }

  say(text) { this.said.textContent = text; }
}
