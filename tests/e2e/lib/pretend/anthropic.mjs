// How Anthropic's organization and model endpoints answer: the older reports in buckets, the newer analytics in rows.
import { toText } from '../decimal.mjs'
import { DAY_SECONDS } from '../organization.mjs'
import { grouped, listOf, pageOf } from './grouping.mjs'

const json = (status, body) => ({ status, headers: { 'content-type': 'application/json', 'request-id': 'req_1' }, body: JSON.stringify(body) })
const error = (status, type, message) => json(status, { type: 'error', error: { type, message }, request_id: 'req_1' })

export const wrongKey = () => error(401, 'authentication_error', 'invalid x-api-key')
export const keyOf = (request) => request.headers['x-api-key'] ?? /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null

export function answer(organization, who, path, query, request) {
  if (!request.headers['anthropic-version']) return error(400, 'invalid_request_error', 'anthropic-version: header is required')
  if (path === '/v1/models') return models(organization, who)
  if (!path.startsWith('/v1/organizations/')) return error(404, 'not_found_error', 'Not found')
  if (who.role !== 'admin') return wrongKey() // a workspace's key is refused with the words for a wrong one
  if (path.startsWith('/v1/organizations/analytics/')) return analytics(organization, path, query, request)
  if (path === '/v1/organizations/usage_report/messages') return messagesReport(organization, query)
  if (path === '/v1/organizations/cost_report') return costReport(organization, query)
  return directory(organization, path, query)
}

function models(organization, who) {
  if (who.role === 'admin') return wrongKey()
  const data = organization.models.map((id) => ({ type: 'model', id, display_name: id, created_at: '2026-01-01T00:00:00Z' }))
  return json(200, { data, has_more: false, first_id: data[0].id, last_id: data.at(-1).id })
}

const instant = (seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
const seconds = (text) => (text === null ? NaN : Date.parse(text) / 1000)
const cents = (units) => toText(units * 100n, 30).slice(0, -18) // 10^-30 dollars as cents with 12 decimals

function rowsOfDay(organization, day) {
  return organization.usage(day).map((row) => ({
    at: day * DAY_SECONDS + row.hour * 3_600, api_key_id: row.key, workspace_id: row.project, model: row.model, service_tier: 'standard',
    context_window: '0-200k', inference_geo: 'global', uncached_input_tokens: row.plain, cache_read_input_tokens: row.cached,
    ephemeral_5m_input_tokens: row.written, output_tokens: row.output, requests: row.requests,
  }))
}

const MEASURES = ['uncached_input_tokens', 'cache_read_input_tokens', 'ephemeral_5m_input_tokens', 'output_tokens', 'requests']
const cacheCreation = (row) => ({ ephemeral_5m_input_tokens: row.ephemeral_5m_input_tokens, ephemeral_1h_input_tokens: 0 })

function rowsBetween(organization, start, end) {
  const rows = []
  for (let day = Math.floor(start / DAY_SECONDS); day * DAY_SECONDS < end; day++) rows.push(...rowsOfDay(organization, day))
  return rows.filter((row) => row.at >= start && row.at < end)
}

function readRange(query, name, widths) {
  const start = seconds(query.get('starting_at'))
  if (Number.isNaN(start)) return { problem: 'starting_at: is required' }
  const width = query.get(name) ?? '1d'
  if (!widths[width]) return { problem: `${name}: ${width} is not supported` }
  const [step, standard, most] = widths[width]
  const limit = Number(query.get('limit') ?? standard)
  if (!Number.isInteger(limit) || limit < 1 || limit > most) return { problem: `limit: is between 1 and ${most}` }
  const end = query.get('ending_at') === null ? Date.now() / 1000 : seconds(query.get('ending_at'))
  if (!(end > start)) return { problem: 'ending_at: is after starting_at' }
  return { start: Math.floor(start / step) * step, end, step, limit, group: listOf(query, 'group_by') }
}

function paged(list, query, limit, more = {}) {
  const page = pageOf(list, query, limit)
  if (page === null) return error(400, 'invalid_request_error', 'page: is not valid')
  return json(200, { data: page.items, has_more: page.more, next_page: page.cursor, ...more })
}

function bucketed(range, resultsOf) {
  const list = []
  for (let start = range.start; start < range.end; start += range.step) {
    list.push({ starting_at: instant(start), ending_at: instant(start + range.step), results: resultsOf(start, start + range.step) })
  }
  return list
}

function messagesReport(organization, query) {
  const range = readRange(query, 'bucket_width', { '1d': [86_400, 7, 31], '1h': [3_600, 24, 168], '1m': [60, 60, 1440] })
  if (range.problem) return error(400, 'invalid_request_error', range.problem)
  const none = { api_key_id: null, workspace_id: null, model: null, service_tier: null, context_window: null, inference_geo: null, account_id: null, service_account_id: null }
  const list = bucketed(range, (start, end) => grouped(rowsBetween(organization, start, end), range.group, MEASURES).map((row) => {
    const { requests, ephemeral_5m_input_tokens, ...rest } = row
    return { ...none, ...rest, cache_creation: cacheCreation(row), server_tool_use: { web_search_requests: 0 } }
  }))
  return paged(list, query, range.limit)
}

function costLines(organization, day) {
  return organization.costs(day).map((line) => ({
    api_key_id: line.key, workspace_id: line.project, model: line.model, units: line.units,
    description: `${line.model} Usage - ${line.side === 'input' ? 'Input' : 'Output'} Tokens`,
    cost_type: 'tokens', token_type: line.side === 'input' ? 'uncached_input_tokens' : 'output_tokens',
  }))
}

function costReport(organization, query) {
  const range = readRange(query, 'bucket_width', { '1d': [86_400, 7, 31] })
  if (range.problem) return error(400, 'invalid_request_error', range.problem)
  const allowed = ['workspace_id', 'description']
  const unknown = range.group.find((field) => !allowed.includes(field))
  if (unknown) return error(400, 'invalid_request_error', `group_by: ${unknown} is not supported`)
  const none = { description: null, cost_type: null, token_type: null, model: null, service_tier: null, context_window: null, inference_geo: null, workspace_id: null }
  const described = range.group.includes('description') ? ['cost_type', 'token_type', 'model'] : []
  const list = bucketed(range, (start) =>
    grouped(costLines(organization, start / DAY_SECONDS), [...range.group, ...described], ['units'])
      .map(({ units, ...group }) => ({ ...none, ...group, amount: cents(units), currency: 'USD' })))
  return paged(list, query, range.limit)
}

const DIMENSIONS = [
  'actor', 'actor_type', 'agent_id', 'api_key_id', 'claude_tag_category', 'claude_tag_user_id', 'context_window', 'deployment_id', 'environment_id',
  'inference_geo', 'model', 'organization_id', 'product', 'rbac_group_id', 'service_tier', 'session_id', 'slack_channel_id', 'speed',
  'user_profile_id', 'workspace_id',
]
const COST_DIMENSIONS = ['cost_type', 'token_type'] // of cost rows only

function analytics(organization, path, query, request) {
  if (!organization.analytics) return error(404, 'not_found_error', 'Not found')
  if (!/analytics-usage-cost-2026-08-24/.test(request.headers['anthropic-beta'] ?? '')) return error(404, 'not_found_error', 'Not found')
  const width = { '1d': [86_400, 20, 1000], '1h': [3_600, 20, 1000], '1m': [60, 20, 1000] }
  const range = readRange(query, 'time_bucket_width', width)
  if (range.problem) return error(400, 'invalid_request_error', range.problem)
  if (range.end - range.start > 31 * DAY_SECONDS) return error(400, 'invalid_request_error', 'ending_at: at most 31 days after starting_at')
  const cost = path.endsWith('/cost')
  const unknown = range.group.find((field) => !DIMENSIONS.includes(field) && !(cost && COST_DIMENSIONS.includes(field)))
  if (unknown) return error(400, 'invalid_request_error', `group_by: ${unknown} is not supported`)
  const rows = cost ? analyticsCost(organization, range) : path.endsWith('/usage') ? analyticsUsage(organization, range) : null
  if (rows === null) return error(404, 'not_found_error', 'Not found')
  return paged(rows, query, range.limit, { data_refreshed_at: instant(Date.now() / 1000) })
}

// Every dimension is there; those not asked for are null.
const groupOf = (row, dimensions) => Object.fromEntries(dimensions.map((field) => [field, row[field] ?? null]))

function analyticsUsage(organization, range) {
  const rows = []
  for (let start = range.start; start < range.end; start += range.step) {
    for (const row of grouped(rowsBetween(organization, start, start + range.step), range.group, MEASURES)) {
      const total = row.uncached_input_tokens + row.cache_read_input_tokens + row.ephemeral_5m_input_tokens + row.output_tokens
      rows.push({
        starting_at: instant(start), ending_at: instant(start + range.step), group: groupOf(row, DIMENSIONS),
        usage: { uncached_input_tokens: row.uncached_input_tokens, cache_creation: cacheCreation(row), cache_read_input_tokens: row.cache_read_input_tokens, output_tokens: row.output_tokens, total_tokens: total, requests: row.requests, server_tool_use: { web_search_requests: 0 } },
      })
    }
  }
  return rows
}

function analyticsCost(organization, range) {
  const rows = []
  const requests = range.group.some((field) => field === 'cost_type' || field === 'token_type') ? null : 1
  for (let start = range.start; start < range.end; start += range.step) {
    if (start % DAY_SECONDS) continue
    for (const row of grouped(costLines(organization, start / DAY_SECONDS), range.group, ['units'])) {
      rows.push({
        starting_at: instant(start), ending_at: instant(start + range.step), group: groupOf(row, [...DIMENSIONS, ...COST_DIMENSIONS]),
        cost: { amount: cents(row.units), list_amount: cents(row.units * 2n), currency: 'USD', requests },
      })
    }
  }
  return rows
}

function listed(items, query) {
  const limit = Number(query.get('limit') ?? 20)
  const after = query.get('after_id')
  const start = after === null ? 0 : items.findIndex((item) => item.id === after) + 1
  const data = items.slice(start, start + limit)
  return json(200, { data, first_id: data.at(0)?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: start + limit < items.length })
}

function directory(organization, path, query) {
  if (path === '/v1/organizations/me') return json(200, { id: organization.id, type: 'organization', name: organization.name })
  if (path === '/v1/organizations/workspaces') {
    return listed(organization.projects.map(({ id, name }) => ({ id, type: 'workspace', name, created_at: '2026-01-05T08:00:00Z', archived_at: null, display_color: '#6C5BB9' })), query)
  }
  if (path === '/v1/organizations/api_keys') {
    return listed(organization.keys.map((key) => ({
      id: key.id, type: 'api_key', name: key.name, status: 'active', partial_key_hint: key.redacted, created_at: '2026-01-05T08:00:00Z', expires_at: null,
      created_by: { id: 'user_1', type: 'user' }, workspace_id: key.project, scope: { type: 'workspace', workspace_id: key.project }, principal: null,
    })), query)
  }
  return error(404, 'not_found_error', 'Not found')
}
