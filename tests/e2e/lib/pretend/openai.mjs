// How OpenAI's organization and model endpoints answer: envelopes, limits and error bodies as in its description, with
// the differences of live answers (amounts as text).
import { toText } from '../decimal.mjs'
import { DAY_SECONDS } from '../organization.mjs'
import { grouped, listOf, pageOf } from './grouping.mjs'

const BUCKETS = { '1d': [86_400, 7, 31], '1h': [3_600, 24, 168], '1m': [60, 60, 1440] } // seconds, default, maximum
const KEYED = ['project_id', 'user_id', 'api_key_id', 'model']
const KINDS = {
  completions: { result: 'completions', fields: [...KEYED, 'batch', 'service_tier'] },
  embeddings: { result: 'embeddings', fields: KEYED },
  moderations: { result: 'moderations', fields: KEYED },
  images: { result: 'images', fields: [...KEYED, 'size', 'source'] },
  audio_speeches: { result: 'audio_speeches', fields: KEYED },
  audio_transcriptions: { result: 'audio_transcriptions', fields: KEYED },
  vector_stores: { result: 'vector_stores', fields: ['project_id'] },
  code_interpreter_sessions: { result: 'code_interpreter_sessions', fields: ['project_id'] },
  file_search_calls: { result: 'file_searches', fields: ['project_id', 'user_id', 'api_key_id', 'vector_store_id'] },
  web_search_calls: { result: 'web_searches', fields: [...KEYED, 'context_level'] },
}

const json = (status, body, headers = {}) => ({ status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
const error = (status, message, code = null, type = 'invalid_request_error') => json(status, { error: { message, type, param: null, code } })

export const wrongKey = (key) =>
  error(401, `Incorrect API key provided: ${key.slice(0, 8)}****${key.slice(-4)}. You can find your API key at https://platform.openai.com/account/api-keys.`, 'invalid_api_key')
export const missingScopes = (...scopes) =>
  error(403, `You have insufficient permissions for this operation. Missing scopes: ${scopes.join(', ')}. Check that you have the correct role in your organization, and if you're using a restricted API key, that it has the necessary scopes.`)

/** The key of a request, or null. */
export const keyOf = (request) => /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null

/** The answer of the organization to a caller that `who` describes. */
export function answer(organization, who, path, query) {
  if (path === '/models') return models(organization, who)
  if (!path.startsWith('/organization/')) return error(404, `Invalid URL (GET ${path})`)
  const usage = /^\/organization\/usage\/(\w+)$/.exec(path)
  const reading = usage || path === '/organization/costs'
  if (who.role !== 'admin') return missingScopes(reading ? 'api.usage.read' : 'api.management.read')
  if (usage) return KINDS[usage[1]] ? usageReport(organization, usage[1], query) : error(404, 'Unknown usage endpoint')
  if (path === '/organization/costs') return costReport(organization, query)
  return directory(organization, path, query)
}

function models(organization, who) {
  if (who.role === 'admin') return missingScopes('api.model.read')
  const data = organization.models.map((id) => ({ id, object: 'model', created: 1_780_000_000, owned_by: 'openai' }))
  return json(200, { object: 'list', data })
}

// Parameters that every report has; a word in `problem` is what OpenAI would complain about.
function readRange(query, fields, widths, limits) {
  const start = query.get('start_time')
  if (!/^\d+$/.test(start ?? '')) return { problem: 'start_time is required and is an integer' }
  const width = query.get('bucket_width') ?? '1d'
  if (!widths.includes(width)) return { problem: `bucket_width ${width} is not supported` }
  const [seconds, standard, most] = limits?.[width] ?? BUCKETS[width]
  const limit = Number(query.get('limit') ?? standard)
  if (!Number.isInteger(limit) || limit < 1 || limit > most) return { problem: `limit is between 1 and ${most}` }
  const group = listOf(query, 'group_by')
  const unknown = group.find((field) => !fields.includes(field))
  if (unknown !== undefined) return { problem: `cannot group by ${unknown}` }
  const end = query.get('end_time') === null ? Math.floor(Date.now() / 1000) : Number(query.get('end_time'))
  if (!Number.isInteger(end) || end <= Number(start)) return { problem: 'end_time is after start_time' }
  return { start: Math.floor(Number(start) / seconds) * seconds, end, seconds, limit, group }
}

function buckets(range, resultsOf) {
  const list = []
  for (let start = range.start; start < range.end; start += range.seconds) {
    list.push({ object: 'bucket', start_time: start, end_time: start + range.seconds, results: resultsOf(start, start + range.seconds) })
  }
  return list
}

function paged(list, query, limit) {
  const page = pageOf(list, query, limit)
  if (page === null) return error(400, 'Invalid page cursor')
  return json(200, { object: 'page', data: page.items, has_more: page.more, next_page: page.cursor })
}

function usageReport(organization, kind, query) {
  const { fields, result } = KINDS[kind]
  const range = readRange(query, fields, ['1m', '1h', '1d'])
  if (range.problem) return error(400, range.problem)
  const wanted = { api_key_id: listOf(query, 'api_key_ids'), project_id: listOf(query, 'project_ids'), model: listOf(query, 'models') }
  const list = buckets(range, (start, end) => {
    const rows = rowsBetween(organization, kind, start, end).filter((row) =>
      Object.entries(wanted).every(([field, values]) => values.length === 0 || values.includes(row[field])))
    return grouped(rows, range.group, MEASURES[kind] ?? []).map((group) => ({
      object: `organization.usage.${result}.result`,
      ...Object.fromEntries(fields.map((field) => [field, null])),
      ...group,
    }))
  })
  return paged(list, query, range.limit)
}

const MEASURES = {
  completions: ['input_tokens', 'input_cached_tokens', 'input_cache_write_tokens', 'input_uncached_tokens', 'output_tokens', 'num_model_requests'],
  web_search_calls: ['num_model_requests', 'num_requests'],
}

// Completions carry the use of the organization; web searches are there to see that each kind is asked for.
function rowsBetween(organization, kind, start, end) {
  if (kind !== 'completions') return []
  const rows = []
  for (let day = Math.floor(start / DAY_SECONDS); day * DAY_SECONDS < end; day++) {
    for (const row of organization.usage(day)) {
      const at = day * DAY_SECONDS + row.hour * 3_600
      if (at < start || at >= end) continue
      rows.push({
        project_id: row.project, api_key_id: row.key, model: row.model, user_id: null, batch: false, service_tier: 'default',
        input_tokens: row.input, input_cached_tokens: row.cached, input_cache_write_tokens: row.written, input_uncached_tokens: row.plain,
        output_tokens: row.output, num_model_requests: row.requests,
      })
    }
  }
  return rows
}

function costReport(organization, query) {
  const fields = ['project_id', 'line_item', 'api_key_id']
  const range = readRange(query, fields, ['1d'], { '1d': [86_400, 7, 180] })
  if (range.problem) return error(400, range.problem)
  const list = buckets(range, (start) => {
    const rows = organization.costs(start / DAY_SECONDS).map((line) => ({
      project_id: line.project, api_key_id: line.key, line_item: `${line.model}, ${line.side}_tokens`, units: line.units, quantity: line.tokens,
    }))
    return grouped(rows, range.group, ['units', 'quantity']).map(({ units, quantity, ...group }) => ({
      object: 'organization.costs.result',
      amount: { value: organization.numbers ? Number(toText(units, 30)) : toText(units, 30), currency: 'usd' },
      project_id: null, api_key_id: null, line_item: null, ...group,
      ...(range.group.includes('line_item') ? { quantity, quantity_unit: 'tokens' } : {}),
      ...(organization.numbers ? {} : { project_name: null, start_time_iso: new Date(start * 1000).toISOString() }), // live answers know more
    }))
  })
  return paged(list, query, range.limit)
}

function listed(items, query) {
  const limit = Number(query.get('limit') ?? 20)
  if (!(limit >= 1 && limit <= 100)) return error(400, 'limit is between 1 and 100')
  const after = query.get('after')
  const start = after === null ? 0 : items.findIndex((item) => item.id === after) + 1
  const data = items.slice(start, start + limit)
  return json(200, { object: 'list', data, first_id: data.at(0)?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: start + limit < items.length })
}

function directory(organization, path, query) {
  const created_at = 1_760_000_000
  const owner = { type: 'user', object: 'organization.user', id: 'user-1', name: 'Dana', created_at, role: 'owner' }
  if (path === '/organization/admin_api_keys') {
    const key = { object: 'organization.admin_api_key', id: `key_${organization.id}`, name: 'Admin', redacted_value: `sk-admin-...${organization.adminKey.slice(-3)}`, created_at, expires_at: null, last_used_at: created_at, owner }
    return listed([key], query)
  }
  if (path === '/organization/projects') {
    return listed(organization.projects.map(({ id, name }) => ({ id, object: 'organization.project', name, created_at, archived_at: null, status: 'active' })), query)
  }
  const project = /^\/organization\/projects\/([^/]+)\/api_keys$/.exec(path)
  const found = project && organization.projects.find((each) => each.id === project[1])
  if (found) {
    return listed(found.keys.map((key) => ({
      object: 'organization.project.api_key', id: key.id, name: key.name, redacted_value: key.redacted, created_at, last_used_at: created_at,
      owner: { type: 'user', user: { id: 'user-1', name: 'Dana', email: 'dana@example.com', role: 'owner', created_at } }, owner_project_access: 'active',
    })), query)
  }
  if (path === '/organization/spend_limit') {
    return json(200, { object: 'organization.spend_limit', threshold_amount: 10_000, currency: 'USD', interval: 'month', enforcement: { status: 'inactive' } })
  }
  return error(404, `Invalid URL (GET ${path})`)
}
