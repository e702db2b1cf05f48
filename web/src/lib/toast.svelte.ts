/** What the person just did, said once and politely. Problems never live here. */
const SHOWN_MS = 4000;
const AT_MOST = 3;
export const toasts = $state<{ id: number; text: string }[]>([]);
let last = 0;

export function toast(text: string) {
  const id = ++last;
  toasts.push({ id, text });
  if (toasts.length > AT_MOST) toasts.shift();
  setTimeout(() => {
    const at = toasts.findIndex((each) => each.id === id);
    if (at >= 0) toasts.splice(at, 1);
  }, SHOWN_MS);
}
