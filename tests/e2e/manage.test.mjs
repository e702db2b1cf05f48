// The menu `keyledger manage`, typed by hand through the standard input of the real binary.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'

import { asCustomer } from './lib/customers.mjs'
import { until } from './lib/network.mjs'
import { BINARY, Server, environment } from './lib/server.mjs'

const ENTRIES = ['Create new API key', 'List all API keys', 'View API key details', 'Revoke API key', 'View usage statistics', 'View recent activity', 'Exit']
const KEY = /urt_[A-Za-z0-9_-]{43}/g

/** Runs the menu on a script of lines; answers what it printed. */
async function menu(server, lines) {
  const { code, stdout, stderr } = await server.run(['manage'], { input: lines.map((line) => `${line}\n`).join('') })
  assert.equal(code, 0, stderr + stdout)
  return { stdout, stderr }
}

/** The menu as a person meets it: types a line when its prompt has come. */
class Typist {
  constructor(context, server) {
    this.child = spawn(BINARY, ['manage', '--data-dir', server.dataDir], { env: environment() })
    this.said = ''
    this.child.stdout.setEncoding('utf8').on('data', (text) => (this.said += text))
    this.closed = new Promise((done) => this.child.on('close', (code) => done(code)))
    context.after(() => this.child.kill('SIGKILL'))
  }

  /** Waits for the prompt, types the line, and answers what was printed before it. */
  async type(prompt, line) {
    await until(() => this.said.includes(prompt), { every: 5, what: `the prompt "${prompt}"` })
    const before = this.said
    this.said = ''
    this.child.stdin.write(`${line}\n`)
    return before
  }
}

for (const running of [true, false]) {
  test(`a key is made, looked at and revoked by hand ${running ? 'while a server runs' : 'while none runs'}`, async (t) => {
    const server = await Server.start(t)
    if (!running) await server.stop()
    const typist = new Typist(t, server)
    const first = await typist.type('Choose', '1')
    ENTRIES.forEach((entry, index) => assert.match(first, new RegExp(`${index + 1}\\s+${entry}\n`)))
    await typist.type('Name', 'Dana')
    await typist.type('E-mail', 'dana@example.com')
    await typist.type('[100]', '')
    await typist.type('Notes', 'pays in spring')
    const made = await typist.type('Choose', '2')
    const keys = made.match(KEY)
    assert.equal(keys?.length, 1, 'the key is printed once')
    assert.match(made, /100 requests a day/)
    if (running) assert.equal((await asCustomer(server, keys[0], 'GET', '/api/stats/me')).status, 200)
    const list = await typist.type('Choose', '3')
    assert.match(list, /Dana.*dana@example\.com.*active/)
    assert.equal(list.match(KEY), null)
    await typist.type('Id', '1')
    const details = await typist.type('Choose', '4')
    for (const part of ['Dana', 'pays in spring', 'Requests', 'Rentals', 'Returns', 'Unique accounts', 'Success rate']) assert.ok(details.includes(part), `${part} in ${details}`)
    if (running) assert.match(details, /stats\s+.*success/)
    await typist.type('Id', '1')
    await typist.type('yes/no', 'yes')
    const revoked = await typist.type('Choose', '7')
    assert.match(revoked, /Key 1 is revoked/)
    assert.equal(await typist.closed, 0)
    if (running) assert.equal((await asCustomer(server, keys[0], 'GET', '/api/stats/me')).json.code, 'key_revoked')
  })
}

test('a script does the same, and the end of its input is Exit', async (t) => {
  const server = await Server.start(t)
  const { stdout } = await menu(server, ['1', 'Scripted', '', '0', ''])
  const [key] = stdout.match(KEY)
  assert.match(stdout, /Limits:\s+none/)
  for (let calls = 0; calls < 25; calls++) await asCustomer(server, key, 'GET', '/api/stats/me')
  assert.match((await menu(server, ['5', '', '7'])).stdout, /Requests\s+25\n/)
  assert.match((await menu(server, ['5', '366', '7'])).stdout, /Requests\s+25\n/)
  const recent = (await menu(server, ['6', '7'])).stdout
  assert.equal(recent.match(/Scripted/g).length, 20)
  assert.match((await menu(server, [])).stdout, /Exit/)
  assert.equal((await server.run(['manage'])).code, 0)
})

test('what is wrong is asked for again, three times at most, and nothing happens', async (t) => {
  const server = await Server.start(t)
  const { stdout } = await menu(server, ['0', '8', 'x', '1', '', 'n'.repeat(201), 'a\x1bb', '1', 'Dana', 'nobody', '@', 'a@b', '1', 'Dana', '', '-1', '9223372036854775808', '1.5', '3', '9', 'x', '-1', '4', '99', '0', '', '5', '0', '367', '-1', '7'])
  assert.equal(stdout.match(/Back to the menu/g).length, 7)
  for (const sentence of ['no such entry', 'Give it a name', 'at most 200 characters', 'control characters', 'looks like ada@example.com', 'from 0 to', 'There is no customer key 9', 'from 1 to 366']) assert.ok(stdout.includes(sentence), sentence)
  assert.ok(!stdout.includes('\x1b'), 'no colour and no control characters where nobody reads')
  assert.deepEqual((await server.expect(200, 'GET', '/api/customer-keys')).data, [])
  assert.deepEqual((await server.expect(200, 'GET', '/api/customers')).data, [])
})

test('a no, or an input that ends before the yes, revokes nothing', async (t) => {
  const server = await Server.start(t)
  const key = await server.expect(201, 'POST', '/api/customer-keys', { name: 'Dana' })
  for (const lines of [['4', '1', 'no', '7'], ['4', '1'], ['4', '1', 'perhaps', '', '1', '7']]) await menu(server, lines)
  assert.equal((await server.expect(200, 'GET', `/api/customer-keys/${key.id}`)).status, 'active')
  for (const lines of [['1', 'Half'], ['1', 'Half', 'half@example.com', '5']]) await menu(server, lines)
  assert.equal((await server.expect(200, 'GET', '/api/customer-keys')).data.length, 1)
  assert.match((await menu(server, ['4', '1', 'Y', '4', '1', '7'])).stdout, /is revoked already/)
})
