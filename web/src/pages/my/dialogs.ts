/** What the dialogs about keys can be asked to do; `Dialogs.svelte` does it. */
import type { Schema } from '../../api/client';
import type { MenuItem } from '../../ui/Menu.svelte';

export interface KeyDialogs {
  add(account?: number): void;
  replaceById(id: number): void;
  test(key: { id: number; name: string }): Promise<void>;
  menu(key: Schema['ProviderKey']): MenuItem[];
}
