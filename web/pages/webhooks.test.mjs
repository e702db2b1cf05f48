// What a seller sets once: who sends the invoices, and who is told what has happened; against a receiver of our own.
import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import { open, settled, signIn, sound } from './lib/browser.mjs'
import { fixture } from './lib/fixture.mjs'
import { owner, startEmpty } from './lib/server.mjs'

const it = fixture(() => startEmpty({ KEYLEDGER_ALLOW_PRIVATE_ADDRESSES: 'on' }))
const dialog = (page, name) => page.getByRole('dialog', { name })
const pick = async (page, thing, action) => {
  await page.getByRole('button', { name: thing }).first().click()
  await page.getByRole('menuitem', { name: action, exact: true }).click()
}
/** Takes what it is sent, with the status that it is told to answer. */
async function receiver(t) {
  const got = []
  const made = { got, status: 204 }
  const server = http.createServer((request, response) => {
    let body = ''
    request.on('data', (piece) => (body += piece))
    request.on('end', () => {
      got.push({ headers: request.headers, body: JSON.parse(body) })
      response.writeHead(made.status).end()
    })
  })
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  t.after(() => server.close())
  return Object.assign(made, { host: `127.0.0.1:${server.address().port}` })
}

test('who sends the invoices is set once, and a wrong number of days is refused beside its field', async (t) => {
  const page = await it.visit(t, '/settings/seller')
  await page.getByLabel('Name').fill('Northwind Seats')
  await page.getByLabel('Address').fill('Pier 9\n20095 Hamburg')
  const [invoices, terms] = await page.getByRole('button', { name: 'Save the settings' }).all()
  assert.ok(await terms.isDisabled(), 'nothing was typed there')
  await invoices.click()
  await page.getByText('Saved the settings').waitFor()
  await page.getByLabel('Days to pay').fill('soon')
  await terms.click()
  await page.getByText('Enter a number, such as 15.').waitFor()
  await page.getByLabel('Days to pay').fill('400')
  await terms.click()
  await page.waitForFunction(() => document.activeElement.name === 'payment_days' && document.activeElement.ariaInvalid === 'true')
  await page.getByLabel('Days to pay').fill('30')
  const saved = page.waitForResponse((answer) => answer.url().endsWith('/api/settings') && answer.request().method() !== 'GET' && answer.ok())
  await terms.click()
  await saved
  await page.getByLabel('Days to pay').and(page.locator(':not([aria-invalid])')).waitFor()
  await page.reload()
  await settled(page)
  assert.deepEqual([await page.getByLabel('Days to pay').inputValue(), await page.getByLabel('Address').inputValue()], ['30', 'Pier 9\n20095 Hamburg'])
  await sound(page, 'seller', { expected: ['400'] })
})

test('without a webhook the page says what one is; an address that is none is refused beside its field', async (t) => {
  const page = await it.visit(t, '/settings/webhooks')
  await page.getByText('A webhook tells another program what has happened').waitFor()
  await sound(page, 'no webhook')
  await page.keyboard.press('n')
  const form = dialog(page, 'Add a webhook')
  await form.getByRole('button', { name: 'Add the webhook' }).click()
  await form.getByText('Enter the address that is called.').waitFor()
  await form.getByLabel('Address').fill('http://elsewhere.example/hook')
  await form.getByRole('button', { name: 'Add the webhook' }).click()
  await page.waitForFunction(() => document.activeElement.name === 'url' && document.activeElement.ariaInvalid === 'true')
  await form.getByLabel('Address').fill('https://elsewhere.example/hook')
  await form.getByLabel('Tell it everything').uncheck()
  await form.getByRole('button', { name: 'Add the webhook' }).click()
  await form.getByText('Choose what it is told.').waitFor()
  await sound(page, 'the form', { expected: ['400'] })
})

test('a webhook: its secret is shown once, a test is delivered or not, messages are read and sent again, and it goes', async (t) => {
  const to = await receiver(t)
  const page = await it.visit(t, '/settings/webhooks')
  await page.getByRole('button', { name: 'Add a webhook' }).first().click()
  const form = dialog(page, 'Add a webhook')
  await form.getByLabel('Address').fill(`http://${to.host}/hook`)
  await form.getByLabel('What it is for').fill('The payment system')
  await form.getByLabel('Tell it everything').uncheck()
  await form.getByLabel('A key is revoked').check()
  await form.getByRole('button', { name: 'Add the webhook' }).click()
  const box = page.getByLabel('New signing secret')
  await box.waitFor()
  const secret = await box.inputValue()
  assert.match(secret, /^whsec_/)
  for (let i = 0; i < 4; i++) await page.keyboard.press('Escape')
  assert.equal(await box.inputValue(), secret, 'only one button closes it')
  await sound(page, 'the secret')
  await page.getByRole('button', { name: 'I have stored it' }).click()
  await box.waitFor({ state: 'detached' })
  assert.ok(!(await page.content()).includes(secret.slice(8, 24)), 'nowhere afterwards')
  const row = page.getByRole('row', { name: /The payment system/ })
  await row.getByText('Nothing sent yet').waitFor()

  const menu = `Actions for ${to.host}`
  await pick(page, menu, 'Send a test')
  await page.getByText(`Delivered a test; ${to.host} answered 204`).waitFor()
  assert.equal(to.got[0].body.type, 'test')
  await row.getByText('Working').waitFor()
  to.status = 500
  await pick(page, menu, 'Send a test')
  await page.waitForURL(/\/settings\/webhooks\/\d+$/)
  const sheet = dialog(page, 'Webhook')
  await sheet.getByText('The receiver answered 500.').waitFor()
  to.status = 204

  const call = await owner(it.server)
  const key = await call('POST', '/api/customer-keys', { name: 'Mast' })
  await call('POST', `/api/customer-keys/${key.id}/revoke`)
  const told = sheet.getByRole('row', { name: /key\.revoked/ })
  await told.first().getByText('Delivered').waitFor({ timeout: 20_000 })
  await told.getByRole('button', { name: 'key.revoked', exact: true }).click()
  await sheet.getByText(`webhook-id: ${to.got.at(-1).headers['webhook-id']}`).waitFor()
  assert.equal(to.got.at(-1).body.type, 'key.revoked')
  await settled(page)
  await sound(page, 'what was sent')
  await told.getByRole('button', { name: /^Actions/ }).click()
  await page.getByRole('menuitem', { name: 'Send again' }).click()
  await page.getByText('Sending key.revoked once more').waitFor()
  await told.nth(1).waitFor()
  await sheet.getByLabel('State').selectOption('failed')
  await page.waitForURL(/state=failed/)
  await told.first().waitFor({ state: 'detached' })
  await page.keyboard.press('Escape')
  await page.waitForURL(/\/settings\/webhooks$/)

  await pick(page, menu, 'Make another secret')
  await dialog(page, `Another secret for ${to.host}`).getByRole('button', { name: 'Make another secret' }).click()
  await box.waitFor()
  assert.notEqual(await box.inputValue(), secret)
  await page.getByRole('button', { name: 'I have stored it' }).click()
  await pick(page, menu, 'Switch off')
  await row.getByText('Off', { exact: true }).waitFor()
  await pick(page, menu, 'Switch on')
  await row.getByText('Off', { exact: true }).waitFor({ state: 'detached' })
  await pick(page, menu, 'Change')
  const change = dialog(page, `Change ${to.host}`)
  assert.ok(await change.getByLabel('A key is revoked').isChecked())
  await change.getByLabel('Tell it everything').check()
  await change.getByRole('button', { name: 'Save the webhook' }).click()
  await row.getByText('Everything').waitFor()
  const phone = await it.visit(t, new URL((await row.getByRole('link').getAttribute('href')), it.server.url).pathname, { size: 'phone' })
  await phone.getByRole('heading', { level: 1, name: to.host }).waitFor()
  await sound(phone, 'what was sent, on a phone')
  await pick(page, menu, 'Delete')
  await dialog(page, `Delete ${to.host}`).getByRole('button', { name: `Delete ${to.host}` }).click()
  await page.getByText('A webhook tells another program what has happened').waitFor()
})

test('an address of this machine is refused where the server was not told to allow it', async (t) => {
  const strict = await startEmpty()
  t.after(() => strict.stop())
  const page = await open(it.browser)
  t.after(() => page.context().close())
  await signIn(page, strict, '/settings/webhooks')
  await settled(page)
  await page.getByRole('button', { name: 'Add a webhook' }).first().click()
  const form = dialog(page, 'Add a webhook')
  await form.getByLabel('Address').fill('https://127.0.0.1:9/hook')
  await form.getByRole('button', { name: 'Add the webhook' }).click()
  await form.getByText(/--allow-private-addresses/).waitFor()
})
