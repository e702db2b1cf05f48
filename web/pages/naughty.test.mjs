// Strings that break pages, as names, notes and e-mails: shown literally, on every page, without the page giving way.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { open, signIn, sound } from './lib/browser.mjs'
import { fixture } from './lib/fixture.mjs'
import { owner, startServer } from './lib/server.mjs'
import { keyText } from '../../tests/e2e/lib/organization.mjs'

const STRINGS = [
  '<script>window.broken = 1</script>', '<img src=x onerror="window.broken = 2">', '"><svg onload=window.broken=3>', '{{constructor.constructor("window.broken=4")()}}', '${window.broken = 5}',
  '\u202eright to left\u202c', '\u05d0\u05d1\u05d2 \u0645\u0631\u062d\u0628\u0627', 'Z\u0351\u0343\u0363a\u036d\u0360l\u030bg\u0359o', '👩‍👩‍👧‍👦 🏳️‍🌈 💩', '%s %d %n %x', "'; DROP TABLE keys; --",
  'undefined', 'null', 'NaN', '-1e308', '../../etc/passwd', 'javascript:alert(1)', 'W'.repeat(200), 'a b '.repeat(50).trim(), '𝕌𝕟𝕚𝕔𝕠𝕕𝕖',
]
const it = fixture(async () => {
  const server = await startServer()
  const call = await owner(server)
  for (const [i, text] of STRINGS.entries()) {
    const account = await call('POST', '/api/accounts', { email: `naughty${i}@example.com`, name: text, organization_name: text })
    await call('POST', '/api/keys', { name: text, full_key: keyText.openaiProject(`naughty${i}`), account_id: account.id, notes: i === 0 ? 'x'.repeat(10_000) : `${text}\n${text}` })
    await call('POST', '/api/tokens', { name: text, scopes: ['read'] })
    await call('POST', '/api/customer-keys', { name: text, email: `naughty${i}@example.com`, notes: text })
  }
  return server
})

for (const size of ['desktop', 'phone']) {
  for (const path of ['/my/keys', '/customers/keys', '/customers/list', '/my/accounts', '/my/usage', '/activity', '/settings/access']) {
    test(`${path} at ${size}`, async (t) => {
      const page = await it.visit(t, path, { size })
      await page.locator('tbody tr').first().waitFor()
      assert.equal(await page.evaluate(() => window.broken), undefined)
      await sound(page, path)
      if (path !== '/my/keys' && !path.startsWith('/customers/')) return
      const text = await page.locator('tbody').innerText()
      for (const each of STRINGS) assert.ok(text.includes(each.replace(/\s+/g, ' ').trim()), `shown literally: ${each.slice(0, 40)}`)
    })
  }
}

test('one key with a script for a name and 10,000 characters of notes', async (t) => {
  for (const size of ['desktop', 'phone']) {
    const page = await it.visit(t, '/my/keys/9', { size })
    await page.getByRole('heading', { name: '<script>window.broken = 1</script>' }).waitFor()
    await page.waitForTimeout(300)
    assert.equal(await page.evaluate(() => window.broken), undefined)
    await sound(page, 'one naughty key')
  }
})

test('a browser that calls itself a script', async (t) => {
  const context = await it.browser.newContext({ userAgent: '<script>window.broken = 6</script>', locale: 'en-GB' })
  const page = await context.newPage()
  page.said = []
  t.after(() => context.close())
  await signIn(page, it.server, '/settings/access')
  await page.getByText('<script>window.broken = 6</script>').first().waitFor()
  assert.equal(await page.evaluate(() => window.broken), undefined)
  const other = await open(it.browser, { storageState: it.storageState })
  await other.context().close()
})
