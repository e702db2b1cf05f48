/** What the shell shows of the whole and pages know first. null: not known yet. */
export const overview = $state<{ problems: number | null }>({ problems: null });
