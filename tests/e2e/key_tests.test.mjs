// Testing keys: every way in which a provider can answer has its verdict, its code, a cause and a remedy.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import { freePort, selfSigned } from './lib/network.mjs'
import { Organization, keyText } from './lib/organization.mjs'
import { Subscription, missingScopes, startPretendProvider } from './lib/pretend_provider.mjs'
import { mock } from './lib/prism.mjs'
import { Server, serverForThisFile, temporaryFolder } from './lib/server.mjs'

let provider
let server
serverForThisFile((started) => (server = started), async () => {
  provider = await startPretendProvider()
  return { env: provider.environment }
})
after(() => provider.close())

const openaiError = (status, message, code, type, headers = {}) => ({
  status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ error: { message, type, param: null, code } }),
})
const anthropicError = (status, type, message, headers = {}) => ({
  status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_1' }),
})

async function testOf(full_key, more = {}) {
  const outcome = await server.expect(200, 'POST', '/api/keys/test', { full_key, ...more })
  assert.ok(outcome.explanation.length > 10 && outcome.next_step.length > 10, JSON.stringify(outcome))
  assert.ok(!JSON.stringify(outcome).includes(full_key), 'the key is in the outcome')
  return outcome
}

describe('each answer of OpenAI has its verdict', () => {
  const cases = [
    ['a wrong key', openaiError(401, 'Incorrect API key provided: sk-proj-****abcd.', 'invalid_api_key', 'invalid_request_error'), 'invalid'],
    ['missing scopes, told with 403', missingScopes('api.model.read', 'model.request'), 'valid_but_restricted', ['api.model.read', 'model.request']],
    ['missing scopes, told with 401', { ...missingScopes('api.model.read'), status: 401 }, 'valid_but_restricted', ['api.model.read']],
    ['missing scopes, as a plain string', { status: 403, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error: 'You have insufficient permissions for this operation. Missing scopes: api.model.read.' }) }, 'valid_but_restricted', ['api.model.read']],
    ['no credit', openaiError(429, 'You exceeded your current quota.', 'insufficient_quota', 'insufficient_quota'), 'valid_but_restricted'],
    ['a rate limit', openaiError(429, 'Rate limit reached for requests', 'rate_limit_exceeded', 'requests', { 'retry-after': '1' }), 'rate_limited'],
    ['a region', openaiError(403, 'Country, region, or territory not supported', 'unsupported_country_region_territory', 'request_forbidden'), 'unreachable'],
    ['a server error', openaiError(500, 'The server had an error', null, 'server_error'), 'unreachable'],
    ['an overloaded server', { status: 529, headers: {}, body: '' }, 'unreachable'],
    ['half of the JSON', { status: 200, headers: { 'content-type': 'application/json' }, body: '{"object":"list","data":[{"id":' }, 'unreachable'],
    ['a page with status 200', { mode: 'html' }, 'unreachable'],
    ['a body that never ends', { mode: 'endless' }, 'unreachable'],
    ['a connection that breaks', { mode: 'reset' }, 'unreachable'],
    ['a body that breaks', { mode: 'cut' }, 'unreachable'],
    ['a deep answer', { status: 200, headers: { 'content-type': 'application/json' }, body: '['.repeat(100_000) }, 'unreachable'],
  ]
  for (const [index, [name, how, verdict, scopes]] of cases.entries()) {
    test(`${name}: ${verdict}`, async () => {
      const [{ text: full_key }] = provider.add(new Organization('openai', `case${index}`)).keys
      provider.misbehave({ key: full_key }, how)
      const outcome = await testOf(full_key)
      assert.equal(outcome.verdict, verdict, JSON.stringify(outcome))
      if (scopes) assert.deepEqual(outcome.missing_scopes, scopes)
      if (how.status) assert.equal(outcome.provider_status, how.status)
    })
  }

  test('a good project key is valid, and is sent in its header and nowhere else', async () => {
    const organization = provider.add(new Organization('openai', 'good'))
    const [key] = organization.keys
    assert.equal((await testOf(key.text)).code, 'ok')
    const [request] = provider.requestsOf(key.text)
    assert.deepEqual([request.method, request.path, request.headers.authorization], ['GET', '/models', `Bearer ${key.text}`])
    assert.ok(!request.target.includes(key.text))
  })

  test('a good admin key is valid, one without the scope for usage restricted', async () => {
    const organization = provider.add(new Organization('openai', 'good-admin'))
    assert.equal((await testOf(organization.adminKey)).verdict, 'valid')
    const other = provider.add(new Organization('openai', 'scopeless'))
    provider.misbehave({ key: other.adminKey }, missingScopes('api.usage.read'))
    const outcome = await testOf(other.adminKey)
    assert.deepEqual([outcome.verdict, outcome.missing_scopes], ['valid_but_restricted', ['api.usage.read']])
  })

  test('a redirect is not followed with the key', async () => {
    const elsewhere = await startPretendProvider()
    try {
      const full_key = keyText.openaiProject('redirected')
      provider.misbehave({ key: full_key }, { mode: 'redirect', to: `${elsewhere.url}/openai/v1/models` })
      assert.notEqual((await testOf(full_key)).verdict, 'valid')
      assert.equal(elsewhere.requests.length, 0)
    } finally {
      await elsewhere.close()
    }
  })

  test('a server error that passes is tried again', async () => {
    const organization = provider.add(new Organization('openai', 'hiccup'))
    const [key] = organization.keys
    provider.misbehave({ key: key.text }, openaiError(500, 'once', null, 'server_error'), 1)
    assert.equal((await testOf(key.text)).verdict, 'valid')
  })
})

describe('each answer of Anthropic has its verdict', () => {
  const cases = [
    ['a wrong key', anthropicError(401, 'authentication_error', 'invalid x-api-key'), 'invalid'],
    ['a payment problem', anthropicError(402, 'billing_error', 'Your credit balance is too low'), 'valid_but_restricted'],
    ['a rate limit', anthropicError(429, 'rate_limit_error', 'slow down', { 'retry-after': '1' }), 'rate_limited'],
    ['a server error', anthropicError(500, 'api_error', 'Internal server error'), 'unreachable'],
    ['an overloaded server', anthropicError(529, 'overloaded_error', 'Overloaded'), 'unreachable'],
  ]
  for (const [index, [name, how, verdict]] of cases.entries()) {
    test(`${name}: ${verdict}`, async () => {
      const full_key = keyText.anthropic(`case${index}`)
      provider.misbehave({ key: full_key }, how)
      assert.equal((await testOf(full_key)).verdict, verdict)
    })
  }

  test('good keys of both kinds are valid', async () => {
    const organization = provider.add(new Organization('anthropic', 'good'))
    assert.equal((await testOf(organization.keys[0].text)).verdict, 'valid')
    assert.equal((await testOf(organization.adminKey)).verdict, 'valid')
    for (const request of provider.requests.filter((each) => each.kind === 'anthropic')) assert.equal(request.headers['anthropic-version'], '2023-06-01')
  })
})

describe('Brave Search', () => {
  test('a good key tells its month\'s quota and costs one search', async () => {
    const subscription = provider.add(new Subscription(keyText.brave('good'), { monthLimit: 2_000, monthUsed: 100 }))
    const outcome = await testOf(subscription.key)
    assert.equal(outcome.verdict, 'valid')
    assert.equal(subscription.monthUsed, 101)
    const month = outcome.readings.find((reading) => reading.limit === 2_000)
    assert.equal(month?.remaining, 1_899, JSON.stringify(outcome.readings))
  })

  test('a wrong key is asked about twice before it is called invalid', async () => {
    const full_key = keyText.brave('wrong')
    assert.equal((await testOf(full_key)).verdict, 'invalid')
    assert.equal(provider.requestsOf(full_key).length, 2)
  })

  test('a used-up month leaves a key restricted', async () => {
    const subscription = provider.add(new Subscription(keyText.brave('empty'), { monthLimit: 10, monthUsed: 10 }))
    assert.equal((await testOf(subscription.key)).verdict, 'valid_but_restricted')
  })
})

test('a stored key keeps its last test and its status, and lists its tests', async () => {
  const organization = provider.add(new Organization('openai', 'stored'))
  const account = await server.account()
  const key = await server.addKey(account, organization.keys[0].text)
  await server.expect(200, 'POST', `/api/keys/${key.id}/test`)
  provider.misbehave({ key: organization.keys[0].text }, openaiError(401, 'Incorrect API key provided', 'invalid_api_key', 'invalid_request_error'))
  await server.expect(200, 'POST', `/api/keys/${key.id}/test`)
  const shown = await server.expect(200, 'GET', `/api/keys/${key.id}`)
  assert.deepEqual([shown.status, shown.last_test.verdict, shown.last_test.provider_status], ['invalid', 'invalid', 401])
  const { data } = await server.expect(200, 'GET', `/api/keys/${key.id}/tests`)
  assert.deepEqual(data.map((each) => each.verdict), ['invalid', 'valid'])
})

test('nobody there: unreachable, without a status', async () => {
  const port = await freePort()
  const refused = await testOf('any-key', { provider: 'openai', base_url: `http://127.0.0.1:${port}/v1` })
  assert.deepEqual([refused.verdict, refused.code, refused.provider_status], ['unreachable', 'unreachable_refused', 0])
})

test('a certificate that nobody vouches for is refused before the key is sent', async (t) => {
  const folder = await temporaryFolder(t)
  const wrong = await startPretendProvider({ tls: await selfSigned(folder) })
  const otherName = await selfSigned(folder, 'other.example')
  const misnamed = await startPretendProvider({ tls: otherName })
  const trusted = await Server.start(t, { args: ['--ca-file', otherName.file] })
  try {
    const outcome = await testOf('any-key', { provider: 'openai', base_url: `${wrong.url}/openai/v1` })
    assert.equal(outcome.verdict, 'unreachable')
    assert.match(outcome.code, /tls|certificate/)
    const name = await trusted.expect(200, 'POST', '/api/keys/test', { full_key: 'any-key', provider: 'openai', base_url: `${misnamed.url}/openai/v1` })
    assert.equal(name.verdict, 'unreachable', 'a trusted certificate of another name')
    assert.equal(wrong.requests.length + misnamed.requests.length, 0, 'no request came through')
  } finally {
    await wrong.close()
    await misnamed.close()
  }
})

test('an authority given with --ca-file is trusted', async (t) => {
  const tls = await selfSigned(await temporaryFolder(t))
  const secure = await startPretendProvider({ tls })
  t.after(() => secure.close())
  const organization = secure.add(new Organization('openai', 'secure'))
  const trusting = await Server.start(t, { args: ['--ca-file', tls.file], env: secure.environment })
  const outcome = await trusting.expect(200, 'POST', '/api/keys/test', { full_key: organization.keys[0].text })
  assert.equal(outcome.verdict, 'valid', JSON.stringify(outcome))
})

test('a key is valid at a mock that was made from OpenAI\'s own description', async (t) => {
  const prism = await mock('openai-usage.openapi.json')
  t.after(() => prism.stop())
  const asking = await Server.start(t, { env: { KEYLEDGER_OPENAI_BASE_URL: prism.url } })
  for (const full_key of [keyText.openaiProject('prism'), keyText.openaiAdmin('prism')]) {
    const outcome = await asking.expect(200, 'POST', '/api/keys/test', { full_key })
    assert.equal(outcome.verdict, 'valid', JSON.stringify(outcome))
  }
})

test('a body that drips is given up in time', { timeout: 90_000 }, async () => {
  const full_key = keyText.openaiProject('drip')
  provider.misbehave({ key: full_key }, { mode: 'drip' })
  const start = Date.now()
  const outcome = await testOf(full_key)
  assert.equal(outcome.verdict, 'unreachable')
  assert.ok(Date.now() - start < 60_000, `it took ${Date.now() - start} ms`)
})
