import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configuredGateway } from './configured.js';
import { run } from './command.js';

/** Secrets that leave by another way than the field that marks them, as `cordon check` finds them in real databases. */

const tables = `
  create table customer (id int primary key, name text, credit numeric(12, 2), rating int,
    lower_name text generated always as (lower(name)) stored,
    double_credit numeric(12, 2) generated always as (credit * 2) stored,
    half_credit numeric(12, 2) generated always as (credit / 2) stored) partition by range (id);
  create table export partition of customer for values from (1) to (1000);
  create view spread as select id, double_credit + rating as spread, rating from customer;
  create view of_spread as select spread as again from spread;
  create view tame as select id, rating, count(*) over () as n from customer;
  create view unseen as select name from customer;
`;
const sdl = `
  type Customer @table(source: crm, name: "customer") {
    id: ID! @open
    name: String @tradeSecret(class: relationship, mask: { pseudonym: true })
    credit: Decimal @tradeSecret(class: pricing, mask: { bucket: "1000" })
    rating: Int @open
    lowerName: String @tradeSecret(class: pricing, mask: { pseudonym: true })
    doubleCredit: Decimal @open
    halfCredit: Decimal @tradeSecret(class: pricing, mask: { bucket: "1000" })
  }
  type Export @table(source: crm, name: "export") {
    id: ID! @open
    name: String @tradeSecret(class: relationship, mask: { partial: { keepEnd: 2 } })
    credit: Decimal @tradeSecret(class: pricing, mask: { nullify: true })
    rating: Int @open
  }
`;
const policy = `
classes: { relationship: { title: Who they are }, pricing: { title: What they pay } }
roles: { manager: { rows: all, clear: [relationship, pricing] } }
`;

test('a secret that a generated column, a partition or a view gives away is a warning with its path', async () => {
  const prepared = await configuredGateway({ sources: { crm: tables }, sdl, policy });
  try {
    const crm = prepared.sources.get('crm')!;
    const reader = `reader_of_${crm.name}`;
    await crm.query(
      `create role "${reader}" login; grant select on customer, export, spread, tame to "${reader}"`,
    );
    const config = { ...crm.config, user: reader };
    const url = `postgres://${reader}@localhost:${config.port}/${config.database}?host=${encodeURIComponent(config.host)}`;
    const file = join(prepared.folder, 'cordon.yaml');
    await writeFile(
      file,
      (await readFile(file, 'utf8')).replace(/crm: \{ url: "[^"]*" \}/, `crm: { url: "${url}" }`),
    );
    const finished = await run(['check', '--json'], { cwd: prepared.folder });
    await crm.query(`drop owned by "${reader}"; drop role "${reader}"`);
    expect(finished.stderr).toBe('');
    const { problems, warnings } = JSON.parse(finished.stdout) as {
      problems: unknown[];
      warnings: { line: number; code: string; message: string }[];
    };
    expect(problems).toEqual([]);
    const found = warnings.filter(({ code }) => code.startsWith('SECRET_'));
    expect(found.map(({ line, code, message }) => [line, code, message.replace(/\. .*/, '')])).toEqual([
      [5, 'SECRET_IN_VIEW', 'spread.spread comes from customer.credit, which Customer.credit marks pricing'],
      [
        7,
        'SECRET_BY_ANOTHER_WAY',
        'customer.lower_name comes from customer.name, which Customer.name marks relationship; Customer.lowerName marks it pricing',
      ],
      [
        8,
        'SECRET_BY_ANOTHER_WAY',
        'customer.double_credit comes from customer.credit, which Customer.credit marks pricing; Customer.doubleCredit gives it to everyone',
      ],
      [
        13,
        'SECRET_BY_ANOTHER_WAY',
        'export.name comes from customer.name, which Customer.name marks relationship; Export.name masks it by partial rather than by pseudonym',
      ],
    ]);
  } finally {
    await prepared.dispose();
  }
});
