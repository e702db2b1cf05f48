// The seller's side of rentals: websites, shared accounts, imports, who rents what, and passwords that change.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import http from 'node:http'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'

import { asCustomer, customerExpect, customerKey, website } from './lib/customers.mjs'
import { until } from './lib/network.mjs'
import { Server, serverForThisFile, temporaryFolder } from './lib/server.mjs'

let server
serverForThisFile((started) => (server = started))

let count = 0
const fresh = (word = 'name') => `${word} ${++count}`

// Nothing may be changed by a request that is refused.
async function unchanged(work) {
  const state = async () => JSON.stringify([await server.expect(200, 'GET', '/api/websites?limit=500'), await server.expect(200, 'GET', '/api/rental-accounts?limit=500'), await server.expect(200, 'GET', '/api/rentals?limit=500')])
  const before = await state()
  await work()
  assert.equal(await state(), before, 'a refused request changed something')
}

const rent = async (key, site, status = 200) => customerExpect(server, key, status, 'POST', '/api/accounts/rent', { website: site.name })
const account = (id) => server.expect(200, 'GET', `/api/rental-accounts/${id}`)

describe('websites', () => {
  test('are made, read, changed and removed', async () => {
    const name = fresh('Shop')
    const made = await server.call('POST', '/api/websites', { body: { name: ` ${name} `, url: 'https://shop.example.com', validity_hours: 12, description: 'a shop' } })
    assert.equal(made.status, 201)
    assert.equal(made.headers.location, `/api/websites/${made.json.id}`)
    assert.deepEqual([made.json.name, made.json.validity_hours, made.json.after_rental, made.json.rotation, made.json.rotation_secret], [name, 12, 'pool', 'by_hand', null])
    const changed = await server.expect(200, 'PUT', `/api/websites/${made.json.id}`, { url: null, validity_hours: 48 })
    assert.deepEqual([changed.name, changed.url, changed.validity_hours], [name, '', 48])
    assert.ok((await server.expect(200, 'GET', `/api/websites?q=${encodeURIComponent(name.toUpperCase())}`)).data.length === 1)
    await server.refused(409, 'duplicate_website', 'POST', '/api/websites', { name: name.toUpperCase() }, { field: 'name' })
    const ada = await server.expect(201, 'POST', '/api/rental-accounts', { website: name.toLowerCase(), username: 'ada', password: 'p' })
    await server.refused(409, 'website_has_accounts', 'DELETE', `/api/websites/${made.json.id}`)
    assert.equal((await server.delete(`/api/rental-accounts/${ada.id}`)).status, 204)
    assert.equal((await server.delete(`/api/websites/${made.json.id}`)).status, 204)
    await server.refused(404, 'unknown_website', 'GET', `/api/websites/${made.json.id}`)
    await server.expect(201, 'POST', '/api/websites', { name })
  })

  test('are refused when they are not right', async () => {
    const cases = [
      [{}, 400, 'missing_field', 'name'], [{ name: '' }, 400, 'missing_name', 'name'], [{ name: 'n'.repeat(201) }, 400, 'too_long', 'name'],
      [{ name: 'a\nb' }, 400, 'control_characters', 'name'], [{ name: 'a', url: 'nowhere' }, 400, 'malformed_url', 'url'], [{ name: 'a', url: 'ftp://x.example' }, 400, 'malformed_url', 'url'],
      [{ name: 'a', validity_hours: 0 }, 400, 'out_of_range', 'validity_hours'], [{ name: 'a', validity_hours: 8761 }, 400, 'out_of_range', 'validity_hours'],
      [{ name: 'a', validity_hours: '24' }, 400, 'wrong_type', 'validity_hours'], [{ name: 'a', after_rental: 'burn' }, 400, 'unknown_value', 'after_rental'],
      [{ name: 'a', rotation: 'webhook' }, 400, 'malformed_webhook_url', 'rotation_url'], [{ name: 'a', rotation_url: 'http://elsewhere.example' }, 400, 'malformed_webhook_url', 'rotation_url'],
      [{ name: 'a', rotation: 'command' }, 400, 'no_rotation_command', 'rotation'], [{ name: 'a', colour: 'red' }, 400, 'unknown_field', 'colour'], [[], 400, 'wrong_type'],
    ]
    await unchanged(async () => {
      for (const [body, status, code, field] of cases) await server.refused(status, code, 'POST', '/api/websites', body, { field })
      await server.refused(404, 'unknown_website', 'PUT', '/api/websites/999999', { name: 'x' })
      await server.refused(404, 'unknown_website', 'DELETE', '/api/websites/999999')
      await server.refused(404, 'unknown_website', 'POST', '/api/websites/999999/rotation-secret')
      await server.refused(400, 'malformed_id', 'GET', '/api/websites/1x')
      await server.refused(400, 'malformed_cursor', 'GET', '/api/websites?cursor=x')
    })
  })
})

describe('rental accounts', () => {
  test('are made, read, changed and removed, and their password is seen only where it is asked for', async () => {
    const site = await website(server, 0)
    const secret = `hidden-${Math.random()}`
    const made = await server.call('POST', '/api/rental-accounts', { body: { website: site.name, username: 'ada', password: secret, email: 'ada@example.com', notes: 'the first' } })
    assert.equal(made.status, 201)
    assert.ok(!made.body.includes(secret))
    const place = `/api/rental-accounts/${made.json.id}`
    assert.equal(made.headers.location, place)
    assert.deepEqual([made.json.status, made.json.website, made.json.rental], ['available', site.name, null])
    assert.deepEqual(await server.expect(200, 'GET', `${place}/password`), { id: made.json.id, password: secret })
    const audit = await server.expect(200, 'GET', '/api/audit?action=rental_accounts.reveal')
    assert.equal(audit.data[0].subject, `rental_accounts/${made.json.id}`)
    const changed = await server.expect(200, 'PUT', place, { username: 'lovelace', email: null })
    assert.deepEqual([changed.username, changed.email, changed.notes], ['lovelace', '', 'the first'])
    await server.expect(200, 'PUT', `${place}/password`, { password: 'another' })
    const history = await server.expect(200, 'GET', `${place}/history`)
    assert.equal(history.passwords.length, 2)
    assert.ok(!JSON.stringify(history).includes('another'))
    for (const bytes of (await server.files()).values()) assert.ok(!bytes.includes(secret), 'a password is on the disk in the clear')
    assert.equal((await server.delete(place)).status, 204)
    await server.refused(404, 'unknown_rental_account', 'GET', place)
    await server.refused(404, 'unknown_rental_account', 'GET', `${place}/password`)
  })

  test('are refused when they are not right', async () => {
    const site = await website(server, 1)
    const right = { website: site.name, username: 'new', password: 'p' }
    const cases = [
      [{ ...right, website: 'Exampel' }, 404, 'unknown_website', 'website'], [{ ...right, username: ' ' }, 400, 'missing_username', 'username'],
      [{ ...right, password: '' }, 400, 'missing_password', 'password'], [{ ...right, password: 'p'.repeat(1025) }, 400, 'too_long', 'password'],
      [{ ...right, password: 'a\nb' }, 400, 'control_characters', 'password'], [{ ...right, email: 'nobody' }, 400, 'malformed_email', 'email'],
      [{ ...right, username: 'user1' }, 409, 'duplicate_rental_account', 'username'], [{ website: site.name, username: 'x' }, 400, 'missing_field', 'password'],
    ]
    const [one] = site.accounts
    await unchanged(async () => {
      for (const [body, status, code, field] of cases) await server.refused(status, code, 'POST', '/api/rental-accounts', body, { field })
      const unknown = await server.refused(404, 'unknown_website', 'GET', '/api/rental-accounts?website=Exampel')
      assert.match(unknown.json.detail, /known are /)
      await server.refused(400, 'unknown_value', 'GET', '/api/rental-accounts?status=lost')
      await server.refused(400, 'missing_reason', 'POST', `/api/rental-accounts/${one.id}/exception`, { reason: ' ' })
      await server.refused(409, 'account_not_put_aside', 'POST', `/api/rental-accounts/${one.id}/restore`)
      await server.refused(400, 'missing_password', 'PUT', `/api/rental-accounts/${one.id}/password`, { password: '' })
      for (const [method, rest, body] of [['GET', ''], ['PUT', '', {}], ['DELETE', ''], ['POST', '/exception', { reason: 'x' }], ['POST', '/restore'], ['PUT', '/password', { password: 'x' }], ['GET', '/password'], ['GET', '/history']]) {
        await server.refused(404, 'unknown_rental_account', method, `/api/rental-accounts/999999${rest}`, body)
      }
    })
    const reader = await server.makeToken('reader', 'read')
    await server.refused(403, 'insufficient_scope', 'GET', `/api/rental-accounts/${one.id}/password`, undefined, { token: reader })
    await server.expect(200, 'GET', `/api/rental-accounts/${one.id}`, undefined, { token: reader })
  })

  test('are put aside and brought back', async () => {
    const site = await website(server, 1)
    const [one] = site.accounts
    const key = await customerKey(server)
    await rent(key, site)
    await server.refused(409, 'account_rented', 'POST', `/api/rental-accounts/${one.id}/exception`, { reason: 'locked' })
    await server.refused(409, 'account_rented', 'DELETE', `/api/rental-accounts/${one.id}`)
    const aside = await server.expect(200, 'POST', `/api/rental-accounts/${one.id}/exception`, { reason: ' locked ', take_back: true })
    assert.deepEqual([aside.status, aside.exception_reason, aside.rental], ['exception', 'locked', null])
    await rent(key, site, 404)
    assert.equal((await server.expect(200, 'POST', `/api/rental-accounts/${one.id}/restore`)).status, 'available')
    await rent(key, site)
  })
})

describe('an import', () => {
  const send = (csv, more = {}, options) => server.call('POST', '/api/rental-accounts/import', { body: { csv, ...more }, ...options })

  test('adds all or none, and a dry run tells every bad line', async () => {
    const site = await website(server, 1)
    const csv = `\ufeffPassword,Username,Website,Notes\r\n"p,1",ada,${site.name},\r\np2,user1,${site.name},\r\np3,bob,Exampel,\r\n,eve,${site.name},"two\nlines"\r\n`
    await unchanged(async () => {
      const dry = (await send(csv, { dry_run: true })).json
      assert.deepEqual([dry.dry_run, dry.created, dry.skipped], [true, 1, 1])
      assert.deepEqual(dry.errors.map(({ line, field }) => [line, field]), [[4, 'website'], [5, 'password']])
      const refused = await server.refused(400, 'bad_csv_lines', 'POST', '/api/rental-accounts/import', { csv })
      assert.match(refused.json.detail, /Line 4, website/)
    })
    const done = (await send(csv, { skip_bad_lines: true })).json
    assert.deepEqual([done.created, done.skipped, done.errors.length], [1, 1, 2])
    const { data } = await server.expect(200, 'GET', `/api/rental-accounts?website=${site.name}&q=ada`)
    assert.equal((await server.expect(200, 'GET', `/api/rental-accounts/${data[0].id}/password`)).password, 'p,1')
  })

  test('that cannot be read is refused with line and column', async () => {
    const header = 'website,username,password\n'
    const cases = [
      ['', 400, 'malformed_csv', 'csv'], ['website,username\nx,y\n', 400, 'malformed_csv', 'password'], ['website,username,password,phone\n', 400, 'malformed_csv', 'phone'],
      [`${header}x,y,"never\n`, 400, 'malformed_csv', 'csv'], [header, 400, 'malformed_csv', 'csv'], [`${header}x,y,${'p'.repeat(5 << 20)}\n`, 413, 'csv_too_large', 'csv'],
      [header + 'x,y,z\n'.repeat(10_001), 413, 'csv_too_large', 'csv'],
    ]
    await unchanged(async () => {
      for (const [csv, status, code, field] of cases) await server.refused(status, code, 'POST', '/api/rental-accounts/import', { csv }, { field })
      const open = await send(`${header}x,y,"never\n`)
      assert.match(open.json.detail, /Line 2, field 3/)
      const field = await send(`${header}x,y,${'p'.repeat(10 << 20)}\n`)
      assert.equal(field.status, 413)
    })
  })

  test('is repeated under its Idempotency-Key without effect', async () => {
    const site = await website(server, 0)
    const csv = `website,username,password\n${site.name},ada,p\n`
    const options = { headers: { 'idempotency-key': fresh('import').replace(' ', '-') } }
    const first = await send(csv, {}, options)
    const second = await send(csv, {}, options)
    assert.deepEqual([first.json.created, second.json.created, second.headers['idempotent-replayed']], [1, 1, 'true'])
    assert.equal((await server.expect(200, 'GET', `/api/rental-accounts?website=${site.name}`)).data.length, 1)
  })
})

describe('rentals', () => {
  test('are listed, shown and taken back', async () => {
    const site = await website(server, 2)
    const key = await customerKey(server)
    const first = await rent(key, site)
    await asCustomer(server, key, 'POST', '/api/accounts/rent', { website: site.name, customer_info: { order: 7 } })
    const open = await server.expect(200, 'GET', `/api/rentals?status=open&website=${site.name}`)
    assert.deepEqual(open.data.map((each) => each.customer_info), [{ order: 7 }, null])
    assert.equal(open.data[0].key_id, key.id)
    assert.equal(open.data[0].remaining_minutes, 24 * 60)
    const page = await server.expect(200, 'GET', `/api/rentals?website=${site.name}&limit=1`)
    const next = await server.expect(200, 'GET', `/api/rentals?website=${site.name}&limit=1&cursor=${encodeURIComponent(page.next_cursor)}`)
    assert.equal(next.data[0].id, first.account.rental_id)
    assert.equal(next.next_cursor, null)
    assert.equal((await server.expect(200, 'GET', `/api/rentals?key_id=${key.id}&account_id=${first.account.id}&customer_id=${key.customer_id}`)).data.length, 1)
    assert.equal((await server.expect(200, 'GET', `/api/rentals?website=${site.name}&to=2020-01-01T00:00:00Z`)).data.length, 0)
    const taken = await server.expect(200, 'POST', `/api/rentals/${first.account.rental_id}/take-back`)
    assert.deepEqual([taken.status, taken.ended_by, taken.remaining_minutes], ['ended', 'taken_back', 0])
    await server.refused(409, 'rental_ended', 'POST', `/api/rentals/${first.account.rental_id}/take-back`)
    assert.equal((await asCustomer(server, key, 'POST', `/api/accounts/return/${first.account.id}`)).json.code, 'already_returned')
    assert.equal((await account(first.account.id)).status, 'available')
    await server.refused(404, 'unknown_rental', 'GET', '/api/rentals/999999')
    await server.refused(404, 'unknown_rental', 'POST', '/api/rentals/999999/take-back')
    await server.refused(404, 'unknown_website', 'GET', '/api/rentals?website=Exampel')
    await server.refused(400, 'malformed_id', 'GET', '/api/rentals?key_id=x')
    await server.refused(400, 'malformed_time', 'GET', '/api/rentals?from=yesterday')
  })
})

describe('a password is changed after a rental', () => {
  test('by whoever the webhook tells', async (context) => {
    const seen = []
    let secret
    let answer = [500, '']
    const receiver = http.createServer((request, response) => {
      let body = ''
      request.on('data', (piece) => (body += piece)).on('end', () => {
        seen.push({ headers: request.headers, body, url: request.url })
        response.writeHead(answer[0], { 'content-type': 'application/json' }).end(answer[1])
      })
    })
    await new Promise((ready) => receiver.listen(0, '127.0.0.1', ready))
    context.after(() => receiver.close())
    const site = await website(server, 1, { after_rental: 'needs_rotation', rotation: 'webhook', rotation_url: `http://127.0.0.1:${receiver.address().port}/rotate?x=1` })
    secret = site.rotation_secret
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
    const key = await customerKey(server)
    const rented = await rent(key, site)
    await customerExpect(server, key, 200, 'POST', `/api/accounts/return/${rented.account.id}`)
    const failed = await until(async () => { const now = await account(rented.account.id); return now.rotation_error && now }, { what: 'the failed attempt' })
    assert.deepEqual([failed.status, failed.rotation_error, failed.rotation_attempts], ['needs_rotation', 'The webhook answered 500.', 1])
    const [{ headers, body, url }] = seen
    assert.equal(url, '/rotate?x=1')
    const signed = createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest('base64')
    assert.equal(headers['webhook-signature'], `v1,${signed}`)
    const message = JSON.parse(body)
    assert.equal(message.type, 'account.rotate')
    assert.equal(message.data.username, 'user1')
    assert.ok(!body.includes('secret 1'), 'the password does not travel')
    // Another secret, which changes the website and so has it tried at once.
    answer = [200, JSON.stringify({ password: 'from the webhook' })]
    const renewed = await server.expect(200, 'POST', `/api/websites/${site.id}/rotation-secret`)
    assert.notEqual(renewed.rotation_secret, secret)
    assert.equal((await server.expect(200, 'PUT', `/api/websites/${site.id}`, { rotation_url: `http://127.0.0.1:${receiver.address().port}/again` })).rotation_secret, null)
    await until(async () => (await account(rented.account.id)).status === 'available', { what: 'the new password' })
    assert.equal((await rent(key, site)).account.password, 'from the webhook')
    const history = await server.expect(200, 'GET', `/api/rental-accounts/${rented.account.id}/history`)
    assert.equal(history.passwords[0].set_by, 'rotation')
  })

  test("by the operator's command, which sees no secret of ours", async (context) => {
    const folder = await temporaryFolder(context)
    const script = path.join(folder, 'rotate')
    await writeFile(script, `#!/bin/sh\ncat > ${folder}/input\nenv > ${folder}/environment\necho "$1 from the command"\necho noise\n`)
    await chmod(script, 0o755)
    const own = await Server.start(context, { args: ['--rotation-command', `${script} fresh`], env: { KEYLEDGER_PROBE: 'hidden' } })
    const site = await website(own, 1, { after_rental: 'needs_rotation', rotation: 'command' })
    const key = await customerKey(own)
    const rented = await customerExpect(own, key, 200, 'POST', '/api/accounts/rent', { website: site.name })
    await customerExpect(own, key, 200, 'POST', `/api/accounts/return/${rented.account.id}`)
    await until(async () => (await own.expect(200, 'GET', `/api/rental-accounts/${rented.account.id}`)).status === 'available', { what: 'the new password' })
    assert.equal((await own.expect(200, 'GET', `/api/rental-accounts/${rented.account.id}/password`)).password, 'fresh from the command')
    const input = JSON.parse(await readFile(path.join(folder, 'input'), 'utf8'))
    assert.deepEqual(input, { account_id: rented.account.id, website: site.name, username: 'user1', email: 'user1@example.com', password: 'secret 1' })
    assert.ok(!(await readFile(path.join(folder, 'environment'), 'utf8')).includes('KEYLEDGER'))
  })
})

describe('the command line', () => {
  let folder
  const endings = []
  before(async () => (folder = await temporaryFolder({ after: (ending) => endings.push(ending) })))
  after(async () => Promise.all(endings.map((ending) => ending())))
  const json = async (args, options) => {
    const done = await server.run([...args, '--json'], options)
    assert.equal(done.code, 0, done.stderr)
    return JSON.parse(done.stdout)
  }

  test('keeps websites, accounts and rentals', async () => {
    const name = fresh('cli')
    const site = await json(['websites', 'create', '--name', name, '--validity-hours', '2'])
    assert.equal((await json(['websites', 'update', `${site.id}`, '--description', 'x'])).description, 'x')
    const made = await json(['rental-accounts', 'create', '--website', name, '--username', 'ada'], { input: 'a pass word\n' })
    assert.equal((await server.run(['rental-accounts', 'show', `${made.id}`, '--reveal'])).stdout, 'a pass word\n')
    const refused = await server.run(['rental-accounts', 'create', '--website', name, '--username', 'eve', '--password', 'seen'])
    assert.equal(refused.code, 2)
    assert.match(refused.stderr, /can be seen by everybody/)
    await json(['rental-accounts', 'password', `${made.id}`], { input: 'another\n' })
    assert.equal((await server.run(['rental-accounts', 'show', `${made.id}`, '--reveal'])).stdout, 'another\n')
    const key = await customerKey(server)
    const rented = await rent(key, { name })
    assert.equal((await json(['rentals', 'list', '--status', 'open', '--website', name])).data.length, 1)
    assert.equal((await json(['rentals', 'take-back', `${rented.account.rental_id}`])).ended_by, 'taken_back')
    assert.equal((await json(['rentals', 'show', `${rented.account.rental_id}`])).status, 'ended')
    assert.equal((await json(['rental-accounts', 'put-aside', `${made.id}`, '--reason', 'locked'])).status, 'exception')
    assert.equal((await json(['rental-accounts', 'restore', `${made.id}`])).status, 'available')
    assert.equal((await json(['rental-accounts', 'history', `${made.id}`])).rentals.length, 1)
    assert.equal((await server.run(['websites', 'delete', `${site.id}`])).code, 1)
    assert.equal((await server.run(['rental-accounts', 'delete', `${made.id}`])).code, 0)
    assert.equal((await server.run(['websites', 'delete', `${site.id}`])).code, 0)
  })

  test('imports a file, shows bad lines, and never half of it', async () => {
    const site = await website(server, 0)
    const file = path.join(folder, 'accounts.csv')
    await writeFile(file, `website,username,password\n${site.name},ada,p1\n${site.name},bob\n`)
    const dry = await server.run(['rental-accounts', 'import', file, '--dry-run'])
    assert.equal(dry.code, 5, dry.stderr)
    assert.match(dry.stdout, /1 account would be added, 0 already there, 1 bad line/)
    const refused = await server.run(['rental-accounts', 'import', file])
    assert.equal(refused.code, 5)
    assert.match(refused.stdout, /Nothing was changed/)
    assert.equal((await json(['rental-accounts', 'list', '--website', site.name])).data.length, 0)
    const partly = await server.run(['rental-accounts', 'import', file, '--skip-bad-lines'])
    assert.match(partly.stdout, /1 account added/)
    assert.equal((await server.run(['rental-accounts', 'import', path.join(folder, 'missing.csv')])).code, 3)
    const piped = await server.run(['rental-accounts', 'import', '-'], { input: `website,username,password\n${site.name},eve,p\n` })
    assert.equal(piped.code, 0, piped.stderr)
  })
})
