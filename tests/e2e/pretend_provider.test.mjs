// The pretend provider itself: it keeps the providers' descriptions, and its numbers agree with each other.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { sumOf, toMoney, toText, toUnits } from './lib/decimal.mjs'
import { DAY_SECONDS, Organization, keyText, today } from './lib/organization.mjs'
import { Subscription, startPretendProvider } from './lib/pretend_provider.mjs'
import { checker } from './lib/prism.mjs'

const start = (today() - 39) * DAY_SECONDS
const rfc3339 = (seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')

test('decimal sums keep eighteen decimals and round once', () => {
  assert.equal(toUnits('-1.5', 3), -1500n)
  assert.equal(toText(-1500n, 3), '-1.500')
  assert.equal(toMoney(1_500_000_000n), '0.000000002')
  assert.equal(toMoney(-1_499_999_999n), '-0.000000001')
  assert.equal(sumOf(['0.000000000400000000999', '0.0000000001']), '0.000000001')
  assert.throws(() => toUnits('1e5', 9))
})

describe('the pretend provider', () => {
  let provider, organization, workspaces
  before(async () => {
    provider = await startPretendProvider()
    organization = provider.add(new Organization('openai', 'acme'))
    workspaces = provider.add(new Organization('anthropic', 'acme'))
  })
  after(() => provider.close())

  const get = async (path, headers) => {
    const answer = await fetch(provider.url + path, { headers })
    return { status: answer.status, headers: answer.headers, body: await answer.json() }
  }
  const asAdmin = () => ({ authorization: `Bearer ${organization.adminKey}` })
  const asAnthropic = () => ({ 'x-api-key': workspaces.adminKey, 'anthropic-version': '2023-06-01', 'anthropic-beta': 'analytics-usage-cost-2026-08-24' })

  async function everyPage(path, headers) {
    const items = []
    for (let cursor = null; ;) {
      const { status, body } = await get(path + (cursor ? `&page=${cursor}` : ''), headers)
      assert.equal(status, 200, JSON.stringify(body))
      items.push(...body.data)
      cursor = body.next_page
      if (!body.has_more) return items
    }
  }

  test('bills the same by pages as in total, as text with 30 decimals', async () => {
    const buckets = await everyPage(`/openai/v1/organization/costs?start_time=${start}&limit=7&group_by[]=line_item&group_by[]=api_key_id`, asAdmin())
    const amounts = buckets.flatMap((bucket) => bucket.results).map((result) => result.amount.value)
    assert.match(amounts[0], /^\d+\.\d{30}$/)
    assert.equal(sumOf(amounts), sumOf(organization.expected(today() - 39, today()).amounts))
  })

  test('counts the same by hours as by days', async () => {
    const count = async (query) => (await everyPage(`/openai/v1/organization/usage/completions?start_time=${start}&group_by=model&${query}`, asAdmin()))
      .flatMap((bucket) => bucket.results).reduce((total, result) => total + result.input_tokens, 0)
    const byDay = await count('bucket_width=1d&limit=31')
    assert.equal(byDay, await count('bucket_width=1h&limit=168'))
    assert.equal(byDay, organization.expected(today() - 39, today()).input_tokens)
  })

  test('bills the same in the older and the newer report of Anthropic', async () => {
    const from = rfc3339((today() - 29) * DAY_SECONDS)
    const to = rfc3339((today() + 1) * DAY_SECONDS)
    const older = await everyPage(`/anthropic/v1/organizations/cost_report?starting_at=${from}&ending_at=${to}&group_by[]=description`, asAnthropic())
    const newer = await everyPage(`/anthropic/v1/organizations/analytics/cost?starting_at=${from}&ending_at=${to}&time_bucket_width=1d&group_by[]=api_key_id&limit=1000`, asAnthropic())
    const cents = (amounts) => amounts.reduce((total, amount) => total + toUnits(amount, 20), 0n)
    const olderCents = cents(older.flatMap((bucket) => bucket.results).map((result) => result.amount))
    assert.equal(olderCents, cents(newer.map((row) => row.cost.amount)))
    assert.equal(toMoney(olderCents / 10_000n), sumOf(workspaces.expected(today() - 29, today()).amounts))
  })

  test('refuses wrong keys, wrong kinds of key and wrong parameters as the providers do', async () => {
    const key = organization.keys[0].text
    const cases = [
      ['/openai/v1/models', { authorization: `Bearer ${keyText.openaiProject('nobody')}` }, 401],
      ['/openai/v1/models', { authorization: `Bearer ${key}` }, 200],
      [`/openai/v1/organization/costs?start_time=${start}`, { authorization: `Bearer ${key}` }, 403],
      ['/openai/v1/organization/costs', asAdmin(), 400],
      [`/openai/v1/organization/costs?start_time=${start}&limit=181`, asAdmin(), 400],
      [`/openai/v1/organization/costs?start_time=${start}&group_by=project_id,line_item`, asAdmin(), 400],
      [`/openai/v1/organization/costs?start_time=${start}&page=page_made_up`, asAdmin(), 400],
      ['/anthropic/v1/models', { 'x-api-key': workspaces.keys[0].text }, 400],
      ['/anthropic/v1/models', { ...asAnthropic(), 'x-api-key': workspaces.keys[0].text }, 200],
      ['/anthropic/v1/organizations/me', { ...asAnthropic(), 'x-api-key': workspaces.keys[0].text }, 401],
      ['/anthropic/v1/organizations/me', asAnthropic(), 200],
      ['/brave/res/v1/web/search?q=a', { 'x-subscription-token': keyText.brave('nobody') }, 422],
    ]
    for (const [path, headers, status] of cases) assert.equal((await get(path, headers)).status, status, path)
  })

  test('a Brave search counts against the quota in its headers', async () => {
    const subscription = provider.add(new Subscription(keyText.brave('one'), { monthLimit: 16, monthUsed: 15 }))
    const headers = { 'x-subscription-token': subscription.key }
    const found = await get('/brave/res/v1/web/search?q=a&count=1', headers)
    assert.equal(found.headers.get('x-ratelimit-remaining'), '0, 0')
    const refused = await get('/brave/res/v1/web/search?q=a&count=1', headers)
    assert.deepEqual([refused.status, refused.body.error.code], [429, 'QUOTA_LIMITED'])
  })

  test('misbehaves as it is told, so often, and behaves again', async () => {
    provider.misbehave({ key: organization.adminKey, path: /costs/ }, { status: 529, headers: { 'retry-after': '1' }, body: '{}' }, 1)
    const path = `/openai/v1/organization/costs?start_time=${start}`
    assert.equal((await get(path, asAdmin())).status, 529)
    assert.equal((await get(path, asAdmin())).status, 200)
    provider.misbehave({ path: /costs/ }, { mode: 'truncated' })
    await assert.rejects(get(path, asAdmin()), SyntaxError)
    provider.misbehave({ path: /costs/ }, { mode: 'repeating_cursor' })
    assert.equal((await get(path, asAdmin())).body.next_page, 'page_again')
    provider.behaveAgain()
    assert.equal((await get(path, asAdmin())).status, 200)
  })
})

describe('a checker made from the provider\'s own description finds no fault', () => {
  const check = async (kind, description, prefix, headers, paths) => {
    const provider = await startPretendProvider()
    const organization = provider.add(new Organization(kind, 'checked', { historyDays: 5 }))
    organization.numbers = true
    const prism = await checker(description, provider.url + prefix)
    try {
      for (const path of paths(organization)) {
        const answer = await fetch(prism.url + path, { headers: headers(organization) })
        assert.equal(answer.status, 200, `${path}: ${(await answer.text()).slice(0, 800)}`)
      }
    } finally {
      await prism.stop()
      await provider.close()
    }
  }

  test('OpenAI', () => check('openai', 'openai-usage.openapi.json', '/openai/v1', (organization) => ({ authorization: `Bearer ${organization.adminKey}` }), (organization) => [
    `/organization/usage/completions?start_time=${start}&group_by=model&group_by=api_key_id`,
    ...['embeddings', 'moderations', 'images', 'audio_speeches', 'audio_transcriptions', 'vector_stores', 'code_interpreter_sessions', 'web_search_calls', 'file_search_calls']
      .map((kind) => `/organization/usage/${kind}?start_time=${start}`),
    `/organization/costs?start_time=${start}&limit=180&group_by=line_item&group_by=project_id`,
    '/organization/admin_api_keys',
    '/organization/projects?limit=1',
    `/organization/projects/${organization.projects[0].id}/api_keys`,
    '/organization/spend_limit',
  ]))

  test('Anthropic', () => check('anthropic', 'anthropic-admin.openapi.json', '/anthropic', (organization) => ({ 'x-api-key': organization.adminKey, 'anthropic-version': '2023-06-01', 'anthropic-beta': 'analytics-usage-cost-2026-08-24' }), () => {
    const range = `starting_at=${rfc3339((today() - 4) * DAY_SECONDS)}&ending_at=${rfc3339((today() + 1) * DAY_SECONDS)}`
    return [
      '/v1/organizations/me', '/v1/organizations/api_keys?limit=2', '/v1/organizations/workspaces',
      `/v1/organizations/usage_report/messages?${range}&group_by[]=model&group_by[]=api_key_id`,
      `/v1/organizations/cost_report?${range}&group_by[]=description`,
      `/v1/organizations/analytics/usage?${range}&time_bucket_width=1d&group_by[]=api_key_id&group_by[]=model`,
      `/v1/organizations/analytics/cost?${range}&time_bucket_width=1d&group_by[]=api_key_id&group_by[]=cost_type`,
    ]
  }))
})
