// What pages do: by keyboard, over time, on plain http, and under the content-security policy.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { open, settled, signIn } from './lib/browser.mjs'
import { fixture } from './lib/fixture.mjs'
import { owner, startEmpty } from './lib/server.mjs'

const it = fixture()
const focused = (page, what = 'outerHTML') => page.evaluate((name) => document.activeElement[name], what)

test('trusted types and the rest of the policy are in force', async (t) => {
  const page = await it.visit(t, '/my/usage')
  const answer = await page.request.get(`${it.server.url}/my/usage`)
  const headers = answer.headers()
  assert.match(headers['content-security-policy'], /^default-src 'none'; script-src 'self'; .*require-trusted-types-for 'script'; trusted-types svelte-trusted-html$/)
  assert.deepEqual([headers['x-content-type-options'], headers['referrer-policy'], headers['cache-control'].includes('no-cache') || headers['cache-control'].includes('no-store')], ['nosniff', 'no-referrer', true])
  const outcome = await page.evaluate(() => {
    try {
      document.createElement('div').innerHTML = '<b>x'
      return 'allowed'
    } catch {
      return 'refused'
    }
  })
  assert.equal(outcome, 'refused')
})

test('the chart is read by arrow keys, day after day, week after week', async (t) => {
  const page = await it.visit(t, '/my/usage')
  const chart = page.locator('.chart').first()
  await chart.focus()
  const said = async (key) => {
    await page.keyboard.press(key)
    return chart.locator('[aria-live]').innerText()
  }
  assert.match(await said('ArrowLeft'), /so far: \$.* in total\. OpenAI \$/)
  const yesterday = await said('ArrowLeft')
  assert.match(yesterday, /in total\. OpenAI .*, Anthropic .*\.$/)
  assert.notEqual(await said('PageUp'), yesterday)
  assert.match(await said('Home'), /in total/)
  await said('Escape')
  assert.equal(await chart.locator('[aria-live]').innerText(), '')
})

test('the strip is a group of radio buttons that chooses the chart, and the address knows it', async (t) => {
  const page = await it.visit(t, '/my/usage')
  await page.getByRole('radio', { name: /Total cost/ }).focus()
  await page.keyboard.press('ArrowRight')
  await page.getByRole('heading', { name: 'Requests by provider' }).waitFor()
  assert.match(page.url(), /metric=requests/)
  await page.reload()
  await page.getByRole('heading', { name: 'Requests by provider' }).waitFor()
})

test('letters are shortcuts, not in fields, and can be switched off', async (t) => {
  const page = await it.visit(t, '/my/usage')
  await page.keyboard.press('1')
  await page.waitForURL(/days=7/)
  await page.keyboard.press('v')
  await page.getByRole('region', { name: 'Cost by provider, as a table' }).waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('k')
  await page.waitForURL(/\/my\/keys$/)
  await settled(page)
  await page.keyboard.press('/')
  assert.equal(await focused(page, 'type'), 'search')
  await page.keyboard.type('n?gk')
  assert.match(page.url(), /\/my\/keys/)
  await page.getByText('No key matches these filters.').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Chat in production' }).waitFor()
  await page.locator('h1').focus()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Add a key').waitFor()
  await page.keyboard.press('Escape')
  await page.goto(`${it.server.url}/settings/general`)
  await page.getByLabel(/Letters are shortcuts/).uncheck()
  await page.locator('h1').focus()
  await page.keyboard.press('?')
  assert.equal(await page.locator('dialog[open]').count(), 0)
})

test('Ctrl and K jumps to a page or a key', async (t) => {
  const page = await it.visit(t, '/settings/about')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('code rev')
  await page.getByRole('option', { name: /Code review/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/my\/keys\/\d+/)
})

test('a dialog takes the focus, keeps it, closes with Esc and gives it back', async (t) => {
  const page = await it.visit(t, '/my/keys')
  await page.getByRole('button', { name: 'Add key' }).click()
  assert.equal(await focused(page, 'name'), 'full_key')
  for (let i = 0; i < 14; i++) {
    await page.keyboard.press('Tab')
    assert.ok(await page.evaluate(() => document.activeElement === document.body || !!document.activeElement.closest('dialog')))
  }
  await page.getByLabel('Key', { exact: true }).fill('sk-proj-secret-secret-secret')
  await page.keyboard.press('Escape')
  assert.match(await focused(page, 'textContent'), /Add key/)
  assert.ok(!(await page.content()).includes('secret-secret'), 'nothing secret stays when the dialog closes')
})

test('a key is shown on request, for 30 seconds, and copied without being shown', async (t) => {
  const page = await it.visit(t, '/my/keys', { prepare: (made) => made.clock.install() })
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const row = page.getByRole('row', { name: /Chat in production/ })
  await row.getByRole('button', { name: 'Show key' }).click()
  await row.locator('code.open').waitFor()
  const full = await row.locator('code.open').innerText()
  assert.match(full, /^sk-proj-.{20}/)
  await page.clock.runFor(31_000)
  await row.locator('code.open').waitFor({ state: 'detached' })
  assert.ok(!(await page.content()).includes(full))
  await row.getByRole('button', { name: 'Copy key' }).click()
  await page.getByText('Copied Chat in production').waitFor()
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), full)
  assert.equal(await page.locator('code.open').count(), 0)
})

test('a token is shown once: only the button closes it, and then it is nowhere', async (t) => {
  const page = await it.visit(t, '/settings/access')
  await page.getByRole('button', { name: 'Make a token' }).first().click()
  await page.getByLabel('Name').fill('grafana')
  await page.getByRole('button', { name: 'Make the token' }).click()
  const box = page.getByLabel('New token')
  await box.waitFor()
  const token = await box.inputValue()
  assert.match(token, /^kla_[A-Za-z0-9_-]{43}$/)
  for (let i = 0; i < 4; i++) {
    await page.keyboard.press('Escape')
    await page.waitForTimeout(80)
    assert.equal(await page.locator('dialog[open]').count(), 1, `after Esc ${i + 1}`)
  }
  await page.getByRole('button', { name: 'I have stored it' }).click()
  await page.waitForTimeout(100)
  assert.equal(await page.locator('dialog[open]').count(), 0)
  assert.ok(!(await page.content()).includes(token))
  await page.getByText('grafana').first().waitFor()
})

test('what cannot be undone wants the name typed', async (t) => {
  const page = await it.visit(t, '/my/accounts')
  await page.getByRole('button', { name: 'Actions for Robin' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  const button = page.getByRole('button', { name: 'Delete Robin and 1 key' })
  assert.ok(await button.isDisabled())
  await page.getByLabel('Type Robin to confirm').fill('Robin')
  assert.ok(await button.isEnabled())
  await page.keyboard.press('Escape')
})

test('a menu is walked with arrow keys and closes with Esc', async (t) => {
  const page = await it.visit(t, '/my/keys')
  const button = page.getByRole('button', { name: 'Actions for Web search' })
  await button.press('Enter')
  await page.getByRole('menuitem', { name: 'Test' }).waitFor()
  await page.waitForFunction(() => document.activeElement.textContent === 'Test')
  await page.keyboard.press('ArrowUp')
  assert.equal(await focused(page, 'textContent'), 'Delete')
  await page.keyboard.press('Escape')
  assert.equal(await page.locator('[popover]:popover-open').count(), 0)
})

test('one key is a sheet over the list on a wide screen and a page on a narrow one; the address is the same', async (t) => {
  const page = await it.visit(t, '/my/keys?provider=openai')
  await page.getByRole('link', { name: 'Search index' }).click()
  await page.waitForURL(/\/my\/keys\/\d+\?provider=openai/)
  await page.getByRole('dialog', { name: 'Provider key' }).getByRole('heading', { name: 'Search index' }).waitFor()
  await page.keyboard.press('Escape')
  await page.waitForURL(/\/my\/keys\?provider=openai$/)
  await page.goBack()
  await page.getByRole('dialog', { name: 'Provider key' }).waitFor()
  const phone = await it.visit(t, '/my/keys/3', { size: 'phone' })
  await phone.getByRole('heading', { level: 1, name: 'Search index' }).waitFor()
  assert.equal(await phone.locator('dialog[open]').count(), 0)
})

test('what others change arrives without a reload, and rows keep still under the pointer', async (t) => {
  const call = await owner(it.server)
  const page = await it.visit(t, '/my/accounts')
  await page.getByRole('row', { name: /Robin/ }).hover()
  const account = await call('POST', '/api/accounts', { email: 'new@example.com', name: 'Newcomer' })
  await page.getByRole('button', { name: '1 new row' }).waitFor()
  assert.equal(await page.getByText('Newcomer').count(), 0)
  await page.getByRole('button', { name: '1 new row' }).click()
  await page.getByText('Newcomer').waitFor()
  await page.mouse.move(5, 5)
  await call('DELETE', `/api/accounts/${account.id}`)
  await page.getByText('Newcomer').waitFor({ state: 'detached' })
})

test('the choice of colours holds over a reload, before the first paint', async (t) => {
  const page = await it.visit(t, '/my/usage')
  await page.getByRole('button', { name: 'Switch to dark colours' }).first().click()
  await page.reload({ waitUntil: 'commit' })
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark')
  await settled(page)
  await page.getByRole('button', { name: 'Switch to light colours' }).first().waitFor()
})

test('an ended session asks for the password over the page, which stays as it was', async (t) => {
  const call = await owner(it.server)
  const page = await open(it.browser)
  t.after(() => page.context().close())
  await signIn(page, it.server, '/my/keys')
  await settled(page)
  await page.getByRole('button', { name: 'Add key' }).click()
  await page.getByLabel('Name', { exact: true }).fill('half typed')
  const mine = (await call('GET', '/api/sessions')).data[0]
  await call('DELETE', `/api/sessions/${mine.id}`)
  await page.getByLabel('Key', { exact: true }).fill('sk-ant-api03-x')
  const dialog = page.getByRole('dialog', { name: 'You have been signed out' })
  await dialog.waitFor()
  for (let i = 0; i < 4; i++) await page.keyboard.press('Escape')
  assert.ok(await dialog.isVisible())
  await dialog.getByLabel('Owner password').fill(it.server.password)
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await dialog.waitFor({ state: 'hidden' })
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'half typed')
})

test('copying works on plain http, where a browser has no clipboard interface', async (t) => {
  const server = await startEmpty()
  t.after(() => server.stop())
  if (!server.embedded) return t.skip('needs the page inside the server: the name has to be the server\'s own')
  const page = await open(it.browser)
  t.after(() => page.context().close())
  const named = { ...server, url: server.url.replace('127.0.0.1', 'keyledger.test') }
  await signIn(page, named, '/settings/access')
  assert.equal(await page.evaluate(() => isSecureContext), false)
  await page.getByRole('button', { name: 'Make a token' }).first().click()
  await page.getByLabel('Name').fill('plain')
  await page.getByRole('button', { name: 'Make the token' }).click()
  const token = await page.getByLabel('New token').inputValue()
  await page.getByRole('button', { name: 'Copy', exact: true }).click()
  await page.getByText('Copied. Store it before you close this window.').waitFor()
  await page.getByRole('button', { name: 'I have stored it' }).click()
  await page.getByLabel('Current password').focus()
  await page.keyboard.press('Control+V')
  assert.equal(await page.getByLabel('Current password').inputValue(), token)
})

test('every link of the navigation leads to a page that is there', async (t) => {
  const page = await it.visit(t, '/my/usage')
  const links = await page.locator('nav a').evaluateAll((all) => [...new Set(all.map((each) => each.getAttribute('href')))])
  for (const link of links) {
    await page.goto(it.server.url + link)
    await settled(page)
    assert.notEqual(await page.locator('h1').innerText(), 'Not found', link)
  }
})
