/** What this browser's reader prefers: colours, and whether letters are shortcuts. Kept in the browser alone. */
export type Theme = 'system' | 'light' | 'dark';

function stored(name: string): string | null {
  try {
    return localStorage.getItem(`keyledger.${name}`);
  } catch {
    return null; // storage is switched off
  }
}
function store(name: string, value: string) {
  try {
    localStorage.setItem(`keyledger.${name}`, value);
  } catch {
    // then it holds until the page goes
  }
}

const system = matchMedia('(prefers-color-scheme: dark)');

class Preferences {
  theme = $state<Theme>((['light', 'dark'] as const).find((each) => each === stored('theme')) ?? 'system');
  shortcuts = $state(stored('shortcuts') !== 'off');
  #systemDark = $state(system.matches);
  dark = $derived(this.theme === 'dark' || (this.theme === 'system' && this.#systemDark));

  constructor() {
    system.addEventListener('change', (event) => (this.#systemDark = event.matches));
  }
  setTheme(theme: Theme) {
    this.theme = theme;
    store('theme', theme);
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }
  setShortcuts(on: boolean) {
    this.shortcuts = on;
    store('shortcuts', on ? 'on' : 'off');
  }
}
export const preferences = new Preferences();
