import { LRUCache } from 'lru-cache';
import { encodeCanonical, sha256 } from '../base/index.js';
import type { Principal } from '../identity/index.js';
import type { CacheTally } from '../observe/index.js';
import type { View } from '../view/index.js';
import type { ViewServer } from './view-server.js';

/** A view with its server, and how many requests are in it. */
interface Entry {
  readonly view: View;
  readonly server: Promise<ViewServer> | null;
  readonly size: number;
  running: number;
  evicted: boolean;
}

export interface ViewServersOptions {
  readonly build: (roles: readonly string[], scopes: readonly string[]) => View;
  readonly start: (view: View) => Promise<ViewServer> | null;
  /** Bytes that all views may take. */
  readonly maxBytes: number;
  readonly tally?: CacheTally | undefined;
}

// Measured with the demo's types: schema, validation caches and server come to about 8 kB a type; a server alone to 40 kB.
const bytesPerView = 40_000;
const bytesPerType = 8_000;

/**
 * Views and their servers. Callers of equal rights share one; it is built once, by whoever comes first. A server that
 * is pushed out is stopped only after its last request.
 */
export class ViewServers {
  readonly #options: ViewServersOptions;
  readonly #rights = new WeakMap<Principal, string>();
  readonly #byRights = new LRUCache<string, string>({ max: 10_000 });
  readonly #byView: LRUCache<string, Entry>;
  #closed = false;

  constructor(options: ViewServersOptions) {
    this.#options = options;
    options.tally?.of(() => this.#byView.size);
    this.#byView = new LRUCache({
      maxSize: options.maxBytes,
      sizeCalculation: ({ size }) => size,
      dispose: (entry) => {
        entry.evicted = true;
        stopIfIdle(entry);
      },
    });
  }

  /** Runs `use` with the view of a principal and its server, null where the principal may see no type at all. */
  async use<Result>(
    principal: Principal,
    use: (view: View, server: ViewServer | null) => Promise<Result>,
  ): Promise<Result> {
    const entry = this.#entry(principal);
    entry.running += 1;
    try {
      return await use(entry.view, await entry.server);
    } finally {
      entry.running -= 1;
      stopIfIdle(entry);
    }
  }

  /**
   * Stops every server, each after its last request. A request that began before and comes only now is still served; what
   * is made for it is not kept.
   */
  close(): void {
    this.#closed = true;
    this.#byView.clear();
  }

  /** Hashed once for each time that a principal is made, which outlives many requests. */
  #rightsOf(principal: Principal): string {
    let rights = this.#rights.get(principal);
    if (rights === undefined) {
      rights = sha256(encodeCanonical([principal.roles, principal.scopes])).toString('base64');
      this.#rights.set(principal, rights);
    }
    return rights;
  }

  #entry(principal: Principal): Entry {
    const rights = this.#rightsOf(principal);
    const id = this.#byRights.get(rights);
    const known = id === undefined ? undefined : this.#byView.get(id);
    this.#options.tally?.found(known !== undefined);
    if (known !== undefined) return known;
    const view = this.#options.build(principal.roles, principal.scopes);
    this.#byRights.set(rights, view.id);
    const shared = this.#byView.get(view.id);
    if (shared !== undefined) return shared;
    const entry: Entry = {
      view,
      server: this.#options.start(view),
      size: bytesPerView + bytesPerType * view.access.size,
      running: 0,
      evicted: false,
    };
    if (!this.#closed) this.#byView.set(view.id, entry);
    // Too late to be kept, or too large: it serves this request alone.
    entry.evicted = this.#byView.peek(view.id) !== entry;
    return entry;
  }
}

function stopIfIdle(entry: Entry): void {
  if (!entry.evicted || entry.running > 0 || entry.server === null) return;
  // A server that did not start, or will not stop, holds nothing that others need.
  entry.server.then((server) => server.stop()).catch(() => undefined);
}
