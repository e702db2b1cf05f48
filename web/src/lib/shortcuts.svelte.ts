/**
 * Letters that do something, while a page that knows them is shown: `$effect(() => shortcut('n', 'Add key', open))`.
 * A sequence is written with a blank: 'g u'. They rest inside fields and dialogs, and can be switched off (WCAG 2.1.4).
 */
import { untrack } from 'svelte';
import { preferences } from './preferences.svelte';

export interface Shortcut {
  keys: string;
  does: string;
  run: () => void;
}
export const shortcuts = $state<Shortcut[]>([]);

/** Registers one; answers what takes it away again. The latest of the same keys wins. */
export function shortcut(keys: string, does: string, run: () => void): () => void {
  untrack(() => shortcuts.push({ keys, does, run })); // an effect that registers does not depend on the list
  return () =>
    untrack(() => {
      const at = shortcuts.findIndex((each) => each.run === run && each.keys === keys);
      if (at >= 0) shortcuts.splice(at, 1);
    });
}

const WAIT_MS = 1200;
let first = '';
let timer: ReturnType<typeof setTimeout> | undefined;

function typing(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  if (!element?.closest) return false;
  const field = element.closest('input, select, textarea, [contenteditable]') as HTMLInputElement | null;
  if (field && !(field instanceof HTMLInputElement && ['radio', 'checkbox'].includes(field.type))) return true;
  return !!element.closest('dialog, [popover]') || !!document.querySelector('dialog[open]');
}

addEventListener('keydown', (event) => {
  if (!preferences.shortcuts || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
  if (typing(event.target) || event.key.length !== 1) return;
  const pressed = first ? `${first} ${event.key}` : event.key;
  first = '';
  clearTimeout(timer);
  const found = shortcuts.findLast((each) => each.keys === pressed);
  if (found) {
    event.preventDefault();
    found.run();
  } else if (shortcuts.some((each) => each.keys.startsWith(`${pressed} `))) {
    first = pressed;
    timer = setTimeout(() => (first = ''), WAIT_MS);
  }
});
