import type { AliasState } from '../../rollout/alias/alias.ts';
import type { RehearsedLambda } from '../services/lambda.ts';
import type { World } from '../world/world.ts';
import type { BackgroundWork } from './background-work.ts';
import { pause, type VirtualTime } from './virtual-time.ts';

/** How long traffic goes the old way after a write that a scenario delays: "seconds, not minutes" (recorded on AWS). */
const OLD_ROUTING_SECONDS = 7;

/** Less than any time that a scenario can name: rounding errors of the clock are smaller. */
const NO_TIME = 0.001;

/** Routes the world's traffic as the alias says: at once, or some seconds later if a scenario delays a write. */
export class TrafficRouting {
  /** Whether the next write takes some seconds to show. */
  delayed = false;
  /** When the last delayed write shows. Nothing that is written meanwhile shows sooner. */
  #routedFrom = 0;
  readonly #lambda: RehearsedLambda;
  readonly #world: World;
  readonly #time: VirtualTime;
  readonly #background: BackgroundWork;

  constructor(parts: {
    readonly lambda: RehearsedLambda;
    readonly world: World;
    readonly time: VirtualTime;
    readonly background: BackgroundWork;
  }) {
    this.#lambda = parts.lambda;
    this.#world = parts.world;
    this.#time = parts.time;
    this.#background = parts.background;
  }

  /** The alias was written. */
  update(): void {
    const second = this.#time.second();
    if (this.delayed) this.#routedFrom = second + OLD_ROUTING_SECONDS;
    this.delayed = false;
    const left = this.#routedFrom - second;
    if (left < NO_TIME) this.#world.setRouting(this.#lambda.alias as AliasState, second);
    else this.#background.add(pause(left).then(() => this.update()));
  }
}
