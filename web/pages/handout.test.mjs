// The second main story: from an empty installation to a customer whose calls arrive on the page, and who is cut off.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { launch, open, settled, signIn, sound } from './lib/browser.mjs'
import { startEmpty } from './lib/server.mjs'

const run = promisify(execFile)

test('hand out a key: a website, its accounts, a key, a call with curl that arrives, its limit, and the end of it', async (t) => {
  const server = await startEmpty()
  const browser = await launch()
  t.after(async () => {
    await browser.close()
    await server.stop()
  })
  const page = await open(browser)
  const dialog = (name) => page.getByRole('dialog', { name })
  let key = ''
  /** As a customer's program: the HTTP status, and the answer. */
  const curl = async (...args) => {
    const { stdout } = await run('curl', ['-sS', '-w', '\n%{http_code}', '-H', `X-API-Key: ${key}`, ...args])
    const [, body, status] = /^([^]*)\n(\d+)$/.exec(stdout)
    return { status: Number(status), json: JSON.parse(body) }
  }

  await t.test('a website', async () => {
    await signIn(page, server, '/rentals/websites')
    await settled(page)
    await sound(page, 'no websites', { expected: ['401'] })
    page.said.length = 0
    await page.getByRole('button', { name: 'Add website' }).first().click()
    await page.getByLabel('Name').fill('Sitescope')
    await page.getByRole('button', { name: 'Add the website' }).click()
    await page.getByRole('row', { name: /Sitescope/ }).waitFor()
  })
  await t.test('its accounts, out of a file', async () => {
    await page.goto(`${server.url}/rentals/accounts`)
    await page.getByRole('button', { name: 'Import CSV' }).first().click()
    const form = dialog('Import rental accounts')
    await form.getByLabel('Or paste its lines').fill('website,username,password\nSitescope,team,made-up-1\nSitescope,office,made-up-2\n')
    await form.getByRole('button', { name: 'Preview' }).click()
    await form.getByRole('button', { name: 'Import 2 accounts' }).click()
    await page.getByRole('row', { name: /office/ }).waitFor()
  })
  await t.test('a key', async () => {
    await page.goto(`${server.url}/customers/keys`)
    await page.getByRole('button', { name: 'Create key' }).first().click()
    const form = dialog('Create a customer key')
    await form.getByLabel('Customer', { exact: true }).fill('Harbour Analytics')
    await form.getByLabel('E-mail').fill('ops@harbour.example')
    await form.getByLabel('Requests a day').fill('4')
    await form.getByRole('button', { name: 'Create key' }).click()
    key = await page.getByLabel('New customer key').inputValue()
    await page.getByRole('button', { name: 'I have stored it' }).click()
    await page.getByRole('row', { name: /Harbour Analytics/ }).waitFor()
  })
  await t.test('a call with curl arrives without a reload', async () => {
    await page.goto(`${server.url}/customers/activity`)
    await settled(page)
    const loaded = await page.evaluate(() => performance.timeOrigin)
    const rented = await curl(`${server.direct}/api/accounts/rent`, '-H', 'Content-Type: application/json', '-d', '{"website": "Sitescope"}')
    assert.equal(rented.status, 200, JSON.stringify(rented.json))
    assert.match(rented.json.account.password, /^made-up-/)
    await page.getByRole('row', { name: /Harbour Analytics.*rent.*Sitescope/i }).first().waitFor({ timeout: 20_000 })
    assert.equal(await page.evaluate(() => performance.timeOrigin), loaded)
    await sound(page, 'the first call')
  })
  await t.test('the limit fills, and then refuses', async () => {
    await page.goto(`${server.url}/customers/keys`)
    await settled(page)
    for (let i = 0; i < 3; i++) assert.equal((await curl(`${server.direct}/api/accounts/available`)).status, 200)
    const over = await curl(`${server.direct}/api/accounts/available`)
    assert.deepEqual([over.status, over.json.code], [429, 'limit_exceeded'])
    await page.getByRole('row', { name: /Harbour Analytics/ }).getByText('4 of 4').waitFor({ timeout: 20_000 })
    await sound(page, 'a full limit')
  })
  await t.test('the key is revoked, and the next call is refused', async () => {
    await page.getByRole('button', { name: 'Actions for Harbour Analytics' }).first().click()
    await page.getByRole('menuitem', { name: 'Revoke', exact: true }).click()
    const ask = page.getByRole('dialog').filter({ hasText: 'Revoke' })
    await ask.getByRole('textbox').fill('Harbour Analytics')
    await ask.getByRole('button', { name: /^Revoke/ }).click()
    await page.getByRole('row', { name: /Harbour Analytics/ }).getByText('Revoked').waitFor()
    const refused = await curl(`${server.direct}/api/accounts/available`)
    assert.deepEqual([refused.status, refused.json.code], [401, 'key_revoked'])
    await page.goto(`${server.url}/customers/activity?status=key_revoked`)
    await page.getByRole('row', { name: /Harbour Analytics/ }).first().waitFor()
    assert.ok(!(await page.content()).includes(key))
  })
})
