import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { durationForm, integerForm, sizeForm, strictForm, textForm } from './base/index.js';
import { databaseTlsForm } from './database-connection.js';
import { issuerConfigSchema } from './identity/index.js';
import { callerLimitsShape } from './policy/index.js';

/** The form of cordon.yaml, with the default of everything that may be left out. What it comes to, `config.ts` says. */

export const portForm = integerForm(0, 65_535);
const countForm = integerForm(1, 1_000_000);
const timeForm = durationForm({ ms: '500ms', s: '5s', m: '15m' });

/** More than any machine of today has cores; each takes connections of every database. */
const mostWorkers = 512;
export const workersForm = z.preprocess(
  (value) => (value === 'auto' ? Math.min(availableParallelism(), mostWorkers) : value),
  integerForm(1, mostWorkers, ', or auto for one a core'),
);

function isPostgresUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname } = new URL(text);
  return /^postgres(ql)?:$/.test(protocol) && pathname.length > 1;
}

const urlMend = 'write postgres://user@host:port/database';
export const urlForm = z.string({ error: urlMend }).refine(isPostgresUrl, { error: urlMend });

const placeForm = z.union(
  [z.strictObject({ file: z.string().min(1) }), z.strictObject({ env: z.string().min(1) })],
  { error: 'write { file: path } or { env: NAME }; a key itself is never written here' },
);

const keysForms = {
  folder: strictForm({ folder: textForm('name the folder of the keys') }),
  each: strictForm({
    enrolment: placeForm,
    kek: placeForm,
    indexRoot: placeForm,
    mask: placeForm,
    cursor: placeForm,
  }),
};

/** Keys of encrypted columns by their names, as `@encrypted` gives them. */
const encryptionForm = z.record(
  z.string(),
  strictForm({
    current: placeForm,
    old: z.array(placeForm, { error: 'write a list: [{ env: NAME }]' }).default([]),
  }),
  { error: 'write a map: each key by its name' },
);

const sourceForm = strictForm({
  url: urlForm,
  tls: databaseTlsForm.optional(),
  pool: integerForm(1, 1000).default(10),
  queue: integerForm(0, 100_000).optional(),
  statementTimeout: timeForm.default(5000),
  connectTimeout: timeForm.default(5000),
  acceptParameterLogging: z.boolean({ error: 'write true or false' }).default(false),
});

const documentsForm = strictForm({
  file: textForm('name the manifest that cordon documents build has made'),
  required: z
    .union([z.literal('all'), z.array(z.string().min(1))], {
      error: 'write all, or a list of roles: [frontend]',
    })
    .default([]),
});

/** Node would have to read more than 16 kB of headers for a larger one. */
const tokenSizeForm = sizeForm.refine((bytes) => bytes <= 65_536, { error: 'write a size up to 64KiB' });

const addressMend = 'write a list of addresses and networks: [10.0.0.0/8]';
const originMend = 'write a list of origins: [https://app.example.com]';
const originForm = z
  .string({ error: originMend })
  .refine((text) => URL.canParse(text) && new URL(text).origin === text, { error: originMend });

const limitsForm = strictForm({
  ...callerLimitsShape,
  token: tokenSizeForm.optional(),
  viewCache: sizeForm.optional(),
  inFlight: countForm.optional(),
  sendTime: timeForm.optional(),
  unsent: sizeForm.optional(),
  loopDelay: timeForm.optional(),
});

const metricsForm = strictForm({
  host: textForm('write an address such as 127.0.0.1').default('127.0.0.1'),
  port: portForm.default(9464),
});

const tracingForm = strictForm({
  parents: z.literal('trustedProxies', { error: 'write trustedProxies, or leave it out' }).optional(),
});

/** @param keys how the keys are written, since of two forms the problems of one only are of use */
function formWith<Keys extends z.ZodType>(keys: Keys) {
  return strictForm({
    listen: strictForm({
      host: textForm('write an address such as 127.0.0.1').default('127.0.0.1'),
      port: portForm.default(4000),
      tls: strictForm({
        cert: textForm('name the file of the certificate, in PEM'),
        key: textForm('name the file of its key, in PEM'),
      }).optional(),
      trustedProxies: z
        .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], { error: addressMend }), {
          error: addressMend,
        })
        .optional(),
      origins: z.array(originForm, { error: originMend }).optional(),
    }).prefault({}),
    workers: workersForm.default(1),
    schema: textForm('name the folder of the annotated SDL'),
    policy: textForm('name the policy file'),
    sources: z.record(z.string(), sourceForm, { error: 'write a map: each source by its name' }),
    control: strictForm({ url: urlForm, tls: databaseTlsForm.optional() }),
    keys,
    encryption: encryptionForm.default({}),
    ledger: strictForm({ folder: textForm('name a folder of this gateway alone') }),
    issuers: z.array(issuerConfigSchema, { error: 'write a list of issuers' }).default([]),
    documents: documentsForm.optional(),
    limits: limitsForm.prefault({}),
    metrics: metricsForm.optional(),
    tracing: tracingForm.optional(),
  });
}

/** Keys in one folder, or each in its own place. */
const configForms = { folder: formWith(keysForms.folder), each: formWith(keysForms.each) };

export type WrittenConfig = z.output<(typeof configForms)['folder' | 'each']>;

/** The form that this configuration means to have. */
export function configFormFor(value: unknown): z.ZodType<WrittenConfig> {
  const { keys } = (value ?? {}) as { keys?: unknown };
  return typeof keys === 'object' && keys !== null && 'folder' in keys
    ? configForms.folder
    : configForms.each;
}
