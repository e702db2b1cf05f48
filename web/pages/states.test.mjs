// Every row of "States, for every panel", reached by bending single answers of the real server.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settled, sound } from './lib/browser.mjs'
import { fixture } from './lib/fixture.mjs'

const it = fixture()
const USAGE = /\/api\/usage\?/

/** Lets the server answer and changes its JSON. */
const bent = (change) => async (route) => {
  const answer = await route.fetch()
  await route.fulfill({ response: answer, json: change(await answer.json(), new URL(route.request().url())) })
}
const refused = (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ type: '/problems/io_error', title: 'Service Unavailable', status: 503, code: 'io_error', detail: 'The database could not be read. Nothing was changed.' }) })

test('loading for the first time: grey blocks in the final shape, the shell and the labels at once', async (t) => {
  let answer
  const held = new Promise((done) => (answer = done))
  const page = await it.visit(t, '/my/usage', { wait: false, prepare: (made) => made.route(USAGE, async (route) => (await held, route.continue())) })
  await page.getByText('Total cost').waitFor()
  await page.locator('.skeleton').first().waitFor()
  assert.ok((await page.locator('.stat .blank').count()) >= 6)
  await sound(page, 'loading')
  answer()
  await settled(page)
})

test('loading again: the old content stays, and the page is busy', async (t) => {
  const page = await it.visit(t, '/my/usage')
  const before = await page.locator('.stat .value').first().innerText()
  let answer
  const held = new Promise((done) => (answer = done))
  await page.route(USAGE, async (route) => (await held, route.continue()))
  await page.getByText('7 days', { exact: true }).click()
  await page.locator('main[aria-busy="true"]').waitFor()
  assert.equal(await page.locator('.stat .value').first().innerText(), before)
  assert.equal(await page.locator('.skeleton').count(), 0)
  answer()
  await settled(page)
  assert.notEqual(await page.locator('.stat .value').first().innerText(), before)
})

test('nothing added: what this is, and one button', async (t) => {
  const empty = (made) => made.route(/\/api\/(keys|accounts)(\?|$)/, (route) => route.fulfill({ json: { data: [], next_cursor: null } }))
  for (const [path, button] of [['/my/keys', 'Add a key'], ['/my/accounts', 'Add an account']]) {
    const page = await it.visit(t, path, { prepare: empty })
    await page.locator('main').getByRole('button', { name: button }).waitFor()
    await sound(page, path)
  }
})

test('added, but nothing has arrived: who is waited for, and how the last attempt ended', async (t) => {
  const none = { cost: [], cost_per_thousand: [], requests: null, requests_partial: false, tokens: null, input_tokens: 0, output_tokens: 0, cached_tokens: 0, cache_write_tokens: 0, images: 0, characters: 0, seconds: 0, searches: 0, credits: 0 }
  const page = await it.visit(t, '/my/usage', {
    prepare: (made) => made.route(USAGE, bent((report) => ({ ...report, totals: none, previous: null, series: [], synced_at: null, sources: report.sources.slice(1).map((each) => ({ ...each, state: 'failed', last_success_at: null, codes: ['network'] })) }))),
  })
  await page.getByText('Waiting for the first figures from Anthropic').waitFor()
  await page.getByText(/last asked .*, without success \(network\)/).waitFor()
  await sound(page, 'waiting')
})

test('nothing found: says so, and clears the filters', async (t) => {
  const page = await it.visit(t, '/my/keys?q=zzzz&status=invalid')
  await page.getByText('No key matches these filters.').waitFor()
  await sound(page, 'nothing found')
  await page.locator('.empty').getByRole('button', { name: 'Clear filters' }).click()
  await page.getByRole('link', { name: 'Chat in production' }).waitFor()
  assert.doesNotMatch(page.url(), /q=|status=/)
})

test('one panel failed: it says what, in the server\'s words; the others stay; Try again works', async (t) => {
  let broken = true
  const page = await it.visit(t, '/my/usage', { prepare: (made) => made.route(/group_by=account/, (route) => (broken ? refused(route) : route.continue())) })
  await page.getByText('The database could not be read. Nothing was changed.').first().waitFor()
  await page.getByRole('heading', { name: 'Cost by provider' }).waitFor()
  await sound(page, 'one panel failed', { expected: ['503'] })
  broken = false
  await page.getByRole('button', { name: 'Try again' }).first().click()
  await page.getByText('The database could not be read.').first().waitFor({ state: 'detached' })
})

test('failed after it had worked: the old figures stay, marked with their time', async (t) => {
  const page = await it.visit(t, '/my/usage')
  await page.route(/hour_of_week/, refused)
  await page.getByText('90 days', { exact: true }).click()
  await page.getByText(/What is shown is of \d\d:\d\d\./).first().waitFor()
  await page.getByText(/Busiest/).waitFor()
})

test('partly known: a hatched gap and one line, in the legend\'s colours; unknown is a dash, not zero', async (t) => {
  const gaps = (report) => ({ ...report, gaps: [{ provider: 'anthropic', organization: '', key_id: 5, from: report.series.at(-9).day, to: report.series.at(-9).day, cause: 'Its service did not answer.' }] })
  const page = await it.visit(t, '/my/usage', { prepare: (made) => made.route(/group_by=provider/, bent(gaps)) })
  await page.getByText(/Anthropic: no figures for .*, its service did not answer\. Totals leave it out\./).waitFor()
  assert.ok(await page.locator('svg rect[fill*="gap"]').count())
  await page.getByRole('row', { name: /Web search/ }).getByText('–').first().waitFor()
  await sound(page, 'a gap')
})

test('unpriced models and several currencies are said, never added', async (t) => {
  const more = (report) => ({
    ...report,
    unpriced: [{ provider: 'openai', model: 'gpt-unheard-of', requests: 1204, tokens: 5 }],
    totals: { ...report.totals, cost: [...report.totals.cost, { amount: '12.500000000', currency: 'EUR', estimated: true }] },
  })
  const page = await it.visit(t, '/my/usage', { prepare: (made) => made.route(USAGE, bent(more)) })
  await page.getByText('1 model has no price and is not in the cost: gpt-unheard-of').waitFor()
  await page.locator('.stat').first().getByText('€12.50').waitFor()
  await page.getByLabel('Currency of the chart').selectOption('EUR')
  await sound(page, 'unpriced')
})

test('changes against the period before, and the counts of keys', async (t) => {
  const whole = (report) => ({
    ...report,
    totals: { ...report.totals, tokens: 769_312_180, cost_per_thousand: [{ amount: '1.284000000', currency: 'USD', estimated: false }] },
    changes: { cost: 55, requests: 32, tokens: 65, cost_per_thousand: 22 },
    key_counts: { total: 1000, valid: 734, valid_but_restricted: 21, rate_limited: 0, unreachable: 0, invalid: 5, unknown: 240 },
  })
  const page = await it.visit(t, '/my/usage', { prepare: (made) => made.route(USAGE, bent(whole)) })
  await page.getByText('Cost per 1,000 requests').waitFor()
  await page.getByText('5 rejected').waitFor()
  assert.equal((await page.locator('.stat .change.bad').innerText()).replace(/\s+/g, ' ').trim(), 'up 2.2% against the 30 days before')
  await sound(page, 'everything')
})

test('the live stream lost: amber, then the time, then a question a minute; and back', async (t) => {
  let down = true
  const page = await it.visit(t, '/my/usage', {
    wait: false,
    prepare: async (made) => {
      await made.clock.install()
      await made.route('**/api/events', (route) => (down ? route.fulfill({ status: 503, contentType: 'text/plain', body: 'no' }) : route.continue()))
    },
  })
  await page.getByText('Reconnecting').waitFor()
  await page.clock.runFor(31_000)
  await page.getByText(/Not live since \d\d:\d\d/).waitFor()
  const asked = page.waitForRequest(USAGE, { timeout: 10_000 })
  await page.clock.runFor(61_000)
  await asked
  down = false
  await page.clock.runFor(40_000)
  await page.getByText('Live', { exact: true }).waitFor()
})

test('the server is gone: one sentence and a button', async (t) => {
  const page = await it.visit(t, '/my/usage', { wait: false, prepare: (made) => made.route('**/api/session', (route) => route.abort()) })
  await page.getByText('Keyledger cannot be reached.').waitFor()
  await sound(page, 'gone', { expected: ['ERR_FAILED'] })
  await page.unroute('**/api/session')
  await page.getByRole('button', { name: 'Try again' }).click()
  await settled(page)
})

test('a broken audit log is said loudly', async (t) => {
  const broken = { whole: false, lines: 6, last_at: null, head: '9f86d081', broken_at: 7, what: 'The line was changed.' }
  const page = await it.visit(t, '/activity', { prepare: (made) => made.route('**/api/audit/state', (route) => route.fulfill({ json: { verified_at: '2026-11-22T03:00:00Z', outcome: broken } })) })
  await page.getByRole('button', { name: 'Verify' }).click()
  await page.getByText('The log is broken at line 7.').waitFor()
  await sound(page, 'a broken log')
})
