// The canary: secrets of every kind go through every route, error and log level, and then are found nowhere.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'

import { Organization, keyText, letters } from './lib/organization.mjs'
import { startPretendProvider } from './lib/pretend_provider.mjs'
import { Server, signIn } from './lib/server.mjs'

let provider
before(async () => {
  provider = await startPretendProvider()
})
after(() => provider.close())

/** Where a secret could have gone, by name. */
async function places(server, answers) {
  const found = new Map([['standard error', server.stderr], ['answers', answers.join('\n')]])
  for (const file of ['environ', 'cmdline']) found.set(`/proc/PID/${file}`, await readFile(`/proc/${server.pid}/${file}`, 'latin1'))
  for (const [name, bytes] of await server.files()) found.set(name, bytes.toString('latin1'))
  return found
}

/** The forms in which a secret could be hidden in plain sight. */
function forms(secret) {
  return [secret, Buffer.from(secret).toString('base64').replace(/=+$/, ''), Buffer.from(secret).toString('base64url'), Buffer.from(secret).toString('hex'),
    encodeURIComponent(secret), [...secret].reverse().join('')]
}

async function assertNowhere(server, secrets, answers) {
  for (const [place, text] of await places(server, answers)) {
    for (const [name, secret] of Object.entries(secrets)) {
      for (const form of new Set(forms(secret))) assert.ok(!text.includes(form), `${name} stands in ${place}`)
    }
  }
}

for (const level of ['debug', 'info']) {
  test(`at log level ${level} no secret is written anywhere`, async (t) => {
    const server = await Server.start(t, { env: provider.environment, level })
    const organization = provider.add(new Organization('openai', `canary ${level}`))
    const workspaces = provider.add(new Organization('anthropic', `canary ${level}`))
    const secrets = {
      'an admin key': organization.adminKey, 'a project key': organization.keys[0].text, 'an Anthropic key': workspaces.keys[0].text,
      'a refused key': keyText.openaiProject(`refused ${level}`), 'an unrecognised key': `unknown-${letters(`canary ${level}`, 30)}`, 'a tested key': keyText.anthropic(`tested ${level}`),
      'a deleted key': keyText.openaiProject(`deleted ${level}`), 'the key before': keyText.openaiProject(`before ${level}`), 'the owner\'s password': server.password,
      'a wrong password': `wrong-${letters(`password ${level}`, 24)}`, 'the new password': `new-${letters(`password ${level}`, 24)}`, 'an admin token': server.token,
      'an unknown token': `kla_${letters(`token ${level}`, 43)}`,
    }
    const answers = []
    const call = async (...given) => {
      const answer = await server.call(...given)
      answers.push(`${JSON.stringify(answer.headers)}${answer.body}`)
      return answer
    }
    await everyRoute(server, secrets, call, provider, organization)
    const { options } = await signIn(server)
    secrets['a session'] = options.cookie.split('=')[1]
    await call('PUT', '/api/password', { body: { current_password: server.password, new_password: secrets['the new password'] }, ...options })
    await call('GET', '/api/session', options)
    await server.refresh()
    const made = await call('POST', '/api/tokens', { body: { name: 'shown once', scopes: ['read'] } })
    secrets['a new token'] = made.json.token
    answers.splice(answers.findIndex((text) => text.includes(made.json.token)), 1) // the one answer that may show it
    const shown = (await server.call('GET', '/api/keys/1/full')).json.full_key
    assert.equal(shown, secrets['an admin key'], 'only /full shows a key')
    const looked = [...(await places(server, answers)).values()].join('')
    for (const control of ['canary@example.com', 'kla_', 'keys.create']) assert.ok(looked.includes(control), `the control ${control} is not found, so nothing would be`)
    await assertNowhere(server, secrets, answers)
    await server.stop()
    for (const [place, bytes] of await server.files()) {
      for (const [name, secret] of Object.entries(secrets)) assert.ok(!bytes.toString('latin1').includes(secret), `after the stop ${name} stands in ${place}`)
    }
  })
}

async function everyRoute(server, secrets, call, pretend, organization) {
  const account = (await call('POST', '/api/accounts', { body: { email: 'canary@example.com' } })).json
  const add = async (full_key, more = {}) => (await call('POST', '/api/keys', { body: { name: 'k', full_key, account_id: account.id, ...more } })).json
  const admin = await add(secrets['an admin key'])
  const key = await add(secrets['a project key'], { admin_key_id: admin.id })
  const other = await add(secrets['an Anthropic key'])
  const doomed = await add(secrets['a deleted key'])
  const replaced = await add(secrets['the key before'])
  await call('PUT', `/api/keys/${replaced.id}`, { body: { full_key: keyText.openaiProject(`after ${server.pid}`) } })
  // Errors of every kind, each with a secret in the request.
  await add(secrets['a project key'])
  await add(secrets['a refused key'], { provider: 'anthropic' })
  await add(secrets['a refused key'], { colour: secrets['a refused key'] })
  await add(`${secrets['a refused key']} ${secrets['a refused key']}`)
  await add(secrets['an unrecognised key'])
  await add(secrets['a refused key'], { base_url: 'http://api.example.com' })
  await call('POST', '/api/keys', { raw: `{"full_key": "${secrets['a refused key']}", "full_key": 1` })
  await call('POST', '/api/keys', { raw: `{"full_key": {"${secrets['a refused key']}": 1}}` })
  await call('POST', '/api/keys', { raw: JSON.stringify({ full_key: secrets['a refused key'] }), headers: { 'content-type': 'text/plain' } })
  await call('POST', '/api/keys/detect', { body: { full_key: secrets['an unrecognised key'] } })
  await call('POST', '/api/keys/test', { body: { full_key: secrets['a tested key'] } })
  await call('GET', '/api/keys', { token: secrets['an unknown token'] })
  await call('POST', '/api/session', { body: { password: secrets['a wrong password'] }, token: null, headers: { origin: `http://127.0.0.1:${server.port}` } })
  await server.raw(`GET /api/keys HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${secrets['an unknown token']}\r\nBroken\r\n\r\n`)
  // Providers that answer in every way, once with the key in their own words.
  const repeats = { status: 401, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error: { message: `Incorrect API key provided: ${secrets['a project key']}.`, code: 'invalid_api_key' } }) }
  for (const how of [repeats, { status: 500, headers: {}, body: secrets['a project key'] }, { mode: 'truncated' }, { mode: 'reset' }]) {
    pretend.misbehave({ key: secrets['a project key'] }, how)
    await call('POST', `/api/keys/${key.id}/test`)
    pretend.behaveAgain()
  }
  await call('POST', `/api/keys/${admin.id}/test`)
  await call('POST', `/api/keys/${other.id}/test`)
  for (const target of ['/api/keys', `/api/keys/${key.id}`, `/api/keys/${key.id}/tests`, '/api/accounts', '/api/audit?limit=500', '/api/audit/verify', '/api/usage?days=7', '/api/usage/sync', '/api/tokens', '/api/sessions', '/api/settings', '/api/rekey', '/api/providers', '/api/prices?limit=5', '/']) {
    await call('GET', target)
  }
  await call('DELETE', `/api/keys/${doomed.id}`)
  assert.ok(organization.keys.length)
}
