import fc from 'fast-check';
import { bytesAsText, bytesOf, utf8AsText } from '../../src/base/index.js';
import { MessageSplitter, type Row, type RowTaker } from '../../src/sources/message-splitter.js';

const int16 = (value: number) => Buffer.from([value >> 8, value & 255]);
const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const message = (type: string, body: Buffer) =>
  Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
const rowMessage = (row: Row) =>
  message(
    'D',
    Buffer.concat([
      int16(row.length),
      ...row.flatMap((column) => (column === null ? [int32(-1)] : [int32(column.length), bytesOf(column)])),
    ]),
  );

const bytes = fc.uint8Array({ maxLength: 40 }).map((each) => Buffer.from(each));
const row = fc.array(fc.option(bytes.map((each) => bytesAsText(each))), { maxLength: 5 });
const messages = fc.array(
  fc.oneof(
    row.map((columns) => ({ columns, whole: rowMessage(columns) })),
    fc
      .tuple(fc.constantFrom('C', 'Z', '2', 'N', 'd'), bytes)
      .map(([type, body]) => ({ columns: null, whole: message(type, body) })),
  ),
);

/** The bytes in pieces, cut at these places of every hundred. */
function pieces(all: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => Math.floor((cut * all.length) / 100)), all.length];
  return places.slice(1).map((end, i) => all.subarray(places[i], end));
}
const cuts = fc
  .array(fc.integer({ min: 0, max: 100 }), { maxLength: 30 })
  .map((each) => each.sort((a, b) => a - b));

describe('what a server sends', () => {
  test('comes apart into rows and other messages, however it is cut into pieces', () => {
    fc.assert(
      fc.property(messages, cuts, (sent, where) => {
        const order: (Row | 'others')[] = [];
        const others: Buffer[] = [];
        const splitter = new MessageSplitter((whole) => {
          // What is handed over is read at once, and its place used again.
          others.push(Buffer.from(whole));
          order.push('others');
        });
        splitter.taker = { takeRow: (columns) => void order.push(columns) } satisfies RowTaker;
        for (const piece of pieces(Buffer.concat(sent.map(({ whole }) => whole)), where))
          splitter.take(piece);
        expect(order.filter((each) => each !== 'others')).toEqual(
          sent.flatMap(({ columns }) => (columns === null ? [] : [columns])),
        );
        const notRows = sent.filter(({ columns }) => columns === null).map(({ whole }) => whole);
        expect(Buffer.concat(others)).toEqual(Buffer.concat(notRows));
        // Whole messages only: what reads them keeps nothing back.
        for (const each of others) expect(lengthOfMessages(each)).toBe(each.length);
      }),
    );
  });

  test('is all for the listener while nobody takes rows, and rows are nobody else’s once somebody does', () => {
    const heard: string[] = [];
    const taken: string[] = [];
    const splitter = new MessageSplitter((whole) => void heard.push(whole.toString('latin1')));
    const [first, second] = ['first', 'second'].map((text) => rowMessage([utf8AsText(text)]));
    splitter.take(first!);
    splitter.taker = { takeRow: ([text]) => void taken.push(text ?? 'null') };
    splitter.take(second!);
    splitter.taker = null;
    splitter.take(second!);
    expect(heard).toEqual([first, second].map((each) => each!.toString('latin1')));
    expect(taken).toEqual(['second']);
  });
});

function lengthOfMessages(whole: Buffer): number {
  let at = 0;
  while (at + 5 <= whole.length) at += 1 + whole.readUInt32BE(at + 1);
  return at;
}
