import assert from 'node:assert/strict';
import { insertIn } from '../../rules/kit';
import { random } from '../support/random';

/** What stands where a row is found to be made, with its arguments. */
function made(text: string): string | undefined {
  const found = insertIn(text, 'Booking');
  return found && `${text.slice(found.at.start, found.at.end)}(${found.given}`;
}

describe('where a row is made', () => {
  const cases: Readonly<Record<string, readonly [text: string, found: string | undefined]>> = {
    'by its class': ['x = Booking(slot=1)', 'Booking(slot=1'],
    'by its class in a module': ['db.add(models.Booking(slot=1))', 'models.Booking(slot=1'],
    'by the manager of its class': ['Booking.objects.create(slot=1)', 'Booking.objects.create(slot=1'],
    'of a table': ['Booking(**data)', 'Booking(**data'],
    'behind one that is not': ['Booking(1)\nBooking.insert(slot=f(2), a=[3])', 'Booking.insert(slot=f(2), a=[3]'],
    'by a class that is called like its module': ['Booking.Booking(slot=1)', 'Booking.Booking(slot=1'],
    'not by another class': ['Bookings(slot=1); OldBooking(slot=1)', undefined],
    'not deeper in something': ['a.b.Booking(slot=1); f().Booking(slot=1)', undefined],
    'not by a query': ['Booking.query.filter_by(slot=1)', undefined],
    'not by comparing': ['Booking(slot == 1)', undefined],
    'not without arguments by name': ['Booking(1)', undefined],
  };
  for (const [title, [text, found]] of Object.entries(cases)) it(`is found: ${title}`, () => { assert.equal(made(text), found); });

  it('is where one expression for all of it would find it', () => {
    const seed = Number(process.env['SHIPWORTHY_SEED'] ?? 20261129);
    const chance = random(seed);
    const parts = ['Booking', '.', '(', ')', 'x', ' ', 'a=1', '.objects.create', '.create', '.insert', 's', '\n', '**k', '==', '_', ','];
    for (let round = 0; round < 5000; round++) {
      const text = Array.from({ length: 12 }, () => parts[Math.floor(chance() * parts.length)]).join('');
      const starts = [...text.matchAll(/(?<![\w.])(?:\w+\.)?Booking(?:\.objects\.create|\.create|\.insert)?\(/g)].map((each) => `${each.index} ${each.index + each[0].length - 1}`);
      const found = insertIn(text, 'Booking');
      assert.ok(!found || starts.includes(`${found.at.start} ${found.at.end}`), `SHIPWORTHY_SEED=${seed}, round ${round}: ${text}`);
      assert.equal(found === undefined, !starts.some((each) => insertIn(text.slice(Number(each.split(' ')[0])), 'Booking')?.at.start === 0), `SHIPWORTHY_SEED=${seed}, round ${round}: ${text}`);
    }
  });
});
