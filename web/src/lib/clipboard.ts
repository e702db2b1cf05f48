/**
 * Copies text and says whether it worked. Plain http has no clipboard interface: there the old way is tried, inside the open
 * dialog, since a modal one makes everything else inert.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard && isSecureContext) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // not allowed: the old way may be
  }
  const before = document.activeElement as HTMLElement | null;
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.className = 'sr';
  (Array.from(document.querySelectorAll('dialog[open]')).at(-1) ?? document.body).append(area);
  area.select();
  let copied = false;
  try {
    copied = document.execCommand('copy');
  } finally {
    area.remove();
    before?.focus();
  }
  return copied;
}
