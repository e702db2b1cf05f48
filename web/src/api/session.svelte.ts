/** Who is signed in, and what the whole page knows about the installation. */
import { api, settle, whenSignedOut, type Problem, type Schema } from './client';
import { live } from './live.svelte';

/** Not a credential: only whether it is worth drawing a page before the server has answered. */
function remembered(): boolean {
  try {
    return localStorage.getItem('keyledger.signed-in') === 'yes';
  } catch {
    return false;
  }
}

class Session {
  /** `asking` until the server has said; `lost`: it ended while a page was open, which then stays under a dialog. */
  state = $state<'asking' | 'out' | 'in' | 'lost' | 'failed'>('asking');
  problem = $state.raw<Problem | null>(null);
  identity = $state.raw<Schema['Identity'] | null>(null);
  settings = $state.raw<Schema['Settings'] | null>(null);
  providers = $state.raw<Schema['Provider'][]>([]);
  demo = $state(false);
  /** Moves when somebody signs in again: whoever failed for want of it asks again. */
  generation = $state(0);
  /** Until the server has said, a browser that was signed in last time shows its page at once. */
  expected = $state(remembered());
  zone = $derived(this.settings?.timezone ?? 'UTC');

  constructor() {
    whenSignedOut(() => {
      if (this.state === 'in') this.state = 'lost';
      live.stop();
    });
  }

  async start() {
    void settle(api.GET('/api/health')).then((said) => 'data' in said && (this.demo = said.data.demo));
    const who = await settle(api.GET('/api/session'));
    if ('data' in who) return this.#entered(who.data);
    if (who.problem.status === 401) this.#expect(false);
    this.problem = who.problem;
    this.state = who.problem.status === 401 ? 'out' : 'failed';
  }
  async signIn(password: string): Promise<Problem | null> {
    const who = await settle(api.POST('/api/session', { body: { password } }));
    if ('problem' in who) return who.problem;
    await this.#entered(who.data);
    this.generation++;
    return null;
  }
  async signOut(): Promise<Problem | null> {
    const outcome = await settle(api.DELETE('/api/session'));
    if ('problem' in outcome && outcome.problem.status !== 401) return outcome.problem;
    this.#expect(false);
    location.assign('/login'); // a new page, so that nothing of this one stays
    return null;
  }
  providerName(id: string): string {
    return this.providers.find((each) => each.id === id)?.name ?? id;
  }
  async readSettings() {
    const said = await settle(api.GET('/api/settings'));
    if ('data' in said) this.settings = said.data;
  }

  async #entered(identity: Schema['Identity']) {
    this.identity = identity;
    const providers = settle(api.GET('/api/providers')).then((said) => 'data' in said && (this.providers = said.data.data));
    await Promise.all([this.readSettings(), providers]);
    this.state = 'in';
    this.#expect(true);
    live.start();
  }
  #expect(signedIn: boolean) {
    this.expected = signedIn;
    try {
      if (signedIn) localStorage.setItem('keyledger.signed-in', 'yes');
      else localStorage.removeItem('keyledger.signed-in');
    } catch {
      // storage is switched off
    }
  }
}
export const session = new Session();
