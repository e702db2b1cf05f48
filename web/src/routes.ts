/**
 * The one table of pages. A section is shown in the navigation as soon as it has a tab; to switch one on, give it its tabs.
 * `detail` is a page below a tab, such as one key; it gets the parameters of its path as `params`.
 */
import type { Component } from 'svelte';
import { ChartColumn, Handshake, History, KeyRound, ReceiptText, Settings, Ticket, Users } from 'lucide';
import { match } from './lib/router.svelte';
import type { IconShapes } from './ui/Icon.svelte';

/** What a page is given: the parameters of its path. */
export type Page = Component<{ params: Record<string, string> }>;
type Loader = () => Promise<{ default: Page | Component<Record<string, never>> | Component }>;

export interface Tab {
  text: string;
  path: string;
  load: Loader;
  /** The path of one thing of this list, and its page; the list's own page when left out. */
  detail?: { path: string; load?: Loader };
  /** The letter after "g" that leads here. */
  letter?: string;
}
export interface Section {
  group: 'Mine' | 'Customers' | 'Insight' | 'Bottom';
  /** In the navigation, and in the bar of a phone. */
  title: string;
  short: string;
  icon: IconShapes;
  /** It has a place in the bar of a phone; the others are under More. */
  dock?: boolean;
  /** The tab the navigation leads to; the first when left out. */
  start?: string;
  tabs: Tab[];
}

export const sections: Section[] = [
  {
    group: 'Mine',
    title: 'My keys',
    short: 'My keys',
    dock: true,
    icon: KeyRound,
    start: '/my/usage',
    tabs: [
      { text: 'Accounts', path: '/my/accounts', letter: 'a', load: () => import('./pages/my/Accounts.svelte') },
      { text: 'API keys', path: '/my/keys', letter: 'k', detail: { path: '/my/keys/{id}' }, load: () => import('./pages/my/Keys.svelte') },
      { text: 'Usage dashboard', path: '/my/usage', letter: 'u', load: () => import('./pages/my/Usage.svelte') }
    ]
  },
  {
    group: 'Customers',
    title: 'Customer keys',
    short: 'Customers',
    dock: true,
    icon: Users,
    tabs: [
      { text: 'Keys', path: '/customers/keys', letter: 'c', detail: { path: '/customers/keys/{id}' }, load: () => import('./pages/customers/Keys.svelte') },
      { text: 'Customers', path: '/customers/list', detail: { path: '/customers/list/{id}' }, load: () => import('./pages/customers/Customers.svelte') },
      { text: 'Activity', path: '/customers/activity', load: () => import('./pages/customers/Activity.svelte') }
    ]
  },
  {
    group: 'Customers',
    title: 'Plans',
    short: 'Plans',
    icon: Ticket,
    tabs: [{ text: 'Plans', path: '/plans', letter: 'p', detail: { path: '/plans/{id}' }, load: () => import('./pages/billing/Plans.svelte') }]
  },
  {
    group: 'Customers',
    title: 'Invoices',
    short: 'Invoices',
    icon: ReceiptText,
    tabs: [{ text: 'Invoices', path: '/invoices', letter: 'i', detail: { path: '/invoices/{id}', load: () => import('./pages/invoices/Invoice.svelte') }, load: () => import('./pages/invoices/Invoices.svelte') }]
  },
  {
    group: 'Customers',
    title: 'Rentals',
    short: 'Rentals',
    dock: true,
    icon: Handshake,
    tabs: [
      { text: 'Open rentals', path: '/rentals/open', load: () => import('./pages/rentals/Open.svelte') },
      { text: 'Rental accounts', path: '/rentals/accounts', detail: { path: '/rentals/accounts/{id}' }, load: () => import('./pages/rentals/Accounts.svelte') },
      { text: 'Websites', path: '/rentals/websites', load: () => import('./pages/rentals/Websites.svelte') }
    ]
  },
  {
    group: 'Insight',
    title: 'Reports',
    short: 'Reports',
    dock: true,
    icon: ChartColumn,
    tabs: [
      { text: 'Revenue', path: '/reports/revenue', load: () => import('./pages/reports/Revenue.svelte') },
      { text: 'Popular accounts', path: '/reports/accounts', letter: 'r', load: () => import('./pages/reports/PopularAccounts.svelte') },
      { text: 'Peak times', path: '/reports/peak-times', load: () => import('./pages/reports/PeakTimes.svelte') },
      { text: 'Websites', path: '/reports/websites', load: () => import('./pages/reports/Websites.svelte') },
      { text: 'Outcomes', path: '/reports/outcomes', load: () => import('./pages/reports/Outcomes.svelte') },
      { text: 'Top customers', path: '/reports/customers', load: () => import('./pages/reports/TopCustomers.svelte') }
    ]
  },
  {
    group: 'Insight',
    title: 'Activity',
    short: 'Activity',
    icon: History,
    tabs: [{ text: 'Activity', path: '/activity', load: () => import('./pages/Activity.svelte') }]
  },
  {
    group: 'Bottom',
    title: 'Settings',
    short: 'Settings',
    icon: Settings,
    tabs: [
      { text: 'General', path: '/settings/general', load: () => import('./pages/settings/General.svelte') },
      { text: 'Providers', path: '/settings/providers', load: () => import('./pages/settings/Providers.svelte') },
      { text: 'Seller', path: '/settings/seller', load: () => import('./pages/settings/Seller.svelte') },
      { text: 'Webhooks', path: '/settings/webhooks', detail: { path: '/settings/webhooks/{id}' }, load: () => import('./pages/settings/Webhooks.svelte') },
      { text: 'Access', path: '/settings/access', load: () => import('./pages/settings/Access.svelte') },
      { text: 'Data', path: '/settings/data', load: () => import('./pages/settings/Data.svelte') },
      { text: 'About', path: '/settings/about', load: () => import('./pages/settings/About.svelte') }
    ]
  }
];

export const START = '/my/usage';
export const shown = sections.filter((section) => section.tabs.length > 0);
export const startOf = (section: Section) => section.start ?? section.tabs[0]!.path;

export interface Here {
  section: Section;
  tab: Tab;
  load: Loader;
  params: Record<string, string>;
}

/** The page of a path; null: there is none. */
export function current(path: string): Here | null {
  for (const section of shown) {
    for (const tab of section.tabs) {
      const here = match(tab.path, path);
      if (here) return { section, tab, load: tab.load, params: here };
      const below = tab.detail && match(tab.detail.path, path);
      if (below) return { section, tab, load: tab.detail!.load ?? tab.load, params: below };
    }
  }
  return null;
}
