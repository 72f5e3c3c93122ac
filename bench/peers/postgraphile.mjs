// PostGraphile as its documentation has it: the amber preset in library mode over node:http, without watching and the
// explorer. Statements are prepared, which is its default. No token, no checks, no masks, no audit.
import { createServer } from 'node:http';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { answering, settings } from './contender.mjs';

const { host, port, user, database } = settings.reader;

/** @type {GraphileConfig.Preset} */
const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      schemas: ['shop'],
      poolConfig: { host, port, user, database, max: settings.poolSize },
      pubsub: false,
    }),
  ],
  // Lists beside connections: nobody who needs no cursor pays for one.
  schema: { defaultBehavior: '+list' },
  gather: { installWatchFixtures: false },
  grafserv: { graphqlPath: '/graphql', watch: false, graphiql: false, websockets: false },
  grafast: { explain: false },
};

const server = createServer();
await postgraphile(preset).createServ(grafserv).addTo(server);

/** What its cursors hold before the key, so that a page can begin behind any: its own way to go on, and the fastest. */
async function cursorOfAny(port) {
  const query = '{ allCustomers(first: 1) { edges { cursor } } }';
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data } = await response.json();
  const parts = JSON.parse(Buffer.from(data.allCustomers.edges[0].cursor, 'base64').toString());
  return parts.slice(0, -1);
}

server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  answering(port, { cursor: await cursorOfAny(port) });
});
