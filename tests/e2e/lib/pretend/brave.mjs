// How Brave Search answers a search: results with the quota in the headers, and 422 for a wrong key.

const problem = (status, code, detail, meta = {}) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ type: 'ErrorResponse', error: { id: 'e-1', status, code, detail, meta }, time: 1_773_685_964 }),
})

export const keyOf = (request) => request.headers['x-subscription-token'] ?? null
export const wrongKey = () => problem(422, 'SUBSCRIPTION_TOKEN_INVALID', 'The provided subscription token is invalid.', { component: 'authentication' })

/** A subscription: so many searches a month, one a second. */
export class Subscription {
  constructor(key, { monthLimit = 2_000, monthUsed = 15 } = {}) {
    Object.assign(this, { kind: 'brave', key, monthLimit, monthUsed })
  }

  who(text) {
    return text === this.key ? { role: 'key' } : undefined
  }
}

function quota(subscription) {
  return {
    'x-ratelimit-limit': `1, ${subscription.monthLimit}`,
    'x-ratelimit-policy': `1;w=1, ${subscription.monthLimit};w=2592000`,
    'x-ratelimit-remaining': `0, ${subscription.monthLimit - subscription.monthUsed}`,
    'x-ratelimit-reset': '1, 1419704',
  }
}

export function answer(subscription, who, path, query) {
  if (path !== '/v1/web/search') return problem(404, 'NOT_FOUND', 'Not found')
  const q = query.get('q') ?? ''
  if (q.length < 1 || q.length > 400) return problem(422, 'VALIDATION', 'Unable to validate request parameter(s)', { errors: [{ loc: ['query', 'q'] }] })
  if (subscription.monthUsed >= subscription.monthLimit) {
    const refused = problem(429, 'QUOTA_LIMITED', 'Request quota exceeded for plan', { plan: 'Free', quota_limit: subscription.monthLimit, quota_current: subscription.monthUsed })
    return { ...refused, headers: { ...refused.headers, ...quota(subscription) } }
  }
  subscription.monthUsed += 1
  const body = { type: 'search', query: { original: q, more_results_available: false }, web: { type: 'search', results: [{ title: 'A page', url: 'https://example.com/', description: 'A page.' }] } }
  return { status: 200, headers: { 'content-type': 'application/json', ...quota(subscription) }, body: JSON.stringify(body) }
}
