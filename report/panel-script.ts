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
  const names = ['text', 'severity', 'category', 'state', 'order'];
  const fresh = form.elements.namedItem('new');
  const saved = (editor && editor.getState()) || {};

  const filters = () => Object.fromEntries(names.map((name) => [name, form.elements.namedItem(name).value]));

  const remember = () => {
    if (!editor) return;
    const open = [...document.querySelectorAll('details[open][data-key]')].map((one) => one.dataset.key);
    editor.setState({ filters: filters(), fresh: !!fresh && fresh.checked, open, tab: chosen(), top: window.scrollY });
  };

  const matches = (item, wanted) => (!fresh || !fresh.checked || !item.matches('.finding') || item.dataset.new !== undefined) && ['severity', 'category', 'state'].every((name) => wanted[name] === '' || item.dataset[name] === wanted[name])
    && wanted.text.trim().toLowerCase().split(/\\s+/).every((word) => item.textContent.toLowerCase().includes(word));

  const tabs = () => [...main.querySelectorAll('[role="tab"]')];
  const chosen = () => { const tab = main.querySelector('[role="tab"][aria-selected="true"]'); return tab ? tab.id : ''; };

  /** Shows what is behind one tab; keys move among them, as they do in every editor. */
  const choose = (tab, focus) => {
    if (!tab) return;
    for (const other of tabs()) {
      const selected = other === tab;
      other.setAttribute('aria-selected', String(selected));
      other.tabIndex = selected ? 0 : -1;
      document.getElementById(other.getAttribute('aria-controls')).hidden = !selected;
    }
    if (focus) tab.focus();
  };

  const moves = { ArrowRight: 1, ArrowLeft: -1 };
  const steer = (event) => {
    const all = tabs();
    const at = all.indexOf(document.activeElement);
    if (at < 0) return;
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? all.length - 1 : moves[event.key] === undefined ? -1 : (at + moves[event.key] + all.length) % all.length;
    if (to < 0) return;
    event.preventDefault();
    choose(all[to], true);
    remember();
  };

  /** Findings in one list in another order, or back in the groups of their severity. */
  const order = (by) => {
    const open = main.querySelector('[data-part="open"]');
    const list = open.querySelector('.ordered');
    const all = [...open.querySelectorAll('.finding')];
    if (by === '' && !list.childElementCount) return;
    const compare = { cost: (a, b) => b.dataset.cost - a.dataset.cost, effort: (a, b) => a.dataset.effort - b.dataset.effort, path: (a, b) => (a.dataset.path < b.dataset.path ? -1 : a.dataset.path > b.dataset.path ? 1 : 0) };
    const place = (one) => Number(one.dataset.at);
    all.sort((a, b) => (by === '' ? 0 : compare[by](a, b)) || place(a) - place(b));
    for (const one of all) (by === '' ? open.querySelector('[data-group="' + one.dataset.severity + '"]') : list).append(one);
    open.classList.toggle('in-order', by !== '');
  };

  /** Rows of the categories, each with its ledger, by what a head says; a second time the other way round. */
  const sort = (button) => {
    const head = button.closest('th');
    const body = head.closest('table').tBodies[0];
    const down = head.getAttribute('aria-sort') !== 'descending';
    for (const other of head.parentElement.cells) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const value = (row) => (head.dataset.by === 'title' ? row.dataset.title : Number(row.dataset[head.dataset.by === 'open' ? 'openCount' : head.dataset.by]));
    const rows = [...body.querySelectorAll('.category')].map((row) => ({ row, ledger: row.nextElementSibling && row.nextElementSibling.matches('.ledger') ? row.nextElementSibling : undefined }));
    rows.sort((a, b) => { const [x, y] = [value(a.row), value(b.row)]; return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1); });
    for (const { row, ledger } of rows) { body.append(row); if (ledger) body.append(ledger); }
  };

  /** Heads become buttons where a script can sort. */
  const sortable = () => {
    for (const head of main.querySelectorAll('th[data-by]')) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'sort';
      button.append(...head.childNodes);
      head.append(button);
    }
  };

  /** A link or a button leads into what is behind another tab. */
  const reveal = (element) => {
    const panel = element && element.closest('[role="tabpanel"]');
    if (panel && panel.hidden) choose(document.getElementById(panel.getAttribute('aria-labelledby')), false);
  };

  /** Goes to the finding after or before the one that has the focus. After the last comes the first. */
  const step = (by) => {
    const all = [...main.querySelectorAll('article.finding')].filter((one) => !one.hidden && !one.closest('[data-group][hidden]'));
    if (all.length === 0) return;
    const now = all.findIndex((one) => one.contains(document.activeElement));
    const next = all[now < 0 ? (by > 0 ? 0 : all.length - 1) : (now + by + all.length) % all.length];
    reveal(next);
    next.tabIndex = -1;
    next.focus();
  };

  /** Hides what does not match, and groups in which nothing does. */
  const apply = () => {
    const wanted = filters();
    order(wanted.order);
    const active = (fresh && fresh.checked) || names.some((name) => name !== 'order' && wanted[name].trim() !== '');
    const items = [...main.querySelectorAll('[data-item]')];
    for (const item of items) item.hidden = active && !matches(item, wanted);
    for (const group of main.querySelectorAll('[data-group]')) group.hidden = active && !group.querySelector('[data-item]:not([hidden])');
    const visible = items.filter((item) => !item.hidden).length;
    shown.textContent = visible + ' of ' + items.length + ' shown';
    if (active) lead();
  };

  /** Where nothing behind this tab is left, the first tab is shown behind which something is. */
  const lead = () => {
    const left = (panel) => panel.querySelector('[data-item]:not([hidden])');
    const now = main.querySelector('[role="tabpanel"]:not([hidden])');
    if (!now || left(now) || !now.querySelector('[data-item]')) return;
    const other = [...main.querySelectorAll('[role="tabpanel"]')].find(left);
    if (other) choose(document.getElementById(other.getAttribute('aria-labelledby')), false);
  };

  const unfold = (keys) => {
    for (const details of main.querySelectorAll('details[data-key]')) if (keys.includes(details.dataset.key)) details.open = true;
  };

  /** How to find the same control again in a new card: what it is for, and the how-manieth of those it is. */
  const keyOf = (element) => {
    for (const name of ['data-open', 'data-fix', 'data-decide', 'data-explain', 'data-key', 'id']) {
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
    sortable();
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

  const decide = (text) => {
    const at = text.lastIndexOf(':');
    return { type: 'decide', lane: text.slice(0, at), fingerprint: text.slice(at + 1) };
  };

  const messageOf = ({ dataset }) => {
    if (dataset.open !== undefined) return place(dataset.open);
    if (dataset.fix !== undefined) return fix(dataset.fix);
    if (dataset.decide !== undefined) return decide(dataset.decide);
    if (dataset.explain !== undefined) return { type: 'explain', rule: dataset.explain };
    if (dataset.export !== undefined) return { type: 'export', form: dataset.export };
    return dataset.rescan === undefined ? undefined : { type: 'rescan' };
  };

  form.hidden = false;
  for (const name of names) if (saved.filters && saved.filters[name]) form.elements.namedItem(name).value = saved.filters[name];
  form.addEventListener('input', () => { apply(); remember(); });
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(() => { apply(); remember(); }));
  if (fresh) fresh.checked = saved.fresh === true;
  unfold(saved.open || []);
  choose(document.getElementById(saved.tab || ''), false);
  sortable();
  apply();
  main.addEventListener('keydown', (event) => { if (event.target.closest('[role="tablist"]')) steer(event); });
  document.addEventListener('click', (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (tab) { choose(tab, false); remember(); }
    const button = event.target.closest('button.sort');
    if (button) sort(button);
    const link = event.target.closest('a[href^="#"]');
    if (link) reveal(document.querySelector(link.getAttribute('href')));
    for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(event.target) || event.target.closest('[data-export]')) menu.open = false;
  });
  document.addEventListener('keydown', (event) => {
    const menu = event.key === 'Escape' && document.querySelector('details.menu[open]');
    if (menu) { menu.open = false; menu.querySelector('summary').focus(); }
  });
  main.addEventListener('toggle', remember, true);

  let before = [];
  let hiddenBefore = [];
  addEventListener('beforeprint', () => {
    before = [...document.querySelectorAll('details:not([open])')];
    for (const details of before) details.open = true;
    hiddenBefore = [...document.querySelectorAll('[role="tabpanel"][hidden]')];
    for (const panel of hiddenBefore) panel.hidden = false;
  });
  addEventListener('afterprint', () => {
    for (const details of before) details.open = false;
    for (const panel of hiddenBefore) panel.hidden = true;
  });

  if (!editor) return;
  document.addEventListener('click', (event) => {
    const control = event.target.closest('[data-open], [data-fix], [data-decide], [data-explain], [data-export], [data-rescan]');
    const message = control && messageOf(control);
    if (message) editor.postMessage(message);
  });
  addEventListener('message', ({ data }) => {
    if (data && data.type === 'card') replace(String(data.body));
    if (data && data.type === 'step') step(data.by === -1 ? -1 : 1);
  });
  addEventListener('scrollend', remember);
  if (saved.top) window.scrollTo(0, saved.top);
  editor.postMessage({ type: 'ready' });
})();
`;
