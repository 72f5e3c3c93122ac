import { createRequire } from 'node:module';
import type * as Middleware from 'graphql-middleware';
import type * as Shield from 'graphql-shield';

const require = createRequire(import.meta.url);

// graphql-shield 7.6.5 calls `util.isUndefined`, which Node 23 removed; as an ES module it would not even load there.
// Its CommonJS build looks the function up when called, so it can be given back.
const util = require('node:util') as { isUndefined?: (value: unknown) => boolean };
util.isUndefined ??= (value) => value === undefined;

const shieldModule = require('graphql-shield') as typeof Shield;

/** Loaded as shield loads it: it knows a shield by its class, and the ES module has another class. */
export const { applyMiddleware } = require('graphql-middleware') as typeof Middleware;

/** graphql-shield's vocabulary; the one place it is loaded. */
export const { rule, chain, deny, shield } = shieldModule;
export type ShieldRule = ReturnType<typeof chain>;
