/** Whether there is room for one thing in a sheet beside its list; below that it is a page of its own. */
const query = matchMedia('(min-width: 1024px)');
export const wide = $state({ matches: query.matches });
query.addEventListener('change', () => (wide.matches = query.matches));
