/** What is asked before a rental is ended, wherever it is shown: `confirm.ask(takeBack(rental))`. */
import { api, settle, type Schema } from '../../api/client';
import { live } from '../../api/live.svelte';
import { toast } from '../../lib/toast.svelte';
import type { Question } from '../../ui/Confirm.svelte';

export function takeBack(rental: Schema['Rental']): Question {
  const name = `${rental.website}, ${rental.username}`;
  return {
    title: `Take back ${name}`,
    text: `The rental of ${rental.customer_name} ends now, and is told as taken back. ${rental.customer_name} may still know the password; the website decides whether the account waits for another one.`,
    button: `Take back ${rental.username}`,
    run: async () => {
      const said = await settle(api.POST('/api/rentals/{id}/take-back', { params: { path: { id: rental.id } } }));
      if ('problem' in said && said.problem.code !== 'rental_ended') return said.problem;
      toast('problem' in said ? `${name} had come back already` : `Took back ${name}`);
      live.touch('rentals', 'rental_accounts', 'websites');
      return null;
    }
  };
}
