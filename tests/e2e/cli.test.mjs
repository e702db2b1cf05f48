// The command line: through the socket while a server runs, by itself while none does, with the same result.
import assert from 'node:assert/strict'
import { mkdtemp, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'

import { Organization, keyText } from './lib/organization.mjs'
import { startPretendProvider } from './lib/pretend_provider.mjs'
import { Server, run } from './lib/server.mjs'

/** Runs a command that has to succeed; answers what it said. */
async function said(server, args, options) {
  const { code, stdout, stderr } = await server.run(args, options)
  assert.equal(code, 0, `${args.join(' ')}: ${stderr}${stdout}`)
  return stdout
}
const json = async (server, args, options) => JSON.parse(await said(server, [...args, '--json'], options))

test('version, help and completion need no data folder', async () => {
  const version = await run(['version'])
  assert.equal(version.code, 0)
  assert.match(version.stdout, /\d+\.\d+\.\d+/)
  const help = await run(['--help'])
  assert.equal(help.code, 0)
  for (const command of ['serve', 'accounts', 'keys', 'usage', 'tokens', 'audit', 'prices', 'rekey', 'doctor', 'demo', 'version', 'completion']) assert.ok(help.stdout.includes(command), command)
  const serve = await run(['serve', '--help'])
  for (const flag of ['--listen', '--data-dir', '--timezone', '--log-format', '--log-level', '--openai-base-url', '127.0.0.1:5000']) assert.ok(serve.stdout.includes(flag), flag)
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await run(['completion', shell])
    assert.equal(code, 0)
    assert.match(stdout, /keyledger/)
  }
  assert.equal((await run(['no-such-command'])).code, 2)
  assert.equal((await run(['serve', '--no-such-flag'])).code, 2)
})

for (const running of [true, false]) {
  test(`keys are held, shown and tested ${running ? 'through the socket' : 'without a server'}`, async (t) => {
    const provider = await startPretendProvider()
    t.after(() => provider.close())
    const organization = provider.add(new Organization('openai', `cli ${running}`))
    const server = await Server.start(t, { env: provider.environment })
    if (!running) await server.stop()
    await said(server, ['accounts', 'create', '--email', 'cli@example.com', '--name', 'Cli'])
    const accounts = await json(server, ['accounts', 'list'])
    const account = (accounts.data ?? accounts)[0]
    assert.equal(account.email, 'cli@example.com')
    const added = await server.run(['keys', 'add', '--name', 'from the pipe', '--account', String(account.id)], { input: `${organization.keys[0].text}\n` })
    assert.equal(added.code, 0, added.stderr)
    assert.ok(!(added.stdout + added.stderr).includes(organization.keys[0].text))
    const list = await said(server, ['keys', 'list'])
    assert.match(list, /from the pipe/)
    assert.match(list, /sk-proj-\.\.\./)
    const tested = await server.run(['keys', 'test', '1'])
    assert.equal(tested.code, 0, tested.stdout + tested.stderr)
    assert.match(await said(server, ['keys', 'list', '--csv']), /^id,name,/m)
    const usage = await json(server, ['usage', '--days', '7'])
    assert.equal(usage.days, 7)
    assert.equal((await server.run(['audit', 'verify'])).code, 0)
    assert.match(await said(server, ['audit', 'list']), /keys\.create/)
  })
}

test('what is wrong has its exit code and one clear line', async (t) => {
  const server = await Server.start(t)
  assert.equal((await server.run(['keys', 'test', '99'])).code, 3)
  assert.equal((await server.run(['keys', 'test', 'x'])).code, 2)
  assert.equal((await server.run(['accounts', 'create', '--email', 'nobody'])).code, 1)
  const usage = await server.run(['usage', '--days', '0'])
  assert.notEqual(usage.code, 0)
  assert.ok(usage.stderr.trim().split('\n').length <= 3, usage.stderr)
})

test('a key that the provider refuses ends with 5', async (t) => {
  const provider = await startPretendProvider()
  t.after(() => provider.close())
  const server = await Server.start(t, { env: provider.environment })
  await server.addKey(await server.account(), keyText.openaiProject('nobody'))
  const tested = await server.run(['keys', 'test', '1'])
  assert.equal(tested.code, 5, tested.stdout + tested.stderr)
})

test('tokens are made, listed and revoked', async (t) => {
  const server = await Server.start(t)
  const made = await said(server, ['tokens', 'create', '--name', 'grafana', '--scopes', 'read'])
  const [token] = /kla_[A-Za-z0-9_-]{43}/.exec(made)
  await server.expect(200, 'GET', '/api/keys', undefined, { token })
  const listed = await json(server, ['tokens', 'list'])
  const { id } = (listed.data ?? listed).find((each) => each.name === 'grafana')
  assert.ok(!JSON.stringify(listed).includes(token))
  await said(server, ['tokens', 'revoke', String(id)])
  await server.refused(401, 'unauthenticated', 'GET', '/api/keys', undefined, { token })
})

test('prices come from a file, and go back to the shipped ones', async (t) => {
  const server = await Server.start(t)
  const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'keyledger-prices-')), 'prices.json')
  await writeFile(file, JSON.stringify([{ id: 'openai', name: 'OpenAI', api_pattern: 'x', models: [{ id: 'gpt-test', match: { equals: 'gpt-test' }, prices: { input_mtok: 1, output_mtok: 2 } }] }]))
  await said(server, ['prices', 'update', file])
  const { data } = await server.expect(200, 'GET', '/api/prices')
  assert.deepEqual(data.map((price) => price.model), ['gpt-test'])
  await writeFile(file, '{"not": "a catalogue"}')
  assert.notEqual((await server.run(['prices', 'update', file])).code, 0)
})

test('everything is sealed anew under a new master key, and opens again', async (t) => {
  const server = await Server.start(t)
  const full_key = keyText.openaiProject('rekey')
  const key = await server.addKey(await server.account(), full_key)
  await said(server, ['rekey'])
  assert.equal((await server.get(`/api/keys/${key.id}/full`)).json.full_key, full_key)
  await server.stop()
  const again = await server.again(t)
  assert.equal((await again.get(`/api/keys/${key.id}/full`)).json.full_key, full_key)
})

test('the doctor finds a sound folder sound, and says what to do about a broken one', async (t) => {
  const server = await Server.start(t)
  const healthy = await server.run(['doctor'], { seconds: 60 })
  assert.match(healthy.stdout, /data folder|folder/i)
  await server.stop()
  await writeFile(path.join(server.dataDir, 'master.key'), 'short\n', { mode: 0o600 })
  const sick = await server.run(['doctor'], { seconds: 60 })
  assert.notEqual(sick.code, 0)
  assert.match(sick.stdout + sick.stderr, /master\.key/)
})
