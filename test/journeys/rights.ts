import type { TestCaller } from '../support/gateway.js';
import type { Stored, StoredRow } from './stored.js';

/**
 * Who may see what of which row, said once more and by hand: by walking through the rows, not by reading policy.yaml or
 * @rows. The tests hold every response to it.
 */

export type Decision = 'CLEAR' | 'MASKED' | 'DENIED' | 'HIDDEN';

type Key = 'country' | 'customer' | 'seller' | 'rep' | 'listener';
type Class = 'relationship' | 'contact' | 'pricing' | 'supply' | 'curation' | 'hr' | 'identity';

/** Whoever is asked for: the values by which a row may belong to the caller, each key's. */
type Own = Partial<Readonly<Record<Key, readonly string[]>>>;

/** One decision for all rows, or `CLEAR` on own rows and another elsewhere. */
type Grant = Decision | { readonly clearOn: Own; readonly otherwise: Decision };

interface Role {
  /** Null: every row. */
  readonly rows: Own | null;
  /** What is not named is hidden. */
  readonly classes: Partial<Readonly<Record<Class, Grant>>>;
}

/** Types that belong to everyone. */
const shared: ReadonlySet<string> = new Set([
  ...['CustomerDemographic', 'Shipper', 'Product', 'Category', 'Territory', 'Region', 'UsState', 'Campaign'],
  ...['Artist', 'Album', 'Track', 'Genre', 'MediaType', 'Playlist', 'PlaylistTrack'],
]);

/** Types that are secret as such. */
const typeClasses: Readonly<Record<string, Class>> = {
  Supplier: 'supply',
  Playlist: 'curation',
  PlaylistTrack: 'curation',
};

type Owner = (row: StoredRow) => string | null;
type Owners = Readonly<Record<Key, Readonly<Record<string, Owner>>>>;

/** Whose a row is, by each key; what is not named belongs to nobody. */
function ownersIn(stored: Stored): Owners {
  const column =
    (name: string): Owner =>
    (row) =>
      row[name] ?? null;
  /** The owner of the record that a column leads to. */
  const through =
    (type: string, from: string, to: string, owner: Owner): Owner =>
    (row) => {
      const found = stored.find(type, to, row[from] ?? null);
      return found === null ? null : owner(found);
    };
  const ofCustomer = (owner: Owner) => through('Customer', 'customer_id', 'customer_id', owner);
  const ofOrder = (owner: Owner) => through('Order', 'order_id', 'order_id', owner);
  const ofShopCustomer = (owner: Owner) => through('ShopCustomer', 'customer_id', 'customer_id', owner);
  const ofInvoice = (owner: Owner) => through('Invoice', 'invoice_id', 'invoice_id', owner);
  const country = column('country');
  const customer = column('customer_id');
  const employee = column('employee_id');
  const rep = column('support_rep_id');
  return {
    country: {
      Customer: country,
      CustomerDemographicLink: ofCustomer(country),
      Order: ofCustomer(country),
      OrderDetail: ofOrder(ofCustomer(country)),
      Supplier: country,
      ShopCustomer: country,
      Invoice: ofShopCustomer(country),
      InvoiceLine: ofInvoice(ofShopCustomer(country)),
    },
    customer: {
      Customer: customer,
      CustomerDemographicLink: customer,
      Order: customer,
      OrderDetail: ofOrder(customer),
    },
    seller: {
      Order: employee,
      OrderDetail: ofOrder(employee),
      Employee: employee,
      EmployeeTerritory: employee,
      Secondment: employee,
    },
    rep: {
      ShopCustomer: rep,
      Invoice: ofShopCustomer(rep),
      InvoiceLine: ofInvoice(ofShopCustomer(rep)),
      ShopEmployee: employee,
    },
    listener: { ShopCustomer: customer, Invoice: customer, InvoiceLine: ofInvoice(customer) },
  };
}

const allClasses = (decision: Decision): Record<Class, Decision> => ({
  relationship: decision,
  contact: decision,
  pricing: decision,
  supply: decision,
  curation: decision,
  hr: decision,
  identity: decision,
});

/** What a role gives this caller, conditions included. */
function roleOf(name: string, caller: TestCaller): Role {
  const { subject = '', regions = [], accounts = [] } = caller;
  const payroll = caller.headers?.['Cordon-Purpose'] === 'payroll';
  switch (name) {
    case 'director':
      return {
        rows: null,
        classes: {
          ...allClasses('CLEAR'),
          hr: payroll ? 'CLEAR' : 'DENIED',
          identity: caller.amr?.includes('mfa') === true ? 'CLEAR' : 'MASKED',
        },
      };
    case 'sales':
      return {
        rows: null,
        classes: {
          relationship: 'CLEAR',
          contact: 'CLEAR',
          pricing: { clearOn: { seller: [subject] }, otherwise: 'MASKED' },
          supply: 'MASKED',
          hr: payroll ? { clearOn: { seller: [subject] }, otherwise: 'DENIED' } : 'DENIED',
        },
      };
    case 'support':
      return {
        rows: null,
        classes: {
          relationship: 'MASKED',
          contact: { clearOn: { rep: [subject] }, otherwise: 'MASKED' },
          pricing: 'DENIED',
          curation: 'CLEAR',
        },
      };
    case 'analyst':
      return { rows: null, classes: allClasses('MASKED') };
    case 'partner':
      return { rows: { country: regions }, classes: { relationship: 'CLEAR', contact: 'MASKED' } };
    case 'buyer':
      return {
        rows: { customer: accounts },
        classes: { relationship: 'CLEAR', contact: 'CLEAR', pricing: 'CLEAR' },
      };
    case 'listener':
      return {
        rows: { listener: accounts },
        classes: { relationship: 'CLEAR', contact: 'CLEAR', pricing: 'CLEAR' },
      };
    case 'market':
      return {
        rows: { country: ['Germany', 'Austria', 'Switzerland'] },
        classes: { pricing: 'CLEAR' },
      };
    case 'fieldwork':
      return {
        rows: { country: regions, seller: [subject] },
        classes: { relationship: 'CLEAR', pricing: 'CLEAR' },
      };
    default:
      throw new Error(`no role ${name}`);
  }
}

const order: readonly Decision[] = ['HIDDEN', 'DENIED', 'MASKED', 'CLEAR'];
const best = (decisions: readonly Decision[]): Decision =>
  decisions.reduce((a, b) => (order.indexOf(a) > order.indexOf(b) ? a : b), 'HIDDEN');

/** What a caller is to see: of each cell what the best single role gives that sees the row. */
export class Rights {
  readonly #roles: readonly Role[];
  readonly #owners: Owners;

  constructor(caller: TestCaller, stored: Stored) {
    this.#roles = caller.roles.map((name) => roleOf(name, caller));
    this.#owners = ownersIn(stored);
  }

  /** Whether the type is in the caller's schema. */
  knows(type: string): boolean {
    return this.#roles.some((role) => this.#knows(role, type));
  }

  /** Whether a field of the class (null for open) is in the caller's schema. */
  shows(type: string, secretClass: string | null): boolean {
    return this.#roles.some((role) => {
      if (!this.#knows(role, type)) return false;
      const grant = grantOf(role, secretClass);
      if (typeof grant === 'string') return grant !== 'HIDDEN';
      return grant.otherwise !== 'HIDDEN' || this.#isBound(grant.clearOn, type);
    });
  }

  sees(type: string, row: StoredRow): boolean {
    return this.#roles.some((role) => this.#sees(role, type, row));
  }

  /** What becomes of a cell in a row that the caller sees. */
  cell(type: string, secretClass: string | null, row: StoredRow): Decision {
    return best(
      this.#roles.map((role) => {
        if (!this.#sees(role, type, row)) return 'HIDDEN';
        const grant = grantOf(role, secretClass);
        if (typeof grant === 'string') return grant;
        return this.#owns(grant.clearOn, type, row) ? 'CLEAR' : grant.otherwise;
      }),
    );
  }

  #knows(role: Role, type: string): boolean {
    const typeClass = typeClasses[type];
    if (typeClass !== undefined && role.classes[typeClass] === undefined) return false;
    return role.rows === null || this.#isBound(role.rows, type);
  }

  #sees(role: Role, type: string, row: StoredRow): boolean {
    return this.#knows(role, type) && (role.rows === null || this.#owns(role.rows, type, row));
  }

  #isBound(own: Own, type: string): boolean {
    return shared.has(type) || Object.keys(own).every((key) => type in this.#owners[key as Key]);
  }

  #owns(own: Own, type: string, row: StoredRow): boolean {
    if (shared.has(type)) return true;
    return Object.entries(own).every(([key, values]) => {
      const owner = this.#owners[key as Key][type]?.(row) ?? null;
      return owner !== null && values.includes(owner);
    });
  }
}

function grantOf({ classes }: Role, secretClass: string | null): Grant {
  return secretClass === null ? 'CLEAR' : (classes[secretClass as Class] ?? 'HIDDEN');
}
