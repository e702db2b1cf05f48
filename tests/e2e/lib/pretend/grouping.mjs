// What both providers' reports share: rows summed by the asked-for fields, buckets of time, and cursors.
import { createHash } from 'node:crypto'

/** All values of `name` and `name[]` in a query, in order. */
export function listOf(query, name) {
  return [...query.getAll(name), ...query.getAll(`${name}[]`)]
}

/** Sums `measures` of the rows that agree in all `fields`; fields not asked for are left out. */
export function grouped(rows, fields, measures) {
  const groups = new Map()
  for (const row of rows) {
    const name = fields.map((field) => row[field] ?? '').join('\u0000')
    const group = groups.get(name) ?? Object.fromEntries(fields.map((field) => [field, row[field] ?? null]))
    for (const measure of measures) group[measure] = add(group[measure], row[measure])
    groups.set(name, group)
  }
  return [...groups.values()]
}

const add = (total, value) => (total === undefined ? value : total + value)

/** The part of a query that a cursor belongs to. */
const fingerprint = (query) => {
  const rest = [...query].filter(([name]) => name !== 'page').map(([name, value]) => `${name}=${value}`)
  return createHash('sha256').update(rest.sort().join('&')).digest('hex').slice(0, 16)
}

/** One page of a list: the items, and the cursor of the next page if there is one. Nothing for a cursor we never gave. */
export function pageOf(items, query, limit) {
  const given = query.get('page')
  let start = 0
  if (given !== null) {
    const [mark, at] = Buffer.from(given.replace(/^page_/, ''), 'base64url').toString().split(':')
    if (mark !== fingerprint(query)) return null
    start = Number(at)
  }
  const end = start + limit
  const more = end < items.length
  const cursor = more ? `page_${Buffer.from(`${fingerprint(query)}:${end}`).toString('base64url')}` : null
  return { items: items.slice(start, end), more, cursor }
}
