/** Names and colours of providers. The list itself comes from /api/providers. */
const COLOURED: Record<string, string> = { openai: 'openai', anthropic: 'anthropic', google: 'google', gemini: 'google', mistral: 'mistral', brave: 'brave' };

/** The colour class of a provider: "series-openai"; those without a colour of their own share one. */
export const series = (provider: string) => `series-${COLOURED[provider] ?? 'other'}`;
export const hasColour = (provider: string) => provider in COLOURED;
