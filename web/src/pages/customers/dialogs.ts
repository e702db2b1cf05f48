/** What the dialogs about customer keys can be asked to do; `KeyDialogs.svelte` does it. */
import type { MenuItem } from '../../ui/Menu.svelte';
import type { CustomerKey } from './calls';

export interface KeyDialogs {
  /** For this customer, or for whom the person names. */
  create(customer?: { id: number; name: string; email: string }): void;
  limits(key: CustomerKey): void;
  menu(key: CustomerKey): MenuItem[];
}
