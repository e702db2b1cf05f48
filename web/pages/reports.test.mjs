// The reports: ranked bars, the heat map, outcomes; their range, filters and files, and every state of them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settled, sound } from './lib/browser.mjs'
import { fixture } from './lib/fixture.mjs'

const it = fixture()
const RANGE = { from: '2026-10-24', to: '2026-11-22', timezone: 'Europe/Berlin' }
const fixed = (pattern, json) => (page) => page.route(pattern, (route) => route.fulfill({ json }))
const refused = (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ type: '/problems/io_error', title: 'Service Unavailable', status: 503, code: 'io_error', detail: 'The database could not be read. Nothing was changed.' }) })

const account = (id, rentals, share, more = {}) => ({ account_id: id, website_id: 2, website: 'Sitescope', username: `team-${id}`, rentals, customers: 3, hours: '1234.5', share, removed: false, ...more })
const ACCOUNTS = { ...RANGE, count: 87, idle_count: 3, total: { rentals: 812, hours: '9744.5' }, data: [account(1, 410, 505), account(2, 205, 252), account(3, 1, 1, { removed: true })] }
const cells = (average) => Array.from({ length: 168 }, (_, i) => ({ weekday: 1 + Math.floor(i / 24), hour: i % 24, calls: 5, occurrences: 4, average: average(1 + Math.floor(i / 24), i % 24) }))

test('each report of the real server: accessible, with its range and its zone', async (t) => {
  for (const name of ['accounts', 'peak-times', 'websites', 'outcomes']) {
    const page = await it.visit(t, `/reports/${name}`)
    assert.match(await page.locator('.about').innerText(), /\d+ \w+ – \d+ \w+/)
    assert.equal(await page.getByText(/not loaded/).count(), 0, name)
    await sound(page, name)
  }
})

test('popular accounts: the longest bar is the first, the others are held against it, "top so many of all"', async (t) => {
  const page = await it.visit(t, '/reports/accounts', { prepare: fixed(/reports\/popular-accounts\?/, ACCOUNTS) })
  await page.getByText('Top 3 of 87; 3 rented by nobody').waitFor()
  const widths = await page.locator('tbody svg .fill').evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().width / bar.parentElement.getBoundingClientRect().width))
  assert.deepEqual(widths.map((each) => Math.round(each * 100)), [100, 50, 0])
  assert.deepEqual(await page.locator('tfoot .sum').allInnerTexts(), ['812', '9,744.5'])
  await page.getByRole('link', { name: 'team-1' }).click()
  await page.waitForURL(/\/rentals\/accounts\/1$/)
  assert.equal(await page.getByRole('link', { name: 'team-3' }).count(), 0)
})

test('an account that is gone has no link, and says so', async (t) => {
  const page = await it.visit(t, '/reports/accounts', { prepare: fixed(/reports\/popular-accounts\?/, ACCOUNTS) })
  const row = page.getByRole('row', { name: /team-3/ })
  assert.equal(await row.getByRole('link').count(), 0)
  await row.getByText('Sitescope, gone').waitFor()
})

test('peak times: an average by the hour of the week; what the pointer is on is read out, else the busiest', async (t) => {
  const report = { ...RANGE, metric: 'calls', total: 20412, peak: { weekday: 2, hour: 14, average: '212.25' }, cells: cells((day, hour) => (day === 2 && hour === 14 ? '212.25' : day === 7 ? null : '4.50')) }
  const page = await it.visit(t, '/reports/peak-times', { prepare: fixed(/reports\/peak-times\?/, report) })
  await page.getByText('Busiest: Tuesday 14:00–15:00').waitFor()
  assert.match(await page.locator('.read').innerText(), /212\.3 calls on average/)
  await page.locator('tbody tr').first().locator('td').first().hover()
  assert.match(await page.locator('.read').innerText(), /^Monday 00:00–01:00 · 4\.5 calls/)
  const sunday = page.locator('tbody tr').last().locator('td').first()
  assert.equal(await sunday.innerText(), '–')
  assert.equal(await page.locator('td.peak').count(), 1)
  await sound(page, 'peak times')
})

test('peak times: calls or rentals, chosen in the address', async (t) => {
  const page = await it.visit(t, '/reports/peak-times')
  const asked = page.waitForRequest(/peak-times\?.*metric=rentals/)
  await page.getByRole('group', { name: 'What is counted' }).getByText('Rentals', { exact: true }).click()
  await asked
  await page.waitForURL(/metric=rentals/)
  await settled(page)
  assert.match(await page.getByRole('link', { name: 'Export CSV' }).getAttribute('href'), /metric=rentals/)
})

test('outcomes: by day as a chart or a table, by reason with their share of all', async (t) => {
  const days = [0, 1].map((i) => ({ day: `2026-11-2${1 + i}`, success: 90, rate_limited: 9, error: 0, unknown_or_revoked: 1, other_refused: 0, total: 100 }))
  const data = [['success', 180, 900], ['rate_limited', 18, 90], ['key_revoked', 2, 10]].map(([status, calls, share]) => ({ status, action: null, calls, share }))
  const page = await it.visit(t, '/reports/outcomes', { prepare: fixed(/reports\/outcomes\?/, { ...RANGE, total: 200, success_share: 900, data, days }) })
  await page.getByText('200 calls, 90.0% succeeded').waitFor()
  assert.deepEqual(await page.locator('.plot').locator('xpath=..').getByRole('listitem').allInnerTexts(), ['Success', 'Rate limited', 'Unknown or revoked key'], 'what did not happen has no colour')
  await page.getByRole('row', { name: /Key revoked 2 1\.0%/ }).getByRole('link').click()
  await page.waitForURL(/\/customers\/activity\?status=key_revoked&from=2026-10-24&to=2026-11-22/)
  await page.goBack()
  await settled(page)
  await page.keyboard.press('v')
  await page.getByRole('region', { name: 'Calls by day, as a table' }).waitFor()
})

test('the address is the state: range, website and customer hold over a reload, and go into the file', async (t) => {
  const page = await it.visit(t, '/reports/accounts?from=2026-11-01&to=2026-11-08&customer_id=1')
  const link = await page.getByRole('link', { name: 'Export CSV' }).getAttribute('href')
  assert.equal(link, '/api/reports/popular-accounts.csv?from=2026-11-01&to=2026-11-08&customer_id=1')
  const file = await page.request.get(it.server.url + link)
  assert.match(file.headers()['content-disposition'], /popular-accounts_2026-11-01_2026-11-08_/)
  await page.getByText('7 days', { exact: true }).click()
  await page.waitForURL(/\/reports\/accounts\?customer_id=1&days=7$/)
  await page.getByLabel('Website').selectOption({ index: 1 })
  await page.waitForURL(/website=/)
  await page.reload()
  await settled(page)
  assert.notEqual(await page.getByLabel('Website').inputValue(), '')
})

test('nothing in the range is said, and is not zero bars', async (t) => {
  const page = await it.visit(t, '/reports/accounts', { prepare: fixed(/reports\/popular-accounts\?/, { ...ACCOUNTS, count: 0, data: [], total: { rentals: 0, hours: '0.0' } }) })
  await page.getByText('No account was rented in this range, of 3 accounts.').waitFor()
  await page.goto(`${it.server.url}/reports/peak-times?from=2024-12-01&to=2024-12-02`)
  await page.getByText('No calls in this range.').waitFor()
  await sound(page, 'nothing in the range')
})

test('a report that failed says why, in the server\'s words; Try again works', async (t) => {
  let broken = true
  const page = await it.visit(t, '/reports/websites', { prepare: (made) => made.route(/reports\/websites\?/, (route) => (broken ? refused(route) : route.continue())) })
  await page.getByText('The database could not be read.').waitFor()
  broken = false
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('columnheader', { name: 'None free' }).waitFor()
})

test('letters: 1, 2 and 3 choose the range, g and r lead here', async (t) => {
  const page = await it.visit(t, '/my/accounts')
  await page.locator('h1').focus()
  await page.keyboard.press('g')
  await page.keyboard.press('r')
  await page.waitForURL(/\/reports\/accounts$/)
  await settled(page)
  await page.keyboard.press('3')
  await page.waitForURL(/days=90/)
})
