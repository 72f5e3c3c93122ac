import { Cancellation, CordonError } from '../../src/base/index.js';

const gone = new CordonError('CLIENT_GONE');

describe('a cancellation', () => {
  it('tells each listener once, and those that come late at once', () => {
    const cancellation = new Cancellation();
    const told: string[] = [];
    cancellation.onCancel(() => told.push('early'));
    cancellation.throwIfCancelled();
    cancellation.cancel(gone);
    cancellation.onCancel(() => told.push('late'));
    expect(told).toEqual(['early', 'late']);
    expect(() => {
      cancellation.throwIfCancelled();
    }).toThrow(gone);
  });

  it('stays with its first reason', () => {
    const cancellation = new Cancellation();
    cancellation.cancel(gone);
    cancellation.cancel(new CordonError('OPERATION_TIMEOUT'));
    expect(cancellation.reason).toBe(gone);
  });

  it('does not tell who has stopped listening', () => {
    const cancellation = new Cancellation();
    const told: string[] = [];
    const stop = cancellation.onCancel(() => told.push('stopped'));
    cancellation.onCancel(() => told.push('listening'));
    stop();
    cancellation.cancel(gone);
    expect(told).toEqual(['listening']);
  });
});
