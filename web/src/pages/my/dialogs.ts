/** What the dialogs about keys can be asked to do; `Dialogs.svelte` does it. */
import type { ProviderKey } from '../../api/wanted';

export interface KeyDialogs {
  add(account?: number): void;
  rename(key: ProviderKey): void;
  link(key: ProviderKey): void;
  move(key: ProviderKey): void;
  replace(key: ProviderKey): void;
  replaceById(id: number): void;
  remove(key: ProviderKey): void;
  test(key: { id: number; name: string }): Promise<void>;
}
