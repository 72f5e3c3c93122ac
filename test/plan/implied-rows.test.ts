import type { RelationField, TypeModel } from '../../src/model/index.js';
import { impliedByRowAbove } from '../../src/plan/implied-rows.js';
import type { RowCondition } from '../../src/policy/index.js';
import type { TypeAccess } from '../../src/view/index.js';
import { modelOf, openShop, type Databases } from './planning.js';

describe('a row rule is left out where the row above stands for it', () => {
  let databases: Databases;
  let types: ReadonlyMap<string, TypeModel>;
  beforeAll(async () => {
    databases = await openShop();
    ({ types } = modelOf(databases.catalogs));
  });
  afterAll(() => databases.dispose());

  const theirs: RowCondition = [[{ by: 'account', value: { kind: 'claim', name: 'accounts' } }]];
  const north: RowCondition = [[{ by: 'account', value: { kind: 'literal', values: ['1'] } }]];

  function type(name: string): TypeModel {
    const found = types.get(name);
    if (found === undefined) throw new Error(`no type ${name}`);
    return found;
  }

  const access = (name: string, ...rows: readonly RowCondition[]): TypeAccess => ({
    type: type(name),
    rows: rows.map((when, grantor) => ({ grantor, when })),
    allRows: rows.some((when) => when.length === 0),
    fields: new Map(),
    guarded: new Map(),
  });

  const implied = (
    below: TypeAccess,
    above: TypeAccess,
    relation = type(above.type.name).fields.get('lines'),
  ) => impliedByRowAbove(below, { access: above, relation: relation as RelationField, distinct: true });

  it('where both have the same rule and the join goes its relation backwards', () => {
    expect(implied(access('Line', theirs), access('Order', theirs))).toBe(true);
    expect(implied(access('Line', theirs, north), access('Order', north, theirs))).toBe(true);
  });

  it('not at a root or in a batch', () => {
    expect(impliedByRowAbove(access('Line', theirs), null)).toBe(false);
  });

  it('not where more rows are seen above than below', () => {
    expect(implied(access('Line', theirs), access('Order', []))).toBe(false);
    expect(implied(access('Line', theirs), access('Order', theirs, north))).toBe(false);
    expect(implied(access('Line', [...theirs, ...north]), access('Order', theirs))).toBe(false);
  });

  it('not where no row is seen above', () => {
    expect(implied(access('Line', theirs), access('Order'))).toBe(false);
  });

  it('not where the type below binds its rows by a column of its own', () => {
    const orders = type('Customer').fields.get('orders');
    expect(implied(access('Order', theirs), access('Customer', theirs), orders as RelationField)).toBe(false);
  });

  it('not where the join goes over other columns than the rule', () => {
    const lines = type('Order').fields.get('lines') as RelationField;
    const [key] = type('Order').key;
    const [, number] = type('Line').key;
    if (key === undefined || number === undefined) throw new Error('no keys');
    const elsewhere: RelationField = { ...lines, from: [key], to: [number] };
    expect(implied(access('Line', theirs), access('Order', theirs), elsewhere)).toBe(false);
  });
});
