import { CallerBindings } from '../../src/gateway/caller.js';
import type { Principal } from '../../src/identity/index.js';
import { CursorCodec } from '../../src/plan/index.js';
import { ColumnCipher } from '../../src/sources/index.js';

const keys = { mask: Buffer.alloc(32, 1), cursor: Buffer.alloc(32, 2), version: '1' };
const bindings = new CallerBindings(keys, new CursorCodec(keys.cursor), new ColumnCipher(new Map()));

function maskKey(person: string, organisation: string | null, shared: boolean, of = 'Site.revenue'): string {
  const principal = { personId: person, organisation, claims: new Map() } as unknown as Principal;
  return bindings.for(principal, Buffer.alloc(0), []).maskKey(of, shared, 'inner').toString('hex');
}

describe('the key of a mask', () => {
  it('is that of the organisation, so that two cannot compare', () => {
    expect(maskKey('ann', 'north', false)).toBe(maskKey('bob', 'north', false));
    expect(maskKey('ann', 'north', false)).not.toBe(maskKey('ann', 'south', false));
    expect(maskKey('ann', null, false)).not.toBe(maskKey('bob', null, false));
  });

  it('is shared by all where comparing would tell more, and never that of an organisation', () => {
    expect(maskKey('ann', 'north', true)).toBe(maskKey('bob', null, true));
    for (const organisation of ['north', 'everyone', null])
      expect(maskKey('everyone', organisation, false)).not.toBe(maskKey('everyone', organisation, true));
  });

  it('differs between fields', () => {
    expect(maskKey('ann', 'north', true)).not.toBe(maskKey('ann', 'north', true, 'Site.visitors'));
  });
});
