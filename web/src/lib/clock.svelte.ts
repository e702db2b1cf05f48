/** The present, for relative times: moves every ten seconds. */
export const present = $state({ now: Date.now() });
setInterval(() => (present.now = Date.now()), 10_000);
