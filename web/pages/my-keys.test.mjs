// My keys, the audit log and the settings: order, search, files, many tests at once, copies of the database, imports.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settled, sound } from './lib/browser.mjs'
import { fixture } from './lib/fixture.mjs'

const it = fixture()
const names = (page) => page.locator('tbody th .name').allInnerTexts()
const order = async (page, column) => {
  const asked = page.waitForResponse(/[?&]sort=/)
  await page.getByRole('columnheader', { name: column }).getByRole('button').click()
  await asked
  await settled(page)
  return names(page)
}

test('the keys are sorted by the server, in the address, either way; the heading says which', async (t) => {
  const page = await it.visit(t, '/my/keys')
  const up = await order(page, 'Key')
  assert.match(page.url(), /sort=name&order=asc/)
  assert.equal(await page.getByRole('columnheader', { name: 'Key', exact: true }).getAttribute('aria-sort'), 'ascending')
  const down = await order(page, 'Key')
  assert.match(page.url(), /sort=name&order=desc/)
  assert.deepEqual(down, [...up].reverse())
  await page.reload()
  await settled(page)
  assert.deepEqual(await names(page), down)
})

test('performance by key: dearest first, found by name or account, sorted, summed and written to a file by the server', async (t) => {
  const page = await it.visit(t, '/my/usage')
  assert.equal((await names(page))[0], 'Chat in production')
  await order(page, 'Requests')
  assert.equal((await names(page))[0], 'Search index')
  await page.getByRole('searchbox', { name: 'Search keys' }).fill('robin')
  await page.waitForURL(/q=robin/)
  await page.getByText('Total, 1 key').waitFor()
  assert.deepEqual(await names(page), ['Web search'])
  const link = await page.getByRole('link', { name: 'Export CSV' }).getAttribute('href')
  assert.match(link, /^\/api\/usage\/keys\.csv\?q=robin&sort=requests&order=desc&days=30$/)
  const file = await page.request.get(it.server.url + link)
  assert.match(file.headers()['content-disposition'], /filename="usage-keys_.*\.csv"/)
  assert.match(await file.text(), /Web search/)
  await page.getByRole('searchbox', { name: 'Search keys' }).fill('zzzz')
  await page.getByText('No key matches these filters.').waitFor()
  await sound(page, 'no key found')
})

test('the usage page asks few questions, and none of them for every key', async (t) => {
  const asked = []
  await it.visit(t, '/my/usage', { prepare: (page) => page.on('request', (each) => /\/api\/usage/.test(each.url()) && asked.push(new URL(each.url()))) })
  assert.equal(asked.length, 3, asked.join(' '))
  for (const each of asked) assert.ok(each.pathname.endsWith('/keys') || !/keys/.test(each.searchParams.get('parts') ?? 'keys'), String(each))
})

test('the strip tells the change, in words too, and leads to the keys that do not work', async (t) => {
  const page = await it.visit(t, '/my/usage')
  await page.locator('.stat', { hasText: 'Total cost' }).getByText(/against the 30 days before/).waitFor()
  await page.getByRole('link', { name: /\d+ rejected/ }).click()
  await page.waitForURL(/\/my\/keys\?status=invalid/)
  await page.getByRole('row', { name: /Old prototype/ }).waitFor()
})

test('an account has its cost and its worst status, and leads to both', async (t) => {
  const page = await it.visit(t, '/my/accounts')
  const row = page.getByRole('row', { name: /Dana/ })
  await row.getByText('Rejected').waitFor()
  await row.getByRole('link', { name: '$' }).click()
  await page.waitForURL(/\/my\/usage\?account_id=\d+/)
  await settled(page)
  assert.notEqual(await page.getByLabel('Account', { exact: true }).first().inputValue(), '')
})

test('all keys under a filter are tested by the server, which tells how far it is', async (t) => {
  const page = await it.visit(t, '/my/keys?provider=brave')
  const sent = page.waitForRequest((each) => each.method() === 'POST' && each.url().includes('/api/keys/test-all?provider=brave'))
  await page.getByRole('button', { name: 'Test these' }).click()
  await sent
  await page.getByText(/^Tested 1 key: \d working/).waitFor()
})

test('a key says whose it is without a second question', async (t) => {
  const page = await it.visit(t, '/my/keys/2')
  const sheet = page.getByRole('dialog', { name: 'Provider key' })
  await sheet.getByRole('link', { name: 'Dana' }).waitFor()
  await sheet.getByRole('link', { name: 'Organization admin' }).waitFor()
  await sheet.getByRole('heading', { name: 'Models used' }).waitFor()
})

test('a key is renamed, moved and linked in one kind of dialog, and what is missing is said beside its field', async (t) => {
  const page = await it.visit(t, '/my/keys')
  const menu = async (item) => {
    await page.getByRole('button', { name: 'Actions for Search index' }).click()
    await page.getByRole('menuitem', { name: item }).click()
    return page.getByRole('dialog')
  }
  let dialog = await menu('Rename')
  await dialog.getByLabel('Name').fill(' ')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('A key needs a name.').waitFor()
  await page.keyboard.press('Escape')
  dialog = await menu('Link to admin key')
  await dialog.getByRole('option', { name: 'Organization admin' }).waitFor({ state: 'attached' })
  assert.deepEqual(await dialog.getByLabel('Admin key').locator('option').allInnerTexts(), ['Not linked', 'Organization admin'])
  await sound(page, 'linking a key')
  await page.keyboard.press('Escape')
  dialog = await menu('Move to account')
  await dialog.getByLabel('Account').selectOption('Robin')
  await dialog.getByRole('button', { name: 'Move the key' }).click()
  await page.getByText('Changed Search index').waitFor()
  await page.getByRole('row', { name: /Search index/ }).getByText('Robin').waitFor()
})

test('the audit log is searched, filtered and written to a file; its state is known without a press', async (t) => {
  const page = await it.visit(t, '/activity')
  await page.getByRole('button', { name: 'Verify' }).click()
  await page.getByText(/The log is whole up to/).waitFor()
  await page.reload()
  await page.getByText(/The log is whole up to .* Verified/).waitFor()
  await page.getByRole('searchbox', { name: 'Search the log' }).fill('signed in nowhere')
  await page.getByText('No line matches these filters.').waitFor()
  await page.getByRole('button', { name: 'Clear filters' }).first().click()
  await page.getByLabel('Action').selectOption('session.')
  await page.waitForURL(/action=session\./)
  await settled(page)
  for (const what of await page.locator('tbody .what').first().allInnerTexts()) assert.equal(what, 'signed in')
  const file = await page.request.get(it.server.url + (await page.getByRole('link', { name: 'Export CSV' }).getAttribute('href')))
  assert.match(file.headers()['content-disposition'], /filename="audit.*\.csv"/)
})

test('a backup is made, verified, downloaded and deleted, from the page', async (t) => {
  const page = await it.visit(t, '/settings/data')
  await page.getByRole('button', { name: 'Back up now' }).click()
  await page.getByRole('cell', { name: 'Whole' }).first().waitFor({ timeout: 30_000 })
  const link = page.getByRole('link', { name: /^Download keyledger-.*\.db$/ }).first()
  const coming = page.waitForEvent('download')
  await link.click()
  assert.match((await coming).suggestedFilename(), /^keyledger-.*\.db$/)
  await page.getByRole('button', { name: /^Delete keyledger-/ }).first().click()
  await page.getByRole('button', { name: 'Delete the backup' }).click()
  await page.getByText('There is none yet.').waitFor()
  await sound(page, 'no backups')
})

test('backups on their own: how often and how many, and what is wrong beside its field', async (t) => {
  const page = await it.visit(t, '/settings/data')
  await page.getByRole('button', { name: 'Set a schedule' }).click()
  await page.getByLabel('Every so many hours').fill('a day')
  await page.getByRole('button', { name: 'Save the schedule' }).click()
  await page.getByText('Enter whole hours.').waitFor()
  await page.getByLabel('Every so many hours').fill('24')
  await page.getByLabel('Copies to keep').fill('5')
  await page.getByRole('button', { name: 'Save the schedule' }).click()
  await page.getByRole('button', { name: 'Every 24 hours, 5 kept' }).waitFor()
})

test('a file that is no database is refused in words, and nothing is taken', async (t) => {
  const page = await it.visit(t, '/settings/data')
  await page.getByLabel('Choose a file to preview').setInputFiles({ name: 'notes.db', mimeType: 'application/octet-stream', buffer: Buffer.from('not a database') })
  await page.getByRole('alert').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Import this file' }).count(), 0)
})

test('what an import would take is told before anything is taken', async (t) => {
  const table = { name: 'api_keys', rows: 61, taken: 59, known: 1, skipped: 1, adjusted: 0, notes: [{ id: 4, outcome: 'skipped', code: 'empty', why: 'The key is empty.' }], notes_left_out: 0 }
  const state = { state: 'finished', started_at: '2026-11-22T03:00:00Z', finished_at: '2026-11-22T03:00:01Z', file: 'upload', dry_run: true, source: 'held_keys', tables: [table], ignored: ['sessions'], code: '', explanation: '' }
  const sent = []
  const page = await it.visit(t, '/settings/data', {
    prepare: async (made) => {
      await made.route(/\/api\/import$/, (route) => route.fulfill({ json: { ...state, dry_run: sent.at(-1) === 'true' } }))
      await made.route(/\/api\/import\/file/, (route) => (sent.push(new URL(route.request().url()).searchParams.get('dry_run')), route.fulfill({ status: 202, json: { ...state, state: 'reading', tables: [] } })))
    },
  })
  await page.getByLabel('Choose a file to preview').setInputFiles({ name: 'old.db', mimeType: 'application/octet-stream', buffer: Buffer.from('SQLite format 3') })
  await page.getByRole('row', { name: 'api keys 61 59 1 1' }).waitFor()
  await page.getByText('1 remark on single rows').click()
  await page.getByText('The key is empty.').waitFor()
  await sound(page, 'a preview')
  await page.getByRole('button', { name: 'Import this file' }).click()
  await page.getByText('Taken over.').waitFor()
  assert.deepEqual(sent, ['true', 'false'])
})

test('the settings of the installation are changed one by one; a wrong one is refused beside its field', async (t) => {
  const page = await it.visit(t, '/settings/general')
  const save = page.getByRole('button', { name: 'Save the settings' })
  assert.ok(await save.isDisabled())
  await page.getByLabel('Minutes between two readings of the providers').fill('soon')
  await save.click()
  await page.getByText('Enter a number, such as 15.').waitFor()
  await page.getByLabel('Minutes between two readings of the providers').fill('30')
  await save.click()
  await page.getByText('Saved the settings').waitFor()
  await page.reload()
  await settled(page)
  assert.equal(await page.getByLabel('Minutes between two readings of the providers').inputValue(), '30')
})

test('the licences of the work of others are on the About page', async (t) => {
  const page = await it.visit(t, '/settings/about')
  await page.getByRole('region', { name: 'Licences' }).getByText(/Svelte/).first().waitFor()
})
