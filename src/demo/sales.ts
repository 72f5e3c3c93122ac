import { granted, kept, type DemoDatabase, type DemoTable } from './table.js';

/** 24 kinds in 10 makes, whatever the size. */
const product: DemoTable = {
  name: 'product',
  comment: 'What we sell.',
  columns: {
    product_id: granted('int4 NOT NULL', 'Key.'),
    sku: granted('text NOT NULL', 'Number in the catalogue.'),
    name: granted('text NOT NULL', 'Name in the catalogue.'),
    category: granted('text NOT NULL', 'Chapter of the catalogue.'),
    weight_grams: granted('int4', 'Shipping weight; null where it is sold by the metre.'),
    list_price: granted('numeric(12,2) NOT NULL', 'Price before any discount, in EUR.'),
    unit_cost: granted('numeric(12,2) NOT NULL', 'What one costs us, in EUR.'),
    supplier_name: granted('text NOT NULL', 'Who makes it for us.'),
    discontinued_on: granted('date', 'Last day it was offered; null while it is.'),
    supplier_contract: kept('text NOT NULL', 'Contract number with the supplier.'),
  },
  identity: 'product_id',
  rows: `
    SELECT id, upper(left(category, 2)) || '-' || 1000 + id, label || ' ' || make, category,
      CASE WHEN category <> 'Cables' THEN 20 + draw(id, 'weight', 9000) END,
      price, round(price * (42 + draw(id, 'cost', 27)) / 100, 2),
      pick(ARRAY['Aoyama Seiki','Baltic Castings','Cantera Metals','Drava Precision','Elbe Forge','Fjord Polymers',
        'Guangda Works','Harada Bearings','Istria Valves','Jutland Motors','Kaveri Components','Lugano Sensors'],
        id, 'supplier'),
      CASE WHEN draw(id, 'discontinued', 20) = 0 THEN date '2024-06-30' + draw(id, 'last day', 700) END,
      'C-' || lpad(draw(id, 'contract', 100000)::text, 5, '0')
    FROM (VALUES
        (0, 'Deep-groove bearing', 'Bearings', 18), (1, 'Angular bearing', 'Bearings', 34),
        (2, 'Linear guide', 'Bearings', 140), (3, 'Hex bolt set', 'Fasteners', 9),
        (4, 'Lock nut set', 'Fasteners', 7), (5, 'Ball valve', 'Valves', 62), (6, 'Check valve', 'Valves', 48),
        (7, 'Solenoid valve', 'Valves', 115), (8, 'Gear pump', 'Pumps', 480), (9, 'Vane pump', 'Pumps', 640),
        (10, 'Dosing pump', 'Pumps', 910), (11, 'Pressure sensor', 'Sensors', 88),
        (12, 'Proximity sensor', 'Sensors', 45), (13, 'Flow meter', 'Sensors', 370),
        (14, 'Servo motor', 'Drives', 720), (15, 'Stepper motor', 'Drives', 210),
        (16, 'Frequency converter', 'Drives', 560), (17, 'Shaft seal', 'Seals', 14),
        (18, 'O-ring kit', 'Seals', 22), (19, 'Control cable', 'Cables', 4), (20, 'Power cable', 'Cables', 11),
        (21, 'Round connector', 'Connectors', 27), (22, 'Terminal block', 'Connectors', 16),
        (23, 'Oil filter', 'Filters', 38)
      ) AS kind (kind_no, label, category, base_price),
      (VALUES (0, 'Mini', 60), (1, 'Compact', 80), (2, 'Standard', 100), (3, 'Plus', 125), (4, 'Heavy', 160),
        (5, 'XL', 190), (6, 'Stainless', 220), (7, 'High-Temp', 240), (8, 'Marine', 275), (9, 'ATEX', 340)
      ) AS make (make_no, make, percent),
      LATERAL (SELECT 1 + kind_no * 10 + make_no AS id),
      LATERAL (SELECT round(base_price * percent * (90 + draw(id, 'list price', 21)) / 10000.0, 2) AS price)
    ORDER BY id`,
  constraints: [
    'PRIMARY KEY (product_id)',
    'UNIQUE (sku)',
    'CHECK (list_price > 0)',
    'CHECK (unit_cost > 0)',
  ],
  references: {},
  indexes: ['(category, product_id)', '(name, product_id)'],
};

/** Twelve for those who buy most, six for the middle, one for a third of the small. */
const priceAgreement: DemoTable = {
  name: 'price_agreement',
  comment: 'Prices that one customer has negotiated for one product.',
  columns: {
    price_agreement_id: granted('int4 NOT NULL', 'Key.'),
    customer_id: granted('int4 NOT NULL', 'Customer of `crm`.'),
    account_id: granted('int4 NOT NULL', 'Account of `crm` that serves the customer; row rules compare it.'),
    product_id: granted('int4 NOT NULL', 'Product.'),
    discount_percent: granted('numeric(5,2) NOT NULL', 'Off the list price.'),
    agreed_price: granted('numeric(12,2) NOT NULL', 'What one costs the customer, in EUR.'),
    valid_from: granted('date NOT NULL', 'First day.'),
    valid_to: granted('date', 'Last day; null while it has none.'),
  },
  identity: 'price_agreement_id',
  rows: `
    SELECT (row_number() OVER (ORDER BY customer_id, slot))::int4, customer_id, account_of(customer_id), product_id,
      discount, round(list_price * (100 - discount) * 0.01, 2), valid_from,
      CASE WHEN draw(seed, 'valid to', 3) > 0 THEN valid_from + 365 + draw(seed, 'valid for', 700) END
    FROM generate_series(1, 2000 * blocks()) AS customer_id
      CROSS JOIN LATERAL (SELECT CASE WHEN rank_of(customer_id) < 100 THEN 12 WHEN rank_of(customer_id) < 600 THEN 6
        ELSE (draw(customer_id, 'has agreement', 3) = 0)::int4 END AS slots)
      CROSS JOIN generate_series(1, slots) AS slot
      CROSS JOIN LATERAL (SELECT customer_id * 16 + slot AS seed)
      CROSS JOIN LATERAL (SELECT 4 + draw(seed, 'discount', 45) * 0.5 AS discount,
        date '2024-01-01' + draw(seed, 'valid from', 700) AS valid_from)
      JOIN sales.product ON product_id = usual_product(customer_id, slot)`,
  constraints: [
    'PRIMARY KEY (price_agreement_id)',
    'UNIQUE (customer_id, product_id)',
    'CHECK (discount_percent BETWEEN 0 AND 100)',
    'CHECK (valid_to >= valid_from)',
  ],
  references: { product_id: 'product' },
  indexes: ['(customer_id, price_agreement_id)', '(product_id, price_agreement_id)', '(account_id)'],
};

/** One to five an order, half of the orders for what the customer usually buys. Orders take their totals from it. */
const orderLine: DemoTable = {
  name: 'order_line',
  comment: 'What was ordered.',
  columns: {
    order_id: granted('int4 NOT NULL', 'Order.'),
    line_no: granted('int4 NOT NULL', 'Line of the order, from 1.'),
    product_id: granted('int4 NOT NULL', 'Product.'),
    quantity: granted('int4 NOT NULL', 'How many.'),
    discount_percent: granted(
      'numeric(5,2)',
      'Off the list price; null where a price agreement gave the price.',
    ),
    unit_price: granted('numeric(12,2) NOT NULL', 'What one cost the customer, in EUR.'),
    margin: granted('numeric(14,2) NOT NULL', 'What the line earned us over cost, in EUR.'),
  },
  identity: null,
  rows: `
    SELECT order_id, line_no, product_id, quantity, CASE WHEN agreed_price IS NULL THEN discount END, unit_price,
      round((unit_price - unit_cost) * quantity, 2)
    FROM (SELECT order_id, customer_of(order_id) AS customer_id, draw(order_id, 'usual', 2) AS usual,
          draw(order_id, 'slot', 8) AS slot
        -- OFFSET keeps the planner from working these out once a line and use.
        FROM generate_series(1, 20000 * blocks()) AS order_id OFFSET 0)
      CROSS JOIN LATERAL (SELECT rank_of(customer_id) AS rank)
      CROSS JOIN LATERAL (SELECT 0.5 * CASE WHEN rank < 100 THEN 20 + draw(order_id, 'discount', 25)
        WHEN rank < 600 THEN 6 + draw(order_id, 'discount', 20) ELSE draw(order_id, 'discount', 9) END AS discount)
      CROSS JOIN generate_series(1, 1 + order_id * 3 % 5) AS line_no
      CROSS JOIN LATERAL (SELECT CASE usual WHEN 0 THEN usual_product(customer_id, slot + line_no)
        ELSE usual_product(order_id, line_no) END AS ordered_product)
      JOIN sales.product ON product_id = ordered_product
      LEFT JOIN (SELECT customer_id AS for_customer, product_id AS for_product, agreed_price, valid_from, valid_to
          FROM sales.price_agreement) AS agreement
        ON for_customer = customer_id AND for_product = ordered_product
          AND ordered_on(order_id) BETWEEN valid_from AND coalesce(valid_to, 'infinity')
      CROSS JOIN LATERAL (SELECT
        1 + draw_few(order_id * 8 + line_no, 'quantity', 40) * CASE WHEN rank < 100 THEN 5 ELSE 1 END AS quantity,
        coalesce(agreed_price, round(list_price * (100 - discount) * 0.01, 2)) AS unit_price)
    ORDER BY order_id, line_no`,
  constraints: ['PRIMARY KEY (order_id, line_no)', 'CHECK (quantity > 0)'],
  references: { order_id: 'orders', product_id: 'product' },
  indexes: ['(product_id, order_id, line_no)'],
};

/** Numbered in the order of their time, about nineteen a day until 31 October 2026. */
const orders: DemoTable = {
  name: 'orders',
  comment: 'What customers ordered, and when.',
  columns: {
    order_id: granted('int4 NOT NULL', 'Key.'),
    order_number: granted('text NOT NULL', 'Number on paper.'),
    customer_id: granted('int4 NOT NULL', 'Customer of `crm`.'),
    account_id: granted('int4 NOT NULL', 'Account of `crm` that serves the customer; row rules compare it.'),
    status: granted('text NOT NULL', 'open, packed, shipped or cancelled.'),
    ordered_at: granted('timestamptz NOT NULL', 'When it came in.'),
    shipped_on: granted('date', 'Day it left; null until then.'),
    purchase_reference: granted('text', "The customer's own number for it."),
    total_amount: granted('numeric(14,2) NOT NULL', 'Sum of the lines, in EUR.'),
  },
  identity: 'order_id',
  rows: `
    SELECT order_id, 'SO-' || extract(year FROM ordered_on(order_id)) || '-' || lpad(order_id::text, 7, '0'),
      customer_id, account_of(customer_id), status,
      ordered_on(order_id)::timestamptz + make_interval(hours => 7,
        secs => place * 1034 % 20000 * 39600 / 20000 + draw(order_id, 'second', 2000)),
      CASE status WHEN 'shipped' THEN ordered_on(order_id) + 1 + draw(order_id, 'shipped', 9) END,
      CASE WHEN draw(order_id, 'has reference', 4) > 0 THEN 'PO' || 100000 + draw(order_id, 'reference', 900000) END,
      total
    FROM (SELECT order_id, sum(quantity * unit_price) AS total FROM sales.order_line GROUP BY order_id)
      CROSS JOIN LATERAL (SELECT (order_id - 1) % 20000 AS place, customer_of(order_id) AS customer_id)
      CROSS JOIN LATERAL (SELECT CASE WHEN draw(order_id, 'cancelled', 33) = 0 THEN 'cancelled'
        WHEN place >= 19800 THEN 'open' WHEN place >= 19500 THEN 'packed' ELSE 'shipped' END AS status)
    ORDER BY order_id`,
  constraints: [
    'PRIMARY KEY (order_id)',
    'UNIQUE (order_number)',
    `CHECK (status IN ('open', 'packed', 'shipped', 'cancelled'))`,
  ],
  references: {},
  indexes: [
    '(customer_id, ordered_at, order_id)',
    '(customer_id, order_id)',
    '(account_id, order_id)',
    '(ordered_at, order_id)',
  ],
};

/** One for every fifth order, made out some days before it; six in ten were accepted, the latest are open. */
const quote: DemoTable = {
  name: 'quote',
  comment: 'Offers made to customers.',
  columns: {
    quote_id: granted('int4 NOT NULL', 'Key.'),
    quote_number: granted('text NOT NULL', 'Number on paper.'),
    customer_id: granted('int4 NOT NULL', 'Customer of `crm`.'),
    account_id: granted('int4 NOT NULL', 'Account of `crm` that serves the customer; row rules compare it.'),
    order_id: granted('int4', 'Order it led to; null where it led to none.'),
    status: granted('text NOT NULL', 'open, accepted, rejected or expired.'),
    quoted_on: granted('date NOT NULL', 'Day it was made.'),
    valid_until: granted('date NOT NULL', 'Last day it binds us.'),
    discount_percent: granted('numeric(5,2) NOT NULL', 'Off the list prices.'),
    total_amount: granted('numeric(14,2) NOT NULL', 'Sum offered, in EUR.'),
    win_percent: granted(
      'int4',
      'How likely it is accepted, as the account manager sees it; null once decided.',
    ),
  },
  identity: 'quote_id',
  rows: `
    SELECT id, 'QU-' || extract(year FROM quoted_on) || '-' || lpad(id::text, 6, '0'), customer_id, account_id,
      CASE decision WHEN 'accepted' THEN order_id END, decision, quoted_on, quoted_on + 30,
      draw(id, 'discount', 41) * 0.5,
      CASE decision WHEN 'accepted' THEN total_amount
        ELSE round(total_amount * (95 + draw(id, 'other total', 30)) / 100, 2) END,
      CASE decision WHEN 'open' THEN 10 + 5 * draw(id, 'win', 17) END
    FROM generate_series(1, 4000 * blocks()) AS id
      JOIN sales.orders ON order_id = id * 5 - draw(id, 'order', 5)
      CROSS JOIN LATERAL (SELECT ordered_on(order_id) - 3 - draw(id, 'quoted', 25) AS quoted_on,
        draw(id, 'decision', 10) AS luck)
      CROSS JOIN LATERAL (SELECT CASE WHEN (order_id - 1) % 20000 >= 19500 THEN 'open' WHEN luck < 6 THEN 'accepted'
        WHEN luck < 9 THEN 'rejected' ELSE 'expired' END AS decision)
    ORDER BY id`,
  constraints: [
    'PRIMARY KEY (quote_id)',
    'UNIQUE (quote_number)',
    `CHECK (status IN ('open', 'accepted', 'rejected', 'expired'))`,
    'CHECK (win_percent BETWEEN 0 AND 100)',
  ],
  references: { order_id: 'orders' },
  indexes: [
    '(customer_id, quoted_on, quote_id)',
    '(customer_id, quote_id)',
    '(account_id, quote_id)',
    '(order_id)',
  ],
};

/** One for each order that was shipped, two for every twentieth. Some are paid late, and some not at all. */
const invoice: DemoTable = {
  name: 'invoice',
  comment: 'What customers owe for what was shipped.',
  columns: {
    invoice_id: granted('int4 NOT NULL', 'Key.'),
    invoice_number: granted('text NOT NULL', 'Number on paper.'),
    order_id: granted('int4 NOT NULL', 'Order.'),
    amount: granted('numeric(14,2) NOT NULL', 'Sum owed, in EUR.'),
    issued_on: granted('date NOT NULL', 'Day it was made.'),
    due_date: granted('date NOT NULL', 'Last day to pay.'),
    paid_at: granted('timestamptz', 'When it was paid in full; null until then.'),
    dunning_note: kept('text', 'What accounting wrote down about a late payment.'),
  },
  identity: 'invoice_id',
  rows: `
    SELECT (row_number() OVER numbering)::int4,
      'IN-' || extract(year FROM issued_on) || '-' || lpad((row_number() OVER numbering)::text, 7, '0'),
      order_id,
      CASE part WHEN 1 THEN total_amount - (parts - 1) * round(total_amount / 2, 2) ELSE round(total_amount / 2, 2) END,
      issued_on, issued_on + terms,
      CASE WHEN draw(seed, 'unpaid', 25) > 0 AND paid_on <= date '2026-10-31'
        THEN paid_on::timestamptz + make_interval(hours => 8, secs => draw(seed, 'paid second', 32400)) END,
      CASE WHEN paid_on > issued_on + terms + 10 THEN 'Reminded by telephone.' END
    FROM sales.orders
      CROSS JOIN LATERAL (SELECT 1 + (draw(order_id, 'parts', 20) = 0)::int4 AS parts)
      CROSS JOIN generate_series(1, parts) AS part
      CROSS JOIN LATERAL (SELECT order_id * 2 + part AS seed, shipped_on + 2 * part AS issued_on,
        (ARRAY[14, 30, 30, 45, 60])[1 + draw(customer_id, 'terms', 5)] AS terms)
      CROSS JOIN LATERAL (SELECT issued_on + 3 + draw(seed, 'paid', terms + 15) AS paid_on)
    WHERE status = 'shipped'
    WINDOW numbering AS (ORDER BY order_id, part)`,
  constraints: ['PRIMARY KEY (invoice_id)', 'UNIQUE (invoice_number)', 'CHECK (due_date >= issued_on)'],
  references: { order_id: 'orders' },
  indexes: ['(order_id, invoice_id)', '(due_date, invoice_id)'],
};

/** What was offered, agreed, sold and billed. Customers and accounts are those of `crm`, by number. */
export const sales: DemoDatabase = {
  name: 'sales',
  comment: 'Sales of Halden Components.',
  enums: {},
  tables: [product, priceAgreement, orderLine, orders, quote, invoice],
};
