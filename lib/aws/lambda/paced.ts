import { MOVE_GAP_SECONDS, REQUESTS_PER_SECOND } from '../../rollout/group/pace.ts';
import { pause } from '../handler/pause.ts';

/** The pause before the next alias is moved, in milliseconds: Lambda's control plane has so few requests a second for the whole account. */
const MOVE_GAP = MOVE_GAP_SECONDS * 1000;

/** The same before the next alias is only read. */
const READ_GAP = 1000 / REQUESTS_PER_SECOND;

/** Moves aliases one after the other, so slowly that Lambda's control plane keeps up. Ends with the first that says so. */
export async function eachMoved<Item>(
  items: readonly Item[],
  move: (item: Item, index: number) => Promise<'goOn' | 'stop'>,
): Promise<void> {
  for (const [index, item] of items.entries()) {
    if (index > 0) await pause(MOVE_GAP);
    if ((await move(item, index)) === 'stop') return;
  }
}

/** Reads aliases, each begun a little after the one before. */
export const allRead = <Item, Result>(
  items: readonly Item[],
  read: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> =>
  Promise.all(
    items.map(async (item, index) => {
      if (index > 0) await pause(index * READ_GAP);
      return read(item, index);
    }),
  );
