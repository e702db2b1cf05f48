// The first main story: an empty installation, from signing in to a cost figure that changes on refresh.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Organization, today } from '../../tests/e2e/lib/organization.mjs'
import { startPretendProvider } from '../../tests/e2e/lib/pretend_provider.mjs'
import { launch, open, settled, signIn, sound } from './lib/browser.mjs'
import { startEmpty } from './lib/server.mjs'

test('hold a key: sign in, add an account, paste a key, test it, see what it costs, and see it change', async (t) => {
  const provider = await startPretendProvider()
  const organization = provider.add(new Organization('openai', 'first-story'))
  organization.lastDay = today() - 1
  const server = await startEmpty(provider.environment)
  const browser = await launch()
  t.after(async () => {
    await browser.close()
    await server.stop()
    await provider.close()
  })
  const page = await open(browser)

  await t.test('a wrong password says so and keeps the place', async () => {
    await page.goto(`${server.url}/my/usage`)
    await page.getByLabel('Owner password').fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    assert.equal(await page.getByLabel('Owner password').inputValue(), '')
    assert.match(page.url(), /\/login\?next=/)
  })
  await t.test('an empty installation shows three steps', async () => {
    await signIn(page, server)
    await page.getByRole('heading', { name: 'Three steps to the first figure' }).waitFor()
    page.said.length = 0 // the browser reports the 401 of the wrong password
    await sound(page, 'three steps')
  })
  await t.test('step one: an account', async () => {
    await page.getByRole('button', { name: 'Add an account' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Add the account' }).click()
    assert.equal(await page.evaluate(() => document.activeElement.name), 'email', 'the first wrong field has the focus')
    await page.getByLabel('E-mail').fill('dana@example.com')
    await page.getByLabel('Name').fill('Dana')
    await page.getByRole('dialog').getByRole('button', { name: 'Add the account' }).click()
    await page.getByText('Added Dana').waitFor()
  })
  await t.test('step two: a rejected key is named as such, and the right one is recognised while typing', async () => {
    await page.getByRole('button', { name: 'Add a key' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Key', { exact: true }).fill(new Organization('openai', 'somebody-else').adminKey)
    await dialog.getByText('an OpenAI key, type admin').waitFor()
    await dialog.getByLabel('Name').fill('Organization admin')
    await dialog.getByRole('button', { name: 'Test and add' }).click()
    await dialog.getByText('The provider rejects this key.').waitFor()
    await dialog.getByRole('button', { name: 'Add anyway' }).waitFor()
    await sound(page, 'a rejected key')
    await dialog.getByLabel('Key', { exact: true }).fill(organization.adminKey)
    await dialog.getByRole('button', { name: 'Test and add' }).click()
    await dialog.waitFor({ state: 'hidden' })
  })
  await t.test('step three: the first figures come by themselves', async () => {
    await page.getByRole('heading', { name: 'Cost by provider' }).waitFor({ timeout: 60_000 })
    await settled(page)
    await page.locator('.stat .value', { hasText: '$' }).first().waitFor()
  })
  const total = () => page.locator('.stat .value').first().innerText()
  await t.test('the key is Working, and its text is nowhere in the page', async () => {
    await page.getByRole('row', { name: /Organization admin/ }).getByText('Working').waitFor()
    assert.ok(!(await page.content()).includes(organization.adminKey))
  })
  await t.test('what the provider has new arrives on refresh, without a reload', async () => {
    const before = await total()
    const loaded = await page.evaluate(() => performance.timeOrigin)
    organization.lastDay = today()
    await page.getByRole('button', { name: /Updated|Refresh/ }).click()
    await page.waitForFunction((text) => document.querySelector('.stat .value').textContent.trim() !== text, before, { timeout: 30_000 })
    assert.equal(await page.evaluate(() => performance.timeOrigin), loaded)
  })
  await t.test('testing the key again is one press, and stays in its history', async () => {
    await page.getByRole('link', { name: 'Organization admin' }).click()
    const sheet = page.getByRole('dialog', { name: 'Provider key' })
    await sheet.getByRole('button', { name: 'Test', exact: true }).click()
    await page.getByText('Organization admin: working').first().waitFor()
    await sheet.getByText('What was done with it').waitFor()
    await page.waitForFunction(() => document.querySelectorAll('dialog .test').length >= 2)
    await settled(page)
    await sound(page, 'one key')
  })
})
