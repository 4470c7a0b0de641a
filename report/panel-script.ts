/**
 * The page's only script, as text: it runs in a browser, beside nothing else. On a page it filters and unfolds for printing.
 * In the panel it also says what was clicked (panel-messages.ts) and takes new cards without losing focus, filters or what
 * is unfolded. It builds no HTML of its own; a new card's HTML comes escaped from the renderer, and scripts in it do not run.
 */
export const PANEL_SCRIPT = `
'use strict';
(() => {
  const editor = typeof acquireVsCodeApi === 'function' ? acquireVsCodeApi() : undefined;
  const main = document.getElementById('card');
  const said = document.getElementById('said');
  const form = document.querySelector('form.filters');
  const shown = form.querySelector('output');
  const names = ['text', 'severity', 'category', 'state'];
  const saved = (editor && editor.getState()) || {};

  const filters = () => Object.fromEntries(names.map((name) => [name, form.elements.namedItem(name).value]));

  const remember = () => {
    if (!editor) return;
    const open = [...document.querySelectorAll('details[open][data-key]')].map((one) => one.dataset.key);
    editor.setState({ filters: filters(), open, top: window.scrollY });
  };

  const matches = (item, wanted) => ['severity', 'category', 'state'].every((name) => wanted[name] === '' || item.dataset[name] === wanted[name])
    && wanted.text.trim().toLowerCase().split(/\\s+/).every((word) => item.textContent.toLowerCase().includes(word));

  /** Hides what does not match, and groups in which nothing does. */
  const apply = () => {
    const wanted = filters();
    const active = names.some((name) => wanted[name].trim() !== '');
    const items = [...main.querySelectorAll('[data-item]')];
    for (const item of items) item.hidden = active && !matches(item, wanted);
    for (const group of main.querySelectorAll('[data-group]')) group.hidden = active && !group.querySelector('[data-item]:not([hidden])');
    const visible = items.filter((item) => !item.hidden).length;
    shown.textContent = visible + ' of ' + items.length + ' shown';
  };

  const unfold = (keys) => {
    for (const details of main.querySelectorAll('details[data-key]')) if (keys.includes(details.dataset.key)) details.open = true;
  };

  /** How to find the same control again in a new card: what it is for, and the how-manieth of those it is. */
  const keyOf = (element) => {
    for (const name of ['data-open', 'data-fix', 'data-explain', 'data-key', 'id']) {
      const owner = name === 'data-key' ? element.closest('details[data-key]') : element;
      const value = owner && owner.getAttribute(name);
      if (value === null || value === undefined) continue;
      const selector = '[' + name + '="' + CSS.escape(value) + '"]';
      return { selector, index: [...main.querySelectorAll(selector)].indexOf(owner), section: element.closest('section') };
    }
    return undefined;
  };

  const refocus = (key) => {
    const again = [...main.querySelectorAll(key.selector)];
    const element = again[Math.max(0, Math.min(key.index, again.length - 1))];
    const target = element && element.matches('details') ? element.querySelector('summary') : element;
    const heading = key.section && document.getElementById(key.section.id + '-title');
    (target || heading || main).focus({ preventScroll: true });
  };

  /** Takes a new card part by part. What holds the filters is no part, so whoever types there notices nothing. */
  const replace = (body) => {
    const active = document.activeElement;
    const key = active && main.contains(active) && active.closest('[data-part]') ? keyOf(active) : undefined;
    const open = [...main.querySelectorAll('details[open][data-key]')].map((one) => one.dataset.key);
    const top = window.scrollY;
    const template = document.createElement('template');
    template.innerHTML = body;
    for (const fresh of template.content.querySelectorAll('[data-part]')) {
      const old = main.querySelector('[data-part="' + CSS.escape(fresh.dataset.part) + '"]');
      if (old) old.replaceWith(fresh);
    }
    unfold(open);
    apply();
    if (key) refocus(key);
    window.scrollTo(0, top);
    said.textContent = 'Card updated: ' + main.querySelector('[data-said]').dataset.said;
  };

  const place = (text) => {
    const found = /^([^]*):(\\d+):(\\d+)$/.exec(text);
    return found && { type: 'open', path: found[1], line: Number(found[2]), column: Number(found[3]) };
  };

  const fix = (text) => {
    const at = text.lastIndexOf(':');
    return { type: 'fix', fingerprint: text.slice(0, at), index: Number(text.slice(at + 1)) };
  };

  const messageOf = ({ dataset }) => {
    if (dataset.open !== undefined) return place(dataset.open);
    if (dataset.fix !== undefined) return fix(dataset.fix);
    if (dataset.explain !== undefined) return { type: 'explain', rule: dataset.explain };
    return dataset.rescan === undefined ? undefined : { type: 'rescan' };
  };

  form.hidden = false;
  for (const name of names) if (saved.filters && saved.filters[name]) form.elements.namedItem(name).value = saved.filters[name];
  form.addEventListener('input', () => { apply(); remember(); });
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(() => { apply(); remember(); }));
  unfold(saved.open || []);
  apply();
  main.addEventListener('toggle', remember, true);

  let before = [];
  addEventListener('beforeprint', () => {
    before = [...document.querySelectorAll('details:not([open])')];
    for (const details of before) details.open = true;
  });
  addEventListener('afterprint', () => { for (const details of before) details.open = false; });

  if (!editor) return;
  document.addEventListener('click', (event) => {
    const control = event.target.closest('[data-open], [data-fix], [data-explain], [data-rescan]');
    const message = control && messageOf(control);
    if (message) editor.postMessage(message);
  });
  addEventListener('message', ({ data }) => { if (data && data.type === 'card') replace(String(data.body)); });
  addEventListener('scrollend', remember);
  if (saved.top) window.scrollTo(0, saved.top);
  editor.postMessage({ type: 'ready' });
})();
`;
