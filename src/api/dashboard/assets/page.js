// The first page: sign in, then what the keys cost. Everything is put in as text, never as markup.
'use strict';

const $ = (id) => document.getElementById(id);
const whole = new Intl.NumberFormat();

/** Calls the API; an answer that is no success becomes an Error with the server's own sentence. */
async function api(path, options = {}) {
  const answer = await fetch(path, { ...options, headers: options.body ? { 'Content-Type': 'application/json' } : {} });
  if (answer.status === 204) return null;
  const body = await answer.json().catch(() => ({ detail: 'The server sent no answer that can be read.' }));
  if (!answer.ok) throw Object.assign(new Error(body.detail), { status: answer.status });
  return body;
}

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** Amounts are decimal text; Intl prints the text exactly. */
function money(cost) {
  const [units] = cost.amount.replace('-', '').split('.');
  const small = units === '0' && !/^-?0\.00/.test(cost.amount) ? 2 : units === '0' && !/^-?0\.0+$/.test(cost.amount) ? 6 : 2;
  const text = new Intl.NumberFormat(undefined, { style: 'currency', currency: cost.currency, maximumFractionDigits: small })
    .format(cost.amount);
  return cost.estimated ? `${text} est.` : text;
}
const moneys = (costs) => (costs.length ? costs.map(money).join(', ') : '–');
const count = (value) => (value === null || value === undefined ? '–' : whole.format(value));
const tokens = (row) => row.input_tokens + row.output_tokens;

function showTotals(report) {
  const figures = [
    ['Total cost', moneys(report.totals.cost)],
    ['Requests', count(report.totals.requests)],
    ['Input tokens', count(report.totals.input_tokens)],
    ['Output tokens', count(report.totals.output_tokens)],
    ['Cached tokens', count(report.totals.cached_tokens)],
  ];
  $('totals').replaceChildren(...figures.map(([name, value]) => {
    const entry = element('div');
    entry.append(element('dt', name), element('dd', value));
    return entry;
  }));
  $('range').textContent = `${report.from} to ${report.to}, days in UTC as the providers bill them`;
}

function showProblems(problems) {
  if (!problems.length) {
    $('problems').replaceChildren(element('li', 'All keys answer normally.', 'good'));
    return;
  }
  $('problems').replaceChildren(...problems.map((problem) => {
    const entry = element('li');
    const about = [problem.provider, problem.key_name].filter(Boolean).join(', ');
    entry.append(element('strong', problem.severity, problem.severity), ` ${about ? `${about}: ` : ''}${problem.cause} ${problem.remedy}`);
    if (problem.provider_message) entry.append(element('span', problem.provider_message, 'mask'));
    return entry;
  }));
}

const statusClass = { valid: 'good', valid_but_restricted: 'warn', rate_limited: 'warn', invalid: 'bad', unreachable: 'bad' };

function keyRow(key) {
  const row = element('tr');
  const name = element('td', key.name || key.remote_key_id || 'Not attributable to a key');
  name.append(element('span', [key.provider, key.masked_key].filter(Boolean).join('  '), 'mask'));
  const status = element('td');
  if (key.status) status.append(element('span', key.status.replaceAll('_', ' '), statusClass[key.status] || 'quiet'));
  row.append(name, element('td', key.account_name, 'account'), status, element('td', count(key.requests), 'number'),
    element('td', count(tokens(key)), 'number'), element('td', moneys(key.cost), 'number'));
  return row;
}

function showKeys(report) {
  if (!report.keys.length) {
    const row = element('tr');
    const cell = element('td', 'No key yet. Add an account and a key: keyledger accounts create, then keyledger keys add.');
    cell.colSpan = 6;
    row.append(cell);
    $('keys').replaceChildren(row);
    return;
  }
  const total = keyRow({ name: `Total, ${whole.format(report.keys.length)} keys`, cost: report.totals.cost, requests: report.totals.requests,
    input_tokens: report.totals.input_tokens, output_tokens: report.totals.output_tokens });
  total.className = 'total';
  $('keys').replaceChildren(...report.keys.map(keyRow), total);
}

async function load() {
  const report = await api('/api/usage?days=30');
  showTotals(report);
  showProblems(report.problems);
  showKeys(report);
  $('status').textContent = report.synced_at ? `Last asked the providers ${new Date(report.synced_at).toLocaleString()}` : 'The providers have not been asked yet.';
}

function show(signedIn) {
  $('login').hidden = signedIn;
  $('signed-in').hidden = !signedIn;
  $('sign-out').hidden = !signedIn;
}

let events;
function listen() {
  if (events) events.close();
  events = new EventSource('/api/events');
  for (const kind of ['changed', 'resync']) events.addEventListener(kind, () => load().catch(tell));
}
const tell = (error) => { $('status').textContent = error.message; };

async function begin() {
  try {
    const health = await api('/api/health');
    $('demo').hidden = !health.demo;
    await api('/api/session');
    show(true);
    await load();
    listen();
  } catch (error) {
    show(error.status !== 401 && !$('signed-in').hidden);
    if (error.status === 401) { $('password').focus(); } else { tell(error); }
  }
}

$('login-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  $('login-error').hidden = true;
  const password = $('password').value;
  $('password').value = '';
  try {
    await api('/api/session', { method: 'POST', body: JSON.stringify({ password }) });
    await begin();
  } catch (error) {
    $('login-error').textContent = error.message;
    $('login-error').hidden = false;
    $('password').focus();
  }
});

$('sign-out').addEventListener('click', async () => {
  if (events) events.close();
  await api('/api/session', { method: 'DELETE' }).catch(tell);
  for (const id of ['totals', 'problems', 'keys']) $(id).replaceChildren();
  show(false);
});

$('refresh').addEventListener('click', async () => {
  $('refresh').disabled = true;
  $('status').textContent = 'Asking the providers…';
  try { await api('/api/usage/refresh', { method: 'POST' }); } catch (error) { tell(error); }
  setTimeout(() => { $('refresh').disabled = false; }, 2000);
});

begin();
