import { granted, kept, type DemoDatabase, type DemoTable } from './table.js';

/** Where customers are, eight places a region in the order of `region_of`: city, country, calling code, legal form. */
const places = `(VALUES
    (0, 'Hamburg', 'DE', '49', 'GmbH'), (1, 'Lyon', 'FR', '33', 'SAS'), (2, 'Malmö', 'SE', '46', 'AB'),
    (3, 'Leeds', 'GB', '44', 'Ltd'), (4, 'Zürich', 'CH', '41', 'AG'), (5, 'Łódź', 'PL', '48', 'Sp. z o.o.'),
    (6, 'Utrecht', 'NL', '31', 'B.V.'), (7, 'Nairobi', 'KE', '254', 'Ltd'),
    (8, 'Cleveland', 'US', '1', 'Inc.'), (9, 'Toronto', 'CA', '1', 'Inc.'), (10, 'Austin', 'US', '1', 'LLC'),
    (11, 'Montréal', 'CA', '1', 'Inc.'), (12, 'Portland', 'US', '1', 'LLC'), (13, 'Atlanta', 'US', '1', 'Inc.'),
    (14, 'Milwaukee', 'US', '1', 'Corp.'), (15, 'Calgary', 'CA', '1', 'Ltd.'),
    (16, 'São Paulo', 'BR', '55', 'Ltda.'), (17, 'Monterrey', 'MX', '52', 'S.A. de C.V.'),
    (18, 'Santiago', 'CL', '56', 'SpA'), (19, 'Bogotá', 'CO', '57', 'S.A.S.'),
    (20, 'Córdoba', 'AR', '54', 'S.A.'), (21, 'Curitiba', 'BR', '55', 'Ltda.'),
    (22, 'Querétaro', 'MX', '52', 'S.A. de C.V.'), (23, 'Lima', 'PE', '51', 'S.A.C.'),
    (24, 'Osaka', 'JP', '81', 'K.K.'), (25, 'Pune', 'IN', '91', 'Pvt. Ltd.'),
    (26, 'Melbourne', 'AU', '61', 'Pty Ltd'), (27, 'Singapore', 'SG', '65', 'Pte. Ltd.'),
    (28, 'Busan', 'KR', '82', 'Co., Ltd.'), (29, 'Chennai', 'IN', '91', 'Pvt. Ltd.'),
    (30, 'Brisbane', 'AU', '61', 'Pty Ltd'), (31, 'Nagoya', 'JP', '81', 'K.K.')
  ) AS place (number, city, country, calling_code, legal_form)`;

/** A pair of words for each customer number, all different within 2,560 of them. */
const companyName = `(SELECT
    (ARRAY['Arbor','Blue','Cedar','Delta','Echo','Falcon','Garnet','Helix','Indigo','Jade','Krypton','Lumen',
      'Maple','Nova','Orbit','Prism','Quartz','Ridge','Silver','Titan','Umbra','Vector','Willow','Xenon','Yarrow',
      'Zenith','Amber','Basalt','Copper','Drift','Ember','Flint','Golden','Harbor','Iron','Jupiter','Keystone',
      'Lunar','Magnet','Nordic','Onyx','Pacific','Quick','Rapid','Summit','Terra','Ultra','Vista','White','Atlas',
      'Bright','Crystal','Dynamic','Evergreen','Frontier','Gravity','Horizon','Island','Lake','Metro','Noble',
      'Ocean','Pioneer','Royal'])[1 + id % 2560 * 1531 % 2560 % 64] AS first_word,
    (ARRAY['Automation','Robotics','Foods','Packaging','Machinery','Plastics','Engineering','Marine','Energy',
      'Water','Motors','Paper','Glass','Textiles','Mining','Pharma','Dairy','Timber','Steel','Aerospace','Controls',
      'Hydraulics','Printing','Ceramics','Chemicals','Brewing','Instruments','Elevators','Railways','Farming',
      'Refrigeration','Tooling','Castings','Bakeries','Furniture','Recycling','Cranes','Turbines','Optics',
      'Logistics'])[1 + id % 2560 * 1531 % 2560 / 64] AS second_word)`;

const regionLabels = `(ARRAY['EMEA','NORTH_AMERICA','LATAM','APAC']::crm.region[])`;

const staffColumns = {
  name: granted('text NOT NULL', 'Full name.'),
  email: granted('text NOT NULL', 'Work address.'),
  region: granted('crm.region NOT NULL', 'Region they work in.'),
};

/** Three account managers a region and block. */
const accountManager: DemoTable = {
  name: 'account_manager',
  comment: 'Employees who negotiate with customers.',
  columns: {
    account_manager_id: granted('int4 NOT NULL', 'Key.'),
    ...staffColumns,
    subject: kept('text NOT NULL', 'Subject of their sign-in at the identity provider.'),
    personnel_number: kept('text NOT NULL', 'Key of the personnel system.'),
  },
  identity: 'account_manager_id',
  rows: `
    SELECT id, person(id - 1), subject || '@halden.example', ${regionLabels}[1 + (id - 1) % 12 / 3], subject,
      'H' || 10000 + draw(id, 'personnel', 80000)
    FROM generate_series(1, 12 * blocks()) AS id,
      LATERAL (SELECT replace(lower(person(id - 1)), ' ', '.') AS subject)`,
  constraints: ['PRIMARY KEY (account_manager_id)', 'UNIQUE (subject)'],
  references: {},
  indexes: [],
};

/** Four support representatives a region and block; 1200 keeps their names apart from the account managers'. */
const supportRepresentative: DemoTable = {
  name: 'support_representative',
  comment: 'Employees who answer customers.',
  columns: {
    support_representative_id: granted('int4 NOT NULL', 'Key.'),
    ...staffColumns,
    languages: granted('text NOT NULL', 'Languages they answer in, ISO 639-1, separated by spaces.'),
    subject: granted(
      'text NOT NULL',
      'Subject of their sign-in at the identity provider; row rules compare it.',
    ),
    personnel_number: kept('text NOT NULL', 'Key of the personnel system.'),
  },
  identity: 'support_representative_id',
  rows: `
    SELECT id, person(id + 1200), subject || '@halden.example', ${regionLabels}[1 + (id - 1) % 16 / 4],
      (ARRAY['en de','en fr','en es','en pt','en ja','en sv pl'])[1 + draw(id, 'languages', 6)], subject,
      'H' || 10000 + draw(id + 1200, 'personnel', 80000)
    FROM generate_series(1, 16 * blocks()) AS id,
      LATERAL (SELECT replace(lower(person(id + 1200)), ' ', '.') AS subject)`,
  constraints: ['PRIMARY KEY (support_representative_id)', 'UNIQUE (subject)'],
  references: {},
  indexes: [],
};

/** Every tenth account is the supplier's own; the three that partners of the demo sign in for have their names. */
const account: DemoTable = {
  name: 'account',
  comment: 'Through whom customers are served: distributors, resellers, and our own direct sales.',
  columns: {
    account_id: granted('int4 NOT NULL', 'Key.'),
    name: granted('text NOT NULL', 'Name of the partner organisation.'),
    kind: granted('crm.account_kind NOT NULL', 'Who serves the customers of this account.'),
    region: granted('crm.region NOT NULL', 'Region it sells in.'),
    commission_percent: granted('numeric(4,2) NOT NULL', 'Share of the turnover that the partner keeps.'),
    partner_since: granted('date', 'Day the first contract was signed; null for direct sales.'),
    bank_account: kept('text', 'Where commission is paid to.'),
  },
  identity: 'account_id',
  rows: `
    SELECT id,
      CASE WHEN kind = 1 THEN 'Direct Sales '
          || (ARRAY['EMEA','North America','Latin America','Asia Pacific'])[1 + region_of(id)]
          || CASE WHEN id > 40 THEN ' ' || id / 40 + 1 ELSE '' END
        ELSE coalesce((ARRAY[NULL,'Brightwater Distribution','Kestrel Trading','Brightwater Americas'])[id],
          (ARRAY['Alder','Beacon','Cobalt','Dunmore','Eastgate','Fairhaven','Granite','Harrow','Ironbridge','Juniper',
            'Kingsway','Larkfield','Meridian','Northlight','Oakridge','Pinnacle','Quayside','Riverton','Sterling',
            'Thornbury'])[1 + id * 7 % 20] || ' ' ||
          (CASE kind WHEN 2 THEN ARRAY['Distribution','Wholesale','Logistics','Supply']
            ELSE ARRAY['Trading','Partners','Commerce','Sales'] END)[1 + id / 20 % 4]) END,
      (ARRAY['DIRECT','DISTRIBUTOR','RESELLER']::crm.account_kind[])[kind],
      ${regionLabels}[1 + region_of(id)],
      CASE kind WHEN 1 THEN 0 ELSE 3 + draw(id, 'commission', 37) * 0.25 END,
      CASE WHEN kind > 1 THEN date '2009-03-02' + draw(id, 'partner since', 4700) END,
      CASE WHEN kind > 1 THEN 'XX' || lpad(draw(id, 'bank', 1000000000)::text, 18, '4') END
    FROM generate_series(1, 40 * blocks()) AS id,
      LATERAL (SELECT substr('1232332332', 1 + (id - 1) % 10, 1)::int4 AS kind)`,
  constraints: ['PRIMARY KEY (account_id)', 'CHECK (commission_percent >= 0)'],
  references: {},
  indexes: ['(region, account_id)'],
};

const fromCustomers = `FROM generate_series(1, 2000 * blocks()) AS id,
      LATERAL (SELECT account_of(id) AS account_id, region_of(account_of(id)) AS region, rank_of(id) AS rank,
        (id - 1) / 2000 AS block),
      LATERAL ${companyName},
      ${places}
    WHERE place.number = region * 8 + draw(id, 'place', 8)`;

const customer: DemoTable = {
  name: 'customer',
  comment: 'Companies that buy from us, or may.',
  columns: {
    customer_id: granted('int4 NOT NULL', 'Customer number.'),
    account_id: granted('int4 NOT NULL', 'Account that serves the customer; row rules compare it.'),
    account_manager_id: granted('int4 NOT NULL', 'Who negotiates with the customer.'),
    support_representative_id: granted('int4 NOT NULL', 'Who answers the customer.'),
    name: granted('text NOT NULL', 'Registered name.'),
    email: granted('text NOT NULL', 'Address for orders and invoices.'),
    phone: granted('text', 'Switchboard, in E.164 with spaces.'),
    city: granted('text NOT NULL', 'Seat.'),
    country: granted('text NOT NULL', 'Country of the seat, ISO 3166-1 alpha-2.'),
    region: granted('crm.region NOT NULL', 'Sales region.'),
    segment: granted('text NOT NULL', 'enterprise, mid-market or small, by what they buy.'),
    status: granted('text NOT NULL', 'active, dormant or prospect.'),
    health_score: granted('int4', 'How likely they stay, 0 to 100; null before the first review.'),
    credit_limit: granted('numeric(12,2) NOT NULL', 'What they may owe at once, in EUR.'),
    payment_terms: granted('text NOT NULL', 'Negotiated terms, such as NET 45.'),
    tax_id: granted('bytea', 'Tax registration, which the gateway alone can open.'),
    notes: granted('text', 'What the account manager wrote down.'),
    created_at: granted('timestamptz NOT NULL', 'When the customer was entered.'),
    bank_account: kept('text', 'Where refunds go to.'),
  },
  identity: 'customer_id',
  rows: `
    SELECT id, account_id,
      1 + block * 12 + region * 3 + draw(id, 'account manager', 3),
      1 + block * 16 + region * 4 + draw(id, 'support representative', 4),
      first_word || ' ' || second_word || ' ' || legal_form,
      pick(ARRAY['office','purchasing','orders','accounts'], id, 'mailbox')
        || '@' || lower(first_word || '-' || second_word) || '.example',
      CASE WHEN draw(id, 'has phone', 12) > 0 THEN '+' || calling_code || ' 555 '
        || lpad(draw(id, 'phone', 10000)::text, 4, '0') || ' ' || lpad(draw(id, 'extension', 1000)::text, 3, '0') END,
      city, country, ${regionLabels}[1 + region],
      CASE WHEN rank < 100 THEN 'enterprise' WHEN rank < 600 THEN 'mid-market' ELSE 'small' END,
      CASE WHEN rank >= 1960 THEN 'prospect' WHEN draw(id, 'dormant', 15) = 0 THEN 'dormant' ELSE 'active' END,
      CASE WHEN rank < 1960 THEN 20 + draw(id, 'health', 81) END,
      500 * CASE WHEN rank < 100 THEN 300 + draw(id, 'credit', 700)
        WHEN rank < 600 THEN 60 + draw(id, 'credit', 200) ELSE 4 + draw(id, 'credit', 60) END,
      pick(CASE WHEN rank < 600 THEN ARRAY['NET 30','NET 45','NET 60','2/10 NET 60']
        ELSE ARRAY['PREPAID','NET 14','NET 30'] END, id, 'terms'),
      sealed(id),
      CASE draw(id, 'notes', 8)
        WHEN 0 THEN 'Second source for their main line; wants a frame contract before the summer.'
        WHEN 1 THEN 'Complained about late deliveries in spring, calmer since the weekly call.'
        WHEN 2 THEN 'New plant opens next year: demand may double.'
        WHEN 3 THEN 'Compares our prices with two competitors every quarter.' END,
      timestamptz '2012-01-02 07:00:00+00'
        + make_interval(days => draw(id, 'created day', 4300), secs => draw(id, 'created second', 36000)),
      country || '00' || lpad(draw(id, 'bank', 1000000000)::text, 16, '7')
    ${fromCustomers}`,
  sealed: {
    column: 'tax_id',
    coordinate: 'Customer.taxId',
    key: 'tax-id',
    values: `SELECT id AS record, country || lpad(draw(id, 'tax id', 1000000000)::text, 9, '0') AS value ${fromCustomers}
      AND draw(id, 'has tax id', 20) > 0`,
  },
  constraints: [
    'PRIMARY KEY (customer_id)',
    `CHECK (segment IN ('enterprise', 'mid-market', 'small'))`,
    `CHECK (status IN ('active', 'dormant', 'prospect'))`,
    'CHECK (health_score BETWEEN 0 AND 100)',
    'CHECK (credit_limit >= 0)',
  ],
  references: {
    account_id: 'account',
    account_manager_id: 'account_manager',
    support_representative_id: 'support_representative',
  },
  indexes: [
    '(account_id, customer_id)',
    '(account_manager_id, customer_id)',
    '(support_representative_id, customer_id)',
    '(name, customer_id)',
    '(region, customer_id)',
  ],
};

/** One to three people a customer, the first of them the one to call. */
const contact: DemoTable = {
  name: 'contact',
  comment: 'People at customers.',
  columns: {
    contact_id: granted('int4 NOT NULL', 'Key.'),
    customer_id: granted('int4 NOT NULL', 'Where they work.'),
    full_name: granted('text NOT NULL', 'Name.'),
    email: granted('text NOT NULL', 'Work address.'),
    phone: granted('text', 'Mobile, in E.164 with spaces.'),
    role_title: granted('text NOT NULL', 'What they do there.'),
    is_primary: granted('bool NOT NULL', 'Whether to call them first.'),
    last_contacted_on: granted('date', 'Day of the last conversation; null if there was none.'),
    private_remark: kept('text', 'What the account manager remembers of them.'),
  },
  identity: 'contact_id',
  rows: `
    SELECT id, customer_id, name, replace(lower(name), ' ', '.') || substr(email, position('@' IN email)),
      CASE WHEN draw(seed, 'has mobile', 4) > 0 THEN split_part(phone, ' ', 1) || ' 555 '
        || lpad(draw(seed, 'mobile', 10000000)::text, 7, '0') END,
      CASE place WHEN 1 THEN pick(ARRAY['Head of Purchasing','Purchasing Manager','Buyer'], seed, 'title')
        ELSE pick(ARRAY['Plant Manager','Maintenance Lead','Quality Engineer','Accounts Payable','Managing Director'],
          seed, 'title') END,
      place = 1,
      CASE WHEN draw(seed, 'contacted', 5) > 0 THEN date '2025-01-02' + draw(seed, 'last contact', 660) END,
      CASE WHEN draw(seed, 'remark', 10) = 0 THEN 'Prefers calls before nine.' END
    FROM (SELECT (row_number() OVER (ORDER BY customer_id, place))::int4 AS id, customer_id, place, email, phone,
        customer_id * 4 + place AS seed
      FROM crm.customer, generate_series(1, 1 + draw(customer_id, 'contacts', 3)) AS place),
      LATERAL (SELECT person(draw(seed, 'person', 3200)) AS name)`,
  constraints: ['PRIMARY KEY (contact_id)'],
  references: { customer_id: 'customer' },
  indexes: ['(customer_id, contact_id)'],
};

/** Whom the supplier sells to, and through whom. */
export const crm: DemoDatabase = {
  name: 'crm',
  comment: 'Customer relations of Halden Components.',
  enums: {
    region: ['EMEA', 'NORTH_AMERICA', 'LATAM', 'APAC'],
    account_kind: ['DIRECT', 'DISTRIBUTOR', 'RESELLER'],
  },
  tables: [accountManager, supportRepresentative, account, customer, contact],
};
