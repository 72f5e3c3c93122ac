import type { Clock, Log } from './base/index.js';
import { AccessHistory } from './audit/index.js';
import { ClearanceRules } from './clearance/index.js';
import type { Config, Secrets } from './config.js';
import { ControlPlane } from './control/index.js';
import { TrustedDocuments } from './documents/index.js';
import { CallerBindings, Gateway, Recorder } from './gateway/index.js';
import { ViewServer, ViewServers, type Deployment } from './http/index.js';
import { createAuthenticator, type Issuers, type PartnerTokenLookup } from './identity/index.js';
import type { Ledger } from './ledger/index.js';
import type { Model } from './model/index.js';
import type { Observer } from './observe/index.js';
import { CursorCodec, Planner } from './plan/index.js';
import { LimitsByRole, type Facts } from './policy/index.js';
import type { Source } from './sources/index.js';
import type { DeploymentFiles } from './versions.js';
import { buildView, HiddenNames } from './view/index.js';

/** What stays as long as the gateway runs, whatever version of schema and policy is in force. */
export interface Standing {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Log;
  readonly issuers: Issuers;
  readonly partnerTokens: PartnerTokenLookup;
  readonly facts: Facts;
  readonly sources: ReadonlyMap<string, Source>;
  readonly ledger: Ledger;
  readonly history: AccessHistory;
  readonly cursors: CursorCodec;
  readonly bindings: CallerBindings;
  /** Where somebody wants metrics or traces. */
  readonly observer: Observer | undefined;
}

/** Makes everything that follows from a deployment's files. Nothing of it outlives the version but through requests in flight. */
export function createDeployment({ model, documents }: DeploymentFiles, standing: Standing): Deployment {
  const { config, issuers, partnerTokens, clock } = standing;
  const limits = new LimitsByRole(config.limits, model.policy.roles);
  const gateway = createGateway(model, standing);
  return Object.freeze({
    authenticator: createAuthenticator({
      issuers,
      partnerTokens,
      knownRoles: new Set(model.policy.roles.keys()),
      maxTokenBytes: config.limits.tokenBytes,
      clock,
      tally: standing.observer?.caches?.token,
    }),
    views: createViews(model, standing, gateway, limits.most('tokens')),
    gateway,
    control: createControl(model, standing),
    limits,
    documents: new TrustedDocuments(documents, config.documents?.required ?? []),
  });
}

function createGateway(model: Model, standing: Standing): Gateway {
  const { config, facts, cursors, bindings, sources, ledger, clock, log } = standing;
  return new Gateway({
    model,
    rules: new ClearanceRules(model.policy),
    facts,
    planner: new Planner(model, config.limits, cursors, standing.observer?.caches?.plan),
    bindings,
    sources,
    ledger,
    clock,
    log,
  });
}

function createViews(
  model: Model,
  { config, secrets, log, observer }: Standing,
  gateway: Gateway,
  maxTokens: number,
): ViewServers {
  const hidden = new HiddenNames(model);
  return new ViewServers({
    build: (roles, scopes) => buildView(model, roles, scopes, secrets.answers.version),
    start: ({ schema }) =>
      schema === null
        ? null
        : ViewServer.start(schema, {
            gateway,
            log,
            maxTokens,
            hiddenNames: (document, { view }) => {
              const names = document === undefined ? [] : hidden.find(document, view);
              return names.length === 0 ? null : `hidden: ${names.join(', ')}`;
            },
            tally: observer?.caches?.document,
          }),
    maxBytes: config.limits.viewCacheBytes,
    tally: observer?.caches?.view,
  });
}

function createControl(model: Model, { ledger, history, clock, log }: Standing): ControlPlane {
  return new ControlPlane({
    policy: model.policy,
    history,
    recorder: new Recorder({ endpoint: 'control', model, ledger, clock, log }),
    log,
  });
}
