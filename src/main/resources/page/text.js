// Numbers and times as people read them.

export function figure(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1e6 || size < 1e-4) return value.toExponential(2);
  if (size >= 1000) return value.toLocaleString('en', { maximumFractionDigits: 0 });
  return String(Number(value.toPrecision(4)));
}

export function count(value) {
  return value === null || value === undefined ? '–' : value.toLocaleString('en', { maximumFractionDigits: 0 });
}

export function age(millis) {
  if (!(millis >= 0)) return '–';
  if (millis < 10_000) return (millis / 1000).toFixed(1) + ' s';
  if (millis < 120_000) return Math.round(millis / 1000) + ' s';
  if (millis < 7_200_000) return Math.round(millis / 60_000) + ' min';
  return Math.round(millis / 3_600_000) + ' h';
}

export function clock(millis) {
  return new Date(millis).toLocaleTimeString([], { hour12: false });
}

export function bytes(used, most) {
  return `${Math.round(used / 1e6).toLocaleString('en')} / ${Math.round(most / 1e6).toLocaleString('en')} MB`;
}

/** A cell or item with text; never markup, since names and reasons come from data. */
export function element(tag, text, className) {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
}
