// Accounts and provider keys: made, read, changed, deleted, and every bad input refused with its own code.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { keyText } from './lib/organization.mjs'
import { serverForThisFile } from './lib/server.mjs'

let server
serverForThisFile((started) => (server = started))

// Nothing may be changed by a request that is refused.
async function unchanged(work) {
  const state = async () => JSON.stringify([await server.expect(200, 'GET', '/api/accounts?limit=500'), await server.expect(200, 'GET', '/api/keys?limit=500')])
  const before = await state()
  await work()
  assert.equal(await state(), before, 'a refused request changed something')
}

let count = 0
const fresh = () => `seed${++count}`

describe('accounts', () => {
  test('are made, read, changed and deleted', async () => {
    const made = await server.call('POST', '/api/accounts', { body: { email: 'Dana@Example.com', name: 'Dana', organization_name: 'Works' } })
    assert.equal(made.status, 201)
    assert.equal(made.headers.location, `/api/accounts/${made.json.id}`)
    assert.deepEqual([made.json.email, made.json.name, made.json.organization_name, made.json.key_count], ['Dana@Example.com', 'Dana', 'Works', 0])
    const changed = await server.expect(200, 'PUT', `/api/accounts/${made.json.id}`, { organization_name: 'Works Ltd' })
    assert.deepEqual([changed.name, changed.organization_name], ['Dana', 'Works Ltd'])
    assert.deepEqual(await server.expect(200, 'GET', `/api/accounts/${made.json.id}`), changed)
    assert.equal((await server.delete(`/api/accounts/${made.json.id}`)).status, 204)
    await server.refused(404, 'unknown_account', 'GET', `/api/accounts/${made.json.id}`)
  })

  test('are refused when they are not right', async () => {
    const taken = await server.account('taken@example.com')
    const cases = [
      [{}, 400, 'missing_field', 'email'], [{ email: null }, 400, 'wrong_type', 'email'], [{ email: 7 }, 400, 'wrong_type', 'email'],
      [{ email: 'nobody' }, 400, 'malformed_email', 'email'], [{ email: '@x' }, 400, 'malformed_email', 'email'], [{ email: '' }, 400, 'malformed_email', 'email'],
      [{ email: 'a@b.example', emial: 'x' }, 400, 'unknown_field', 'emial'], [{ email: 'a@b.example', name: 'n'.repeat(201) }, 400, 'too_long', 'name'],
      [[], 400, 'wrong_type'], ['text', 400, 'wrong_type'], [{ email: 'TAKEN@example.com' }, 409, 'duplicate_email', 'email'],
    ]
    await unchanged(async () => {
      for (const [body, status, code, field] of cases) await server.refused(status, code, 'POST', '/api/accounts', body, { field })
      await server.refused(404, 'unknown_account', 'PUT', '/api/accounts/999999', { name: 'x' })
      await server.refused(400, 'malformed_id', 'GET', '/api/accounts/0')
      await server.refused(400, 'malformed_id', 'GET', '/api/accounts/1x')
      await server.refused(400, 'malformed_id', 'DELETE', '/api/accounts/99999999999999999999')
      await server.refused(400, 'unknown_parameter', 'GET', '/api/accounts?colour=red')
      await server.refused(400, 'out_of_range', 'GET', '/api/accounts?limit=501')
      await server.refused(400, 'out_of_range', 'GET', '/api/accounts?limit=0')
      await server.refused(400, 'malformed_cursor', 'GET', '/api/accounts?cursor=made-up')
    })
    assert.equal((await server.delete(`/api/accounts/${taken.id}`)).status, 204)
  })

  test('with keys are deleted only together with them', async () => {
    const account = await server.account()
    const key = await server.addKey(account, keyText.openaiProject(fresh()))
    await unchanged(() => server.refused(409, 'account_has_keys', 'DELETE', `/api/accounts/${account.id}`))
    await unchanged(() => server.refused(400, 'unknown_value', 'DELETE', `/api/accounts/${account.id}?cascade=maybe`))
    assert.equal((await server.delete(`/api/accounts/${account.id}?cascade=true`)).status, 204)
    await server.refused(404, 'unknown_key', 'GET', `/api/keys/${key.id}`)
  })

  test('come page by page, each once', async () => {
    for (let index = 0; index < 5; index++) await server.account(`page${index}@pages.example`)
    const seen = []
    for (let cursor = ''; ;) {
      const page = await server.expect(200, 'GET', `/api/accounts?limit=2&q=pages.example${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
      seen.push(...page.data.map((account) => account.email))
      if (page.next_cursor === null) break
      cursor = page.next_cursor
    }
    assert.deepEqual(seen, [0, 1, 2, 3, 4].map((index) => `page${index}@pages.example`))
  })

  test('are made once when a request is repeated under its Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'once-and-only-once' }
    const first = await server.call('POST', '/api/accounts', { body: { email: 'once@example.com' }, headers })
    const second = await server.call('POST', '/api/accounts', { body: { email: 'once@example.com' }, headers })
    assert.deepEqual([first.status, second.status, second.body], [201, 201, first.body])
    await server.refused(422, 'idempotency_key_reused', 'POST', '/api/accounts', { email: 'other@example.com' }, { headers })
    await server.refused(400, 'malformed_idempotency_key', 'POST', '/api/accounts', { email: 'other@example.com' }, { headers: { 'idempotency-key': 'x'.repeat(256) } })
  })
})

describe('provider keys', () => {
  test('are recognised by their text', async () => {
    const cases = [
      [keyText.openaiAdmin('d'), 'openai', 'admin', true], [keyText.openaiProject('d'), 'openai', 'project', true],
      [keyText.openaiServiceAccount('d'), 'openai', 'service_account', true], [keyText.openaiLegacy('d'), 'openai', 'legacy', true],
      [keyText.anthropic('d'), 'anthropic', 'standard', true], [keyText.anthropicAdmin('d'), 'anthropic', 'admin', true],
    ]
    for (const [full_key, provider, key_type, certain] of cases) {
      const found = await server.expect(200, 'POST', '/api/keys/detect', { full_key })
      assert.deepEqual([found.provider, found.key_type, found.certain], [provider, key_type, certain])
      assert.ok(!found.masked_key.includes(full_key.slice(12, -4)) && found.masked_key.endsWith(full_key.slice(-4)), found.masked_key)
    }
    const brave = await server.expect(200, 'POST', '/api/keys/detect', { full_key: keyText.brave('d') })
    assert.deepEqual([brave.provider, brave.key_type], ['brave', 'standard'])
    const unknown = await server.expect(200, 'POST', '/api/keys/detect', { full_key: 'something-else-entirely' })
    assert.equal(unknown.provider, null)
  })

  test('are made, shown masked, revealed on request, changed and deleted', async () => {
    const account = await server.account()
    const full_key = keyText.openaiProject(fresh())
    const made = await server.call('POST', '/api/keys', { body: { name: 'chat', full_key: `  "Bearer ${full_key}" `, account_id: account.id, notes: 'spring' } })
    assert.equal(made.status, 201, made.body)
    assert.equal(made.headers.location, `/api/keys/${made.json.id}`)
    const { json: key } = made
    assert.deepEqual([key.provider, key.key_type, key.status, key.last_test, key.linked_by, key.notes], ['openai', 'project', 'unknown', null, 'nobody', 'spring'])
    assert.equal(key.masked_key, `sk-proj-...${full_key.slice(-4)}`)
    const full = await server.get(`/api/keys/${key.id}/full`)
    assert.equal(full.json.full_key, full_key)
    assert.match(full.headers['cache-control'], /no-store/)
    const changed = await server.expect(200, 'PUT', `/api/keys/${key.id}`, { name: 'chat 2', notes: null })
    assert.deepEqual([changed.name, changed.notes, changed.masked_key], ['chat 2', '', key.masked_key])
    const list = await server.get('/api/keys?limit=500')
    assert.ok(!list.body.includes(full_key))
    const { data } = await server.expect(200, 'GET', '/api/audit?action=keys.reveal')
    assert.equal(data[0].subject, `provider_keys/${key.id}`)
    assert.equal((await server.delete(`/api/keys/${key.id}`)).status, 204)
    await server.refused(404, 'unknown_key', 'GET', `/api/keys/${key.id}/full`)
  })

  test('are replaced by another text of the same provider', async () => {
    const account = await server.account()
    const key = await server.addKey(account, keyText.openaiProject(fresh()))
    const other = keyText.openaiProject(fresh())
    const changed = await server.expect(200, 'PUT', `/api/keys/${key.id}`, { full_key: other })
    assert.equal(changed.masked_key, `sk-proj-...${other.slice(-4)}`)
    assert.equal((await server.get(`/api/keys/${key.id}/full`)).json.full_key, other)
    await server.refused(400, 'wrong_provider', 'PUT', `/api/keys/${key.id}`, { full_key: keyText.anthropic(fresh()) })
  })

  test('are refused when they are not right', async () => {
    const account = await server.account()
    const stored = keyText.openaiProject(fresh())
    await server.addKey(account, stored)
    const anthropicAdmin = await server.addKey(account, keyText.anthropicAdmin(fresh()))
    const project = await server.addKey(account, keyText.openaiProject(fresh()))
    const openaiAdmin = await server.addKey(account, keyText.openaiAdmin(fresh()))
    const good = () => ({ name: 'k', full_key: keyText.openaiProject(fresh()), account_id: account.id })
    const cases = [
      [{ ...good(), full_key: stored }, 409, 'duplicate_key', 'full_key'],
      [{ ...good(), full_key: `'${stored}'` }, 409, 'duplicate_key', 'full_key'],
      [{ ...good(), account_id: 999_999 }, 404, 'unknown_account', 'account_id'],
      [{ ...good(), account_id: '1' }, 400, 'wrong_type', 'account_id'],
      [{ ...good(), account_id: 1.5 }, 400, 'wrong_type', 'account_id'],
      [{ ...good(), name: '' }, 400, 'missing_name', 'name'],
      [{ ...good(), name: 'n'.repeat(201) }, 400, 'too_long', 'name'],
      [{ ...good(), full_key: '' }, 400, 'malformed_key', 'full_key'],
      [{ ...good(), full_key: 'sk-proj two words' }, 400, 'malformed_key', 'full_key'],
      [{ ...good(), full_key: `sk-proj-${'é'.repeat(30)}` }, 400, 'malformed_key', 'full_key'],
      [{ ...good(), full_key: `sk-${'x'.repeat(600)}` }, 400, 'malformed_key', 'full_key'],
      [{ ...good(), full_key: 'no-idea-whose-key-this-is' }, 400, 'provider_unclear', 'provider'],
      [{ ...good(), provider: 'acme' }, 400, 'unknown_provider', 'provider'],
      [{ ...good(), provider: 'anthropic' }, 400, 'wrong_provider', 'provider'],
      [{ ...good(), key_type: 'admin' }, 400, 'wrong_key_type', 'key_type'],
      [{ ...good(), key_type: 'golden' }, 400, 'unknown_value', 'key_type'],
      [{ ...good(), admin_key_id: 999_999 }, 404, 'unknown_admin_key', 'admin_key_id'],
      [{ ...good(), admin_key_id: project.id }, 400, 'not_an_admin_key', 'admin_key_id'],
      [{ ...good(), admin_key_id: anthropicAdmin.id }, 400, 'admin_key_of_other_provider', 'admin_key_id'],
      [{ ...good(), full_key: keyText.openaiAdmin(fresh()), admin_key_id: openaiAdmin.id }, 400, 'admin_key_not_linkable', 'admin_key_id'],
      [{ ...good(), base_url: 'ftp://files.example/v1' }, 400, 'malformed_base_url', 'base_url'],
      [{ ...good(), base_url: 'https://user:word@host.example/v1' }, 400, 'malformed_base_url', 'base_url'],
      [{ ...good(), base_url: 'http://api.example.com/v1' }, 400, 'insecure_base_url', 'base_url'],
      [{ ...good(), base_url: 'https://10.0.0.7/v1' }, 400, 'private_address', 'base_url'],
      [{ ...good(), base_url: 'https://[fd00::1]/v1' }, 400, 'private_address', 'base_url'],
      [{ ...good(), base_url: 'https://169.254.169.254/latest' }, 400, 'private_address', 'base_url'],
      [{ ...good(), masked_key: 'sk-...' }, 400, 'unknown_field', 'masked_key'],
    ]
    await unchanged(async () => {
      for (const [body, status, code, field] of cases) {
        const answer = await server.refused(status, code, 'POST', '/api/keys', body, { field })
        if (typeof body.full_key === 'string' && body.full_key.length > 20) assert.ok(!answer.body.includes(body.full_key), 'the key is in the answer')
      }
      await server.refused(400, 'missing_field', 'POST', '/api/keys', { name: 'k', account_id: account.id }, { field: 'full_key' })
      await server.refused(400, 'not_an_admin_key', 'PUT', `/api/keys/${project.id}`, { admin_key_id: project.id })
      await server.refused(400, 'unknown_value', 'GET', '/api/keys?status=fine')
    })
  })

  test('are linked to an admin key by hand and unlinked again', async () => {
    const account = await server.account()
    const admin = await server.addKey(account, keyText.openaiAdmin(fresh()))
    const key = await server.addKey(account, keyText.openaiProject(fresh()), { admin_key_id: admin.id })
    assert.deepEqual([key.admin_key_id, key.linked_by], [admin.id, 'person'])
    const unlinked = await server.expect(200, 'PUT', `/api/keys/${key.id}`, { admin_key_id: null })
    assert.equal(unlinked.admin_key_id, null)
    await server.expect(200, 'PUT', `/api/keys/${key.id}`, { admin_key_id: admin.id })
    assert.equal((await server.delete(`/api/keys/${admin.id}`)).status, 204)
    assert.equal((await server.expect(200, 'GET', `/api/keys/${key.id}`)).admin_key_id, null)
  })

  test('of an OpenAI-compatible server need its base URL', async () => {
    const { data } = await server.expect(200, 'GET', '/api/providers')
    const compatible = data.find((provider) => provider.base_url === null)
    assert.ok(compatible, 'a provider whose keys bring their own address')
    const account = await server.account()
    const body = { name: 'own', full_key: 'whatever-the-server-takes', account_id: account.id, provider: compatible.id }
    await server.refused(400, 'base_url_required', 'POST', '/api/keys', body, { field: 'base_url' })
    const key = await server.expect(201, 'POST', '/api/keys', { ...body, base_url: 'http://127.0.0.1:9/v1' })
    assert.equal(key.base_url, 'http://127.0.0.1:9/v1')
  })
})

test('every act is in the audit log, and the log proves itself whole', async () => {
  const account = await server.account('audited@example.com')
  const { data } = await server.expect(200, 'GET', '/api/audit?limit=1')
  assert.deepEqual([data[0].action, data[0].subject, data[0].actor_kind, data[0].actor_name], ['accounts.create', `accounts/${account.id}`, 'token', 'tests'])
  const state = await server.expect(200, 'GET', '/api/audit/verify')
  assert.deepEqual([state.whole, state.broken_at], [true, null])
  assert.equal(state.head, data[0].hash)
})
