// Invoices: the list and its file, an invoice down to the calls behind a line, what is asked before it changes, the paper; revenue
// and top customers. Answers are bent to the shapes of the API where a state is hard to come by.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settled, sound } from './lib/browser.mjs'
import { fixture } from './lib/fixture.mjs'
import { owner } from './lib/server.mjs'

const it = fixture()
const usd = (amount) => ({ amount: `${amount}0000000`, currency: 'USD' })
const dialog = (page, name) => page.getByRole('dialog', { name })
const table = (page, name) => page.getByRole('region', { name: `${name}, table` })
const refusal = (status, code, detail, field) => ({ status, contentType: 'application/problem+json', body: JSON.stringify({ type: `/problems/${code}`, title: 'Refused', status, code, detail, field }) })
const json = (body) => (route) => route.fulfill({ json: body })
/** Answers by method and path; what is not named goes to the real server. */
const answers = (said) => async (page) => {
  for (const [what, answer] of Object.entries(said)) {
    const [method, path] = what.split(' ')
    await page.route(new RegExp(`${path}(\\?|$)`), (route) => (route.request().method() === method ? (typeof answer === 'function' ? answer : json(answer))(route) : route.fallback()))
  }
}

const row = (id, more = {}) => ({
  id, number: `2026-000${id}`, state: 'final', customer_id: 1, customer_name: 'Harbour Analytics', subscription_id: 1, from: '2026-10-01', to: '2026-10-31', timezone: 'America/Los_Angeles',
  net: usd('149.42'), tax: usd('12.51'), total: usd('161.93'), credited: usd('0.00'), due: usd('161.93'), finalised_at: '2026-11-10T09:12:00Z', due_at: '2026-11-24T09:12:00Z', paid_at: null, overdue: false,
  created_at: '2026-11-01T08:00:31Z', updated_at: '2026-11-10T09:12:00Z', ...more,
})
const DRAFT = { number: null, state: 'draft', due: usd('0.00'), finalised_at: null, due_at: null }
const plan = { plan_id: 5, plan_version: 2, plan_name: 'Subscription with overage', from: '2026-10-01', to: '2026-10-31' }
const step = (kind, quantity, unit_price = '0.000000000', amount = usd('0.00'), of_days = null) => ({ kind, quantity, of_days, unit_price, amount })
const LINES = [
  { position: 1, ...plan, kind: 'monthly', text: 'Subscription with overage, 1 to 31 October 2026', metric: null, quantity: 0, unpriced_quantity: 0, amount: usd('20.00'), steps: [step('days', 31, '20.000000000', usd('20.00'), 31)] },
  { position: 2, ...plan, kind: 'usage', text: 'Rentals, 1 to 31 October 2026: 24, 10 of them included', metric: 'rentals', quantity: 24, unpriced_quantity: 0, amount: usd('21.00'), steps: [step('included', 10), step('tier', 14, '1.500000000', usd('21.00'))] },
  { position: 3, ...plan, kind: 'usage', text: 'Requests, 1 to 31 October 2026: 18,420', metric: 'requests', quantity: 18420, unpriced_quantity: 0, amount: usd('108.42'), steps: [step('included', 1000), step('tier', 10000, '0.007500000', usd('75.00')), step('tier', 7420, '0.004500000', { amount: '33.390000000', currency: 'USD' })] },
]
const whole = (id, more = {}) => ({
  ...row(id), customer: { name: 'Harbour Analytics Inc.', address: '400 Beale Street\nSan Francisco', tax_id: '' }, seller: { name: 'Quayline Data Ltd', address: '4 Ropewalk Yard\nBristol', tax_id: 'GB 312 4455 61' }, tax_rate: '8.375', tax_inclusive: false,
  lines: LINES, late: [], unpriced: { requests: 0, rentals: 0 }, missing: [], credit_notes: [], notes: 'Purchase order 4711', footer: 'Thank you.', paid_note: '', ...more,
})
const call = (id, more = {}) => ({
  id, at: '2026-10-31T22:10:00Z', customer_key_id: 1, key_name: 'Harbour, night jobs', key_hint: 'urt_74O0...rwFY', customer_id: 1, customer_name: 'Harbour Analytics', action: 'rent', resource: '', account_id: 1, account_username: 'team', website: 'Sitescope',
  status: 'success', http_status: 200, ip_address: '203.0.113.7', user_agent: 'curl/8', duration_ms: 0.4, units: 1, ...more,
})
const LISTED = { data: [row(9, { ...DRAFT, customer_name: 'Lantern Books' }), row(8), row(7, { overdue: true }), row(6, { state: 'paid', paid_at: '2026-11-12T00:00:00Z', credited: usd('10.00') }), row(5, { state: 'credited' })], next_cursor: null, count: 5, all_count: 5 }

test('the list of the real server: accessible, sorted and filtered by the address, and the same as a file', async (t) => {
  const page = await it.visit(t, '/invoices')
  assert.equal(await page.getByText(/not loaded/).count(), 0)
  await sound(page, 'invoices')
  await page.goto(`${it.server.url}/invoices?state=draft&sort=customer&order=asc&q=a`)
  await settled(page)
  const file = await page.getByRole('link', { name: 'Export CSV' }).getAttribute('href').catch(() => null)
  if (file) assert.equal((await page.request.get(it.server.url + file)).status(), 200)
})

test('the list says where each invoice stands, and the views above it are filters', async (t) => {
  const page = await it.visit(t, '/invoices', { prepare: answers({ 'GET /api/invoices': LISTED }) })
  const rows = table(page, 'Invoices').locator('tbody tr')
  assert.deepEqual(await rows.locator('.badge').allInnerTexts(), ['Draft', 'Final', 'Overdue', 'Paid', 'Credited'])
  assert.deepEqual(await rows.locator('th a').allInnerTexts(), ['Draft', '2026-0008', '2026-0007', '2026-0006', '2026-0005'])
  await rows.nth(3).getByText('$10.00 credited').waitFor()
  const views = page.getByRole('group', { name: 'Which invoices' })
  for (const [view, said] of [['Overdue 5', /\?overdue=true$/], ['Drafts 5', /\?state=draft$/], ['Paid', /\?state=paid$/], ['All', /invoices$/]]) {
    await views.getByText(view, { exact: true }).click()
    await page.waitForURL(said)
  }
  await page.getByRole('button', { name: 'Total' }).click()
  await page.waitForURL(/sort=total&order=desc/)
  await page.getByLabel('Search invoices').fill('harbour')
  await page.waitForURL(/q=harbour/)
  assert.equal(await page.getByRole('link', { name: 'Export CSV' }).getAttribute('href'), '/api/invoices.csv?q=harbour&sort=total&order=desc')
})

test('nobody has been billed yet: what this is, and the way to the plans', async (t) => {
  const page = await it.visit(t, '/invoices', { prepare: answers({ 'GET /api/invoices': { data: [], next_cursor: null, count: 0, all_count: 0 } }) })
  await page.getByText(/When the period of a subscription is over/).waitFor()
  await page.getByRole('link', { name: 'See the plans' }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Finalise drafts' }).count(), 0)
  await sound(page, 'no invoices')
})

test('a line opens into its steps and the calls behind it, page by page, and the address says which', async (t) => {
  const asked = []
  const events = (route) => {
    const cursor = new URL(route.request().url()).searchParams.get('cursor')
    asked.push(cursor)
    return json(cursor ? { data: [call(1, { key_name: 'Harbour, last page' })], next_cursor: null, count: null, all_count: 24 } : { data: Array.from({ length: 20 }, (_, i) => call(100 - i, { units: i ? 1 : 3 })), next_cursor: 'further', count: null, all_count: 24 })(route)
  }
  const page = await it.visit(t, '/invoices/8', { prepare: answers({ 'GET /api/invoices/8': whole(8), 'GET /api/invoices/8/lines/2/events': events }) })
  const line = page.getByRole('button', { name: /^Rentals/ })
  assert.equal(await line.getAttribute('aria-expanded'), 'false')
  assert.ok(!(await page.getByText('Beyond what is included').first().isVisible()))
  await line.click()
  await page.waitForURL(/\?line=2$/)
  await page.getByRole('row', { name: /Beyond what is included 14 \$1\.50 \$21\.00/ }).waitFor()
  await page.getByRole('row', { name: /Included in the monthly price 10/ }).waitFor()
  await page.getByText('Prices of Subscription with overage, version 2').waitFor()
  const calls = page.getByRole('region', { name: 'Calls behind line 2' })
  assert.match((await calls.getByRole('listitem').first().innerText()).replace(/\s+/g, ' '), /^31 Oct 2026, 15:10 Harbour, night jobs rented Sitescope, team × 3$/, 'on the clocks of the customer')
  assert.equal(await calls.getByRole('link', { name: 'Export CSV' }).getAttribute('href'), '/api/invoices/8/lines/2/events.csv')
  await calls.getByRole('button', { name: 'Next' }).click()
  await calls.getByText('Harbour, last page').waitFor()
  await calls.getByText('21–21').waitFor()
  await page.waitForURL(/line=2&cursor=further/)
  await sound(page, 'an open line')
  await page.reload()
  await calls.getByText('Harbour, last page').waitFor()
  await line.click()
  await page.waitForURL(/invoices\/8$/)
  assert.deepEqual(asked, [null, 'further', 'further'])
  await page.getByRole('button', { name: /^Subscription/ }).press('Enter')
  await page.getByRole('row', { name: /Of the monthly price 31 of 31 days \$20\.00 \$20\.00/ }).waitFor()
  assert.equal(await calls.count(), 0, 'there are no calls behind a monthly price')
})

test('a draft says what it lacks and where that is put right; some of it stands in the way', async (t) => {
  const missing = ['earlier_draft', 'seller_address', 'customer_address', 'unpriced_usage']
  const lines = LINES.map((line) => ({ ...line, unpriced_quantity: line.metric === 'requests' ? 120 : 0 }))
  const late = [{ from: '2026-09-01', to: '2026-09-30', metric: 'rentals', plan_id: 5, plan_version: 2, invoice_number: '2026-0007', billed: 3, now: 9 }]
  const page = await it.visit(t, '/invoices/9', { prepare: answers({ 'GET /api/invoices/9': whole(9, { ...DRAFT, missing, lines, late, unpriced: { requests: 120, rentals: 0 } }) }) })
  assert.ok(await page.getByRole('button', { name: 'Finalise' }).isDisabled())
  await page.getByText('It cannot be finalised yet').waitFor()
  for (const [name, to] of [['See the drafts', '/invoices?state=draft&customer_id=1'], ['Add your address', '/settings/seller'], ['Add their address', '/customers/list/1'], ['See the plan', '/plans/5']]) {
    assert.equal(await page.getByRole('link', { name, exact: true }).getAttribute('href'), to)
  }
  await page.locator('.paper').getByText('120 requests have no price and are not in the amount.').waitFor()
  await page.getByText(/rentals: 9 now, 3 billed on 2026-0007\. What came in is charged here\./).waitFor()
  await sound(page, 'a draft that lacks much')
})

test('finalising asks first, says what it goes out without, and says why it was refused', async (t) => {
  let invoice = whole(9, { ...DRAFT, missing: ['customer_address'] })
  let refused = true
  const finalise = (route) => {
    if (refused) return route.fulfill(refusal(409, 'earlier_draft', 'An earlier period of this subscription is still a draft.'))
    invoice = whole(9)
    return json(invoice)(route)
  }
  const page = await it.visit(t, '/invoices/9', { prepare: answers({ 'GET /api/invoices/9': (route) => json(invoice)(route), 'POST /api/invoices/9/finalise': finalise }) })
  await page.getByRole('button', { name: 'Finalise' }).click()
  const asked = dialog(page, 'Finalise this draft')
  await asked.getByText(/\$161\.93 for Harbour Analytics Inc\..* never changes after that.* goes out without the customer’s address\./).waitFor()
  await asked.getByRole('button', { name: 'Finalise' }).click()
  await asked.getByText('An earlier period of this subscription is still a draft.').waitFor()
  refused = false
  await asked.getByRole('button', { name: 'Finalise' }).click()
  await page.getByRole('heading', { level: 1, name: 'Invoice 2026-0009' }).waitFor()
  await page.getByText('Invoice 2026-0009 is final').waitFor()
  await page.getByRole('button', { name: 'Mark as paid' }).waitFor()
  assert.deepEqual(page.said.filter((each) => !each.includes('409')), [])
})

test('all drafts at once: those that lack nothing, the oldest first; what became of them is said', async (t) => {
  const made = []
  const drafts = [row(1, DRAFT), row(2, DRAFT), row(3, DRAFT)]
  const said = {
    'GET /api/invoices': { data: drafts, next_cursor: null, count: 3, all_count: 3 },
    'GET /api/invoices/\\d': (route) => json(whole(1, { ...DRAFT, missing: /2$/.test(route.request().url()) ? ['seller_name'] : [] }))(route),
    'POST /api/invoices/\\d/finalise': (route) => (made.push(Number(/(\d)\/finalise/.exec(route.request().url())[1])), json(whole(1))(route)),
  }
  const page = await it.visit(t, '/invoices', { prepare: answers(said) })
  await page.getByRole('button', { name: 'Finalise drafts' }).click()
  await dialog(page, 'Finalise all drafts').getByRole('button', { name: 'Finalise all' }).click()
  await page.getByText('2 finalised, 1 left as drafts: something is missing').waitFor()
  assert.deepEqual(made, [1, 3])
})

test('paid by hand: today or an earlier day, with a note', async (t) => {
  const sent = []
  let invoice = whole(8)
  const pay = (route) => {
    sent.push(route.request().postDataJSON())
    invoice = whole(8, { state: 'paid', paid_at: '2026-11-20T00:00:00Z', paid_note: 'Bank transfer' })
    return json(invoice)(route)
  }
  const page = await it.visit(t, '/invoices/8', { prepare: answers({ 'GET /api/invoices/8': (route) => json(invoice)(route), 'POST /api/invoices/8/pay': pay }) })
  await page.getByText('Due on 24 Nov 2026').waitFor()
  await page.getByRole('button', { name: 'Mark as paid' }).click()
  const form = dialog(page, 'Mark 2026-0008 as paid')
  await form.getByLabel('Paid on').fill('2026-11-20')
  await form.getByLabel('Note').fill('Bank transfer')
  await form.getByRole('button', { name: 'Mark as paid' }).click()
  await page.getByText('Paid on 20 Nov 2026: Bank transfer').waitFor()
  assert.match(sent[0].paid_at, /^2026-11-(19T2\d|20T0\d):00:00\.000Z$/)
  assert.equal(sent[0].note, 'Bank transfer')
  assert.equal(await page.getByRole('button', { name: 'Mark as paid' }).count(), 0)
})

test('a credit note: an amount and a reason; a refusal stands beside its field', async (t) => {
  const sent = []
  let invoice = whole(8)
  const credit = (route) => {
    const body = route.request().postDataJSON()
    sent.push([body, !!route.request().headers()['idempotency-key']])
    if (body.total === '500') return route.fulfill(refusal(400, 'over_credit', 'Only $161.93 is left to be credited.', 'total'))
    const note = { id: 1, number: 'CN-2026-0001', reason: body.reason, net: usd('9.23'), tax: usd('0.77'), total: usd('10.00'), created_at: '2026-11-22T08:00:00Z' }
    invoice = whole(8, { credited: usd('10.00'), due: usd('151.93'), credit_notes: [note] })
    return json(invoice)(route)
  }
  const page = await it.visit(t, '/invoices/8', { prepare: answers({ 'GET /api/invoices/8': (route) => json(invoice)(route), 'POST /api/invoices/8/credit': credit }) })
  await page.getByRole('button', { name: 'Credit', exact: true }).click()
  const form = dialog(page, 'Credit 2026-0008')
  const send = form.getByRole('button', { name: 'Make the credit note' })
  await form.getByLabel('Amount with tax').fill('much')
  await send.click()
  await form.getByText('Enter the reason: it stands on the credit note.').waitFor()
  await form.getByLabel('Reason').fill('The service was down for a day')
  await send.click()
  await form.getByText('Enter an amount like 12.50.').waitFor()
  await form.getByLabel('Amount with tax').fill('500')
  await send.click()
  await form.getByText('Only $161.93 is left to be credited.').waitFor()
  await sound(page, 'a refused credit', { expected: ['400'] })
  await form.getByLabel('Amount with tax').fill('10,00')
  await send.click()
  await page.getByText('Credited $10.00 of 2026-0008').waitFor()
  assert.deepEqual(sent.at(-1), [{ total: '10.00', reason: 'The service was down for a day' }, true])
  const paper = page.locator('.paper')
  await paper.getByText('Credit note CN-2026-0001').waitFor()
  await paper.getByText('$151.93').waitFor()
})

test('notes on a draft; none on what is final', async (t) => {
  let invoice = whole(9, { ...DRAFT, notes: '' })
  const write = (route) => (invoice = { ...invoice, notes: route.request().postDataJSON().notes }, json(invoice)(route))
  const page = await it.visit(t, '/invoices/9', { prepare: answers({ 'GET /api/invoices/9': (route) => json(invoice)(route), 'PUT /api/invoices/9': write }) })
  await page.getByRole('button', { name: 'Add notes' }).click()
  const form = dialog(page, 'Notes on this invoice')
  await form.getByLabel('Notes').fill('Purchase order 9\n<b>not bold</b>')
  await form.getByRole('button', { name: 'Save the notes' }).click()
  await page.locator('.paper').getByText('<b>not bold</b>').waitFor()
  const final = await it.visit(t, '/invoices/8', { prepare: answers({ 'GET /api/invoices/8': whole(8) }) })
  assert.equal(await final.getByRole('button', { name: /notes/ }).count(), 0)
})

test('tax: added under the net, or of the total where prices include it; without it neither is there', async (t) => {
  const sums = async (more) => {
    const page = await it.visit(t, '/invoices/8', { prepare: answers({ 'GET /api/invoices/8': whole(8, more) }) })
    return (await page.locator('.sums dt').allInnerTexts()).map((each) => each.trim())
  }
  assert.deepEqual(await sums({}), ['Net', 'Tax 8.375%', 'Total'])
  assert.deepEqual(await sums({ tax_inclusive: true, tax_rate: '19' }), ['Total', 'of it tax 19%'])
  assert.deepEqual(await sums({ tax_rate: '0' }), ['Total'])
})

/** What is seen of a page in print. */
const printed = (page) => page.evaluate(() => document.body.innerText.split(/[\n\t]+/).map((each) => each.trim()))
/** Pages of a PDF and their size in points. */
const pdfOf = (bytes) => {
  const text = bytes.toString('latin1')
  return { pages: (text.match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length, box: /\/MediaBox\s*\[([^\]]+)\]/.exec(text)[1].trim().split(/\s+/).map(Number) }
}

test('the paper: A4, black on white also in the dark theme, the steps under their lines, and nothing else of the page', async (t) => {
  for (const dark of [false, true]) {
    const page = await it.visit(t, '/invoices/8?line=2', { dark, prepare: answers({ 'GET /api/invoices/8': whole(8), 'GET /api/invoices/8/lines/2/events': { data: [call(1)], next_cursor: null, count: null, all_count: 1 } }) })
    await page.getByText('The calls behind it').waitFor()
    await page.emulateMedia({ media: 'print', colorScheme: dark ? 'dark' : 'light' })
    const seen = await printed(page)
    for (const text of ['Quayline Data Ltd', 'Harbour Analytics Inc.', '2026-0008', '24 Nov 2026', 'Beyond what is included', '$0.0045', '$161.93', 'Purchase order 4711']) assert.ok(seen.includes(text), `${text} is on the paper`)
    for (const text of ['Mark as paid', 'The calls behind it', 'Customer keys', 'My keys', 'Everything here is made up: this is the demo.', 'Export CSV', 'Invoices']) assert.ok(!seen.includes(text), `${text} is not on the paper`)
    assert.ok(!seen.includes('Of the monthly price'), 'a step that only repeats its line is left out')
    await page.waitForFunction(() => getComputedStyle(document.body).backgroundColor === 'rgb(255, 255, 255)') // also without motion, colours change in the next frame
    const colours = await page.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('.paper h2')).color])
    assert.deepEqual(colours, ['rgb(255, 255, 255)', 'rgb(21, 32, 27)'])
    const { pages, box } = pdfOf(await page.pdf({ preferCSSPageSize: true, printBackground: true }))
    assert.equal(pages, 1)
    assert.deepEqual(box.map(Math.round), [0, 0, 595, 842])
  }
})

test('the paper of many lines goes over several pages, and no line is cut in two', async (t) => {
  const lines = Array.from({ length: 40 }, (_, i) => ({ ...LINES[2], position: i + 1, text: `Requests, part ${i + 1}` }))
  const page = await it.visit(t, '/invoices/8', { prepare: answers({ 'GET /api/invoices/8': whole(8, { lines }) }) })
  const { pages } = pdfOf(await page.pdf({ preferCSSPageSize: true }))
  assert.ok(pages >= 4 && pages <= 7, `${pages} pages`)
  await page.emulateMedia({ media: 'print' })
  assert.deepEqual(await page.evaluate(() => [getComputedStyle(document.querySelector('.paper tbody')).breakInside, getComputedStyle(document.querySelector('.paper thead')).display]), ['avoid', 'table-header-group'])
})

test('the charges so far: an invoice that is none yet, with the calls behind its lines', async (t) => {
  const preview = whole(0, { ...DRAFT, id: null, missing: ['period_not_over'] })
  const page = await it.visit(t, '/invoices/preview?customer_id=1&line=2', { prepare: answers({ 'GET /api/customers/1/invoice-preview': preview, 'GET /api/customers/1/invoice-preview/lines/2/events': { data: [call(1)], next_cursor: null, count: null, all_count: 1 } }) })
  await page.getByRole('heading', { level: 1, name: 'Charges so far' }).waitFor()
  await page.getByText('Harbour, night jobs').waitFor()
  for (const name of ['Finalise', 'Mark as paid', 'Credit', 'Add notes']) assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0, name)
  await sound(page, 'charges so far')
})

test('an invoice that is not there, or cannot be read, says so in the server\'s words', async (t) => {
  let broken = true
  const page = await it.visit(t, '/invoices/8', { prepare: answers({ 'GET /api/invoices/8': (route) => (broken ? route.fulfill(refusal(404, 'unknown_invoice', 'There is no invoice with this id.')) : json(whole(8))(route)) }) })
  await page.getByText('There is no invoice with this id.').waitFor()
  broken = false
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('heading', { level: 1, name: 'Invoice 2026-0008' }).waitFor()
})

const RANGE = { from: '2025-12', to: '2026-11', timezone: 'Europe/Berlin' }
const eur = (amount) => ({ amount: `${amount}0000000`, currency: 'EUR' })
const figures = (money, billed, credited, earned) => ({ billed: money(billed), credited: money(credited), earned: money(earned) })
const REVENUE = {
  ...RANGE, count: 87,
  data: [['Harbour Analytics', 1, '2026-10', usd, '207.00', '52.00', '0.00'], ['Foldwise', 3, '2026-11', eur, '0.00', '0.00', '98.00']].map(([customer_name, customer_id, month, money, ...of]) => ({ customer_id, customer_name, plan_id: 5, plan_name: 'Subscription with overage', month, ...figures(money, ...of) })),
  months: ['2026-09', '2026-10', '2026-11'].flatMap((month, i) => [{ month, ...figures(usd, `${i}00.00`, i === 1 ? '52.00' : '0.00', i === 2 ? '17.50' : '0.00') }, { month, ...figures(eur, '0.00', '0.00', i === 2 ? '98.00' : '0.00') }]),
  totals: [figures(usd, '300.00', '52.00', '17.50'), figures(eur, '0.00', '0.00', '98.00')],
}

test('revenue: by month as bars or a table, one currency at a time, and by customer, plan and month', async (t) => {
  const page = await it.visit(t, '/reports/revenue', { prepare: answers({ 'GET /api/reports/revenue': REVENUE }) })
  assert.deepEqual(await page.locator('dl .value').allInnerTexts(), ['$300.00', '$52.00', '$17.50'])
  await page.getByRole('group', { name: /^Revenue by month/ }).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowRight')
  await page.getByText('October 2026: Billed $100.00, Of it credited $52.00, Earned, not billed yet $0.00.').waitFor({ state: 'attached' })
  await page.getByText('First 2 of 87').waitFor()
  await table(page, 'Revenue').getByRole('row', { name: /Foldwise.*November 2026.*€0\.00.*€98\.00/ }).waitFor()
  await sound(page, 'revenue')
  await page.getByLabel('Currency').selectOption('EUR')
  await page.waitForURL(/currency=EUR/)
  assert.deepEqual(await page.locator('dl .value').allInnerTexts(), ['€0.00', '€0.00', '€98.00'])
  await page.locator('h1').focus()
  await page.keyboard.press('v')
  await page.getByRole('region', { name: 'Revenue by month, net of tax, as a table' }).getByRole('row', { name: /November 2026/ }).waitFor()
  const asked = page.waitForRequest(/revenue\?.*limit=500/)
  await page.getByRole('button', { name: 'Show more' }).click()
  await asked
})

test('revenue: months, customer and plan stand in the address and go into the file', async (t) => {
  const page = await it.visit(t, '/reports/revenue', { prepare: answers({ 'GET /api/reports/revenue': REVENUE }) })
  await page.getByLabel('First month').selectOption('2026-03')
  await page.waitForURL(/from=2026-03&to=2026-11/)
  await page.getByLabel('Last month').selectOption('2026-01')
  await page.waitForURL(/from=2025-12&to=2026-01/)
  await page.getByText('Last year', { exact: true }).click()
  await page.waitForURL(/from=\d{4}-01&to=\d{4}-12/)
  await page.getByLabel('Plan', { exact: true }).selectOption({ index: 1 })
  await page.waitForURL(/plan_id=\d/)
  assert.match(await page.getByRole('link', { name: 'Export CSV' }).getAttribute('href'), /^\/api\/reports\/revenue\.csv\?from=\d{4}-01&to=\d{4}-12&plan_id=\d+$/)
  await page.getByText('12 months', { exact: true }).click()
  await page.waitForURL(/revenue\?plan_id=\d+$/)
})

test('revenue of nothing is said; a report that failed says why', async (t) => {
  const page = await it.visit(t, '/reports/revenue', { prepare: answers({ 'GET /api/reports/revenue': { ...RANGE, count: 0, data: [], months: [], totals: [] } }) })
  assert.equal(await page.getByText('Nothing was billed or earned in these months.').count(), 2)
  await sound(page, 'no revenue')
  await page.route(/reports\/revenue/, (route) => route.fulfill(refusal(503, 'io_error', 'The database could not be read.')))
  await page.reload()
  await page.getByText('The database could not be read.').first().waitFor()
})

test('top customers: in order of revenue, calls or rentals, each the way to its customer', async (t) => {
  const data = [[1, 'Harbour Analytics', 8204, 140, 61, [usd('188.42')], 412], [3, 'Foldwise', 6120, 12, 48, [eur('99.00'), usd('12.00')], 206], [4, 'Kestrel Maps', 1204, 4, 0, [], 0]].map(([customer_id, customer_name, calls, refused, rentals, revenue, share]) => ({ customer_id, customer_name, calls, refused, rentals, revenue, share }))
  const page = await it.visit(t, '/reports/customers', { prepare: answers({ 'GET /api/reports/top-customers': { from: '2026-10-24', to: '2026-11-22', timezone: 'UTC', by: 'revenue', count: 9, total: { calls: 24855, refused: 1503, rentals: 161 }, data } }) })
  await page.getByText('Top 3 of 9').waitFor()
  await page.getByRole('row', { name: /Foldwise €99\.00, \$12\.00 6,120 12 48 20\.6%/ }).waitFor()
  await page.getByRole('row', { name: /Kestrel Maps – 1,204/ }).waitFor()
  await sound(page, 'top customers')
  const asked = page.waitForRequest(/top-customers\?.*by=calls/)
  await page.getByRole('group', { name: 'In order of' }).getByText('Calls', { exact: true }).click()
  await asked
  await page.waitForURL(/by=calls/)
  await page.getByRole('link', { name: 'Kestrel Maps' }).click()
  await page.waitForURL(/\/customers\/list\/4$/)
})

test('the reports and an invoice of the real server', async (t) => {
  for (const path of ['/reports/revenue', '/reports/customers']) {
    const page = await it.visit(t, path)
    assert.equal(await page.getByText(/not loaded/).count(), 0, path)
    await sound(page, path)
  }
  const { data } = await (await owner(it.server))('GET', '/api/invoices?limit=1&sort=total')
  if (data.length === 0) return
  const page = await it.visit(t, `/invoices/${data[0].id}`)
  await page.locator('.paper .line button').last().click()
  await settled(page)
  await sound(page, 'an invoice of the real server')
})

test('from a draft of the real server to a paid invoice: its number, the calls behind it, a credit note, the file', async (t) => {
  const ask = await owner(it.server)
  const drafts = (await ask('GET', '/api/invoices?state=draft&sort=created_at&order=asc')).data
  const whole = await Promise.all(drafts.map(({ id }) => ask('GET', `/api/invoices/${id}`)))
  const draft = whole.find((each) => Number(each.total.amount) > 2 && !each.missing.some((word) => ['period_not_over', 'earlier_draft'].includes(word)))
  assert.ok(draft, 'the demo has a draft that can be finalised')
  const page = await it.visit(t, `/invoices/${draft.id}`)
  await page.getByRole('button', { name: 'Finalise' }).click()
  await dialog(page, 'Finalise this draft').getByRole('button', { name: 'Finalise' }).click()
  await page.getByRole('heading', { level: 1, name: /^Invoice \d{4}-\d{4}$/ }).waitFor()
  await page.getByRole('button', { name: 'Credit', exact: true }).click()
  const credit = dialog(page, /^Credit /)
  await credit.getByLabel('Amount with tax').fill('1.00')
  await credit.getByLabel('Reason').fill('As agreed')
  await credit.getByRole('button', { name: 'Make the credit note' }).click()
  await page.locator('.paper').getByText(/^Credit note CN-\d{4}-\d{4}$/).waitFor()
  await page.getByRole('button', { name: 'Mark as paid' }).click()
  await dialog(page, /as paid$/).getByRole('button', { name: 'Mark as paid' }).click()
  await page.getByText(/^Paid on/).waitFor()
  const { state, number, credited, lines } = await ask('GET', `/api/invoices/${draft.id}`)
  assert.deepEqual([state, credited.amount, lines], ['paid', '1.000000000', draft.lines])
  assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), `Invoice ${number}`)
  const used = lines.find((each) => each.metric && each.quantity > 0)
  if (used) {
    await page.getByRole('button', { name: used.text }).click()
    await page.getByRole('region', { name: `Calls behind line ${used.position}` }).getByRole('listitem').first().waitFor()
  }
  await settled(page)
  for (const link of await page.getByRole('link', { name: 'Export CSV' }).all()) assert.equal((await page.request.get(it.server.url + (await link.getAttribute('href')))).status(), 200)
  await sound(page, 'a paid invoice')
})

test('the strip of Customer keys has the revenue of the month', async (t) => {
  const page = await it.visit(t, '/customers/keys', { prepare: answers({ 'GET /api/reports/revenue': REVENUE }) })
  const figure = page.locator('section[aria-label="Totals"] dl > div').filter({ hasText: 'Revenue, ' })
  assert.match((await figure.innerText()).replace(/\s+/g, ' '), /^Revenue, \w+ \$17\.50 ?so far \$300\.00 billed; €98\.00 so far, €0\.00 billed$/)
})

test('letters: g and i lead to the invoices', async (t) => {
  const page = await it.visit(t, '/my/accounts')
  await page.locator('h1').focus()
  await page.keyboard.press('g')
  await page.keyboard.press('i')
  await page.waitForURL(/\/invoices$/)
})
