import type { LoadedConfig } from '../config.js';

/** What the process that `cordon start` is and its workers tell each other. */

/** To a worker. */
export type Order =
  | {
      readonly order: 'begin';
      /** From 1; a worker that takes the place of another has the other's. */
      readonly number: number;
      readonly workers: number;
      /** As it was read at the start: a worker that begins later goes by the same. */
      readonly config: LoadedConfig;
    }
  | { readonly order: 'reload' }
  | { readonly order: 'stop' };

/** From a worker. */
export type Report =
  /** It listens for orders. */
  | { readonly report: 'waiting' }
  | { readonly report: 'ready'; readonly address: string; readonly version: string }
  | { readonly report: 'reloaded'; readonly version: string };
