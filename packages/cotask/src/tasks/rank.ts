/** How a task stands with scheduling policies. Most tasks stand alike, so they share one record. */
import { currentScope } from './current.ts';

/** What policies look at. */
export interface Rank {
  readonly priority: number;
  readonly share: string | null;
}

const ordinary: Rank = { priority: 0, share: null };

/** Whether any task was ever given a share: before that nobody need ask whose child a new task is. */
let sharesAreUsed = false;

/** The rank of a new task; it inherits its share, not its priority. */
export function rankOf(priority = 0, share?: string | null): Rank {
  if (typeof share === 'string') sharesAreUsed = true;
  if (!sharesAreUsed && priority === 0) return ordinary;
  const creator = currentScope()?.owner.rank ?? ordinary;
  const own: Rank = { priority, share: share === undefined ? creator.share : share };
  return [ordinary, creator].find((rank) => rank.priority === own.priority && rank.share === own.share) ?? own;
}
