// Exact decimal arithmetic for expected sums: BigInt, never a JavaScript number.

/** "1.25" as an integer in units of 10^-places; further decimals are cut off, as Keyledger does at the 18th. */
export function toUnits(text, places) {
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text)
  if (!match) throw new Error(`not a decimal: ${text}`)
  const [, sign, whole, fraction = ''] = match
  const units = BigInt(whole + fraction.slice(0, places).padEnd(places, '0'))
  return sign ? -units : units
}

/** The other way round: units of 10^-places as text with that many decimals. */
export function toText(units, places) {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0')
  return `${units < 0n ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`
}

/** Attos (10^-18) as the API shows money: nine decimals, half away from zero. */
export function toMoney(attos) {
  const half = 500_000_000n
  const nanos = attos < 0n ? -((-attos + half) / 1_000_000_000n) : (attos + half) / 1_000_000_000n
  return toText(nanos, 9)
}

/** What the API has to show for the sum of these amounts. */
export function sumOf(amounts) {
  return toMoney(amounts.reduce((total, amount) => total + toUnits(amount, 18), 0n))
}
