import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dropRecord, edited, putRecord } from '../../engine/records/change';
import { documentSchema, formatDocument, readDocument, type Form } from '../../engine/records/document';

interface Pet { readonly name: string; readonly legs?: number; readonly born?: string; readonly likes?: readonly string[]; readonly kind?: string; readonly tag?: string }

const PETS: Form<Pet> = {
  title: 'Pets of the house', list: 'pets', version: 2, key: ({ name }) => name,
  record: {
    type: 'object', description: 'A pet.', required: ['name'], additionalProperties: false,
    properties: {
      name: { type: 'string', description: 'What it listens to.', minLength: 1 },
      kind: { type: 'string', description: 'What it is.', enum: ['cat', 'dog'] },
      legs: { type: 'integer', description: 'How many it has.', minimum: 0, maximum: 8 },
      born: { type: 'string', description: 'The day.', format: 'date' },
      tag: { type: 'string', description: 'Its tag.', pattern: '^[0-9a-f]{4}$', patternErrorMessage: 'four hex digits' },
      likes: { type: 'array', description: 'What it likes.', items: { type: 'string', description: 'A thing.' } },
    },
  },
};
const PATH = '.shipworthy/pets.json';

const read = (text: string) => {
  const said = readDocument(text, PATH, PETS);
  assert.ok(!('refused' in said), 'refused' in said ? said.refused.message : '');
  return said;
};
const names = (text: string) => read(text).entries.map((entry) => entry.value.name);
const refusal = (text: string) => {
  const said = readDocument(text, PATH, PETS);
  assert.ok('refused' in said, `taken: ${text}`);
  assert.deepEqual([said.refused.code, said.refused.path, said.refused.incomplete], ['record', PATH, true]);
  return said.refused.message;
};
/** The one complaint about one record, what it underlines, and the names of those that count. */
const complaint = (record: string) => {
  const text = `{ "version": 2, "pets": [\n  { "name": "Rex" },\n  ${record}\n] }`;
  const { entries, notices } = read(text);
  assert.equal(notices.length, 1, notices.map((one) => one.message).join('\n'));
  const [notice] = notices;
  assert.ok(notice?.range);
  assert.deepEqual(entries.map((entry) => entry.value.name), ['Rex'], 'a faulty record counts');
  const line = text.split('\n')[notice.range.start.line] ?? '';
  return { message: notice.message, at: line.slice(notice.range.start.character, notice.range.end.character), line: notice.range.start.line, incomplete: notice.incomplete };
};

describe('a file of records', () => {
  it('is read with comments, trailing commas and an older version', () => {
    const { entries, notices } = read('{\n  // ours\n  "version": 1,\n  "pets": [\n    { "name": "Rex", "legs": 4, },\n  ],\n}');
    assert.deepEqual(notices, []);
    assert.deepEqual(entries.map(({ value, range, index }) => [value, range.start.line, index]), [[{ name: 'Rex', legs: 4 }, 4, 0]]);
    assert.deepEqual(entries[0]?.rangeOf('legs'), { start: { line: 4, character: 29 }, end: { line: 4, character: 30 } });
    assert.deepEqual(entries[0]?.rangeOf('likes'), entries[0]?.range);
  });

  it('is refused whole, with line and reason, when its version is one of the future', () => {
    assert.equal(refusal('{\n  "version": 3,\n  "pets": [{ "name": "Rex" }], "new": true\n}'),
      `${PATH}, line 2: it is of version 3, and this Shipworthy knows versions up to 2. Update Shipworthy. Nothing in it counts until it is mended.`);
  });

  it('is refused whole when it is not well formed as a whole', () => {
    assert.match(refusal('{\n  "version": 2,\n  "pets": [ { "name": "Rex" }\n'), /line \d: this is not valid JSON, a closing ] is missing\./);
    assert.match(refusal('{ "pets": [] }'), /`version` is missing; it is 2/);
    assert.match(refusal('{ "version": "2", "pets": [] }'), /`version` must be a whole number from 1 to 2/);
    assert.match(refusal('{ "version": 0, "pets": [] }'), /from 1 to 2/);
    assert.match(refusal('{ "version": 1.5, "pets": [] }'), /from 1 to 2/);
    assert.match(refusal('{ "version": 2,\n "pet": [] }'), /line 2: `pet` is no key of this file\. Did you mean `pets`\?/);
    assert.match(refusal('{ "version": 2 }'), /`pets` is missing/);
    assert.match(refusal('{ "version": 2, "pets": {} }'), /`pets` must be a list/);
    assert.match(refusal('{ "version": 2, "pets": [], "pets": [] }'), /`pets` stands here for the second time/);
    for (const text of ['', '[]', 'null', '"x"', '// nothing', '<<<<<<< HEAD\n{}\n=======\n']) assert.match(refusal(text), /must be an object|not valid JSON/, text);
    assert.match(refusal('['.repeat(5_000)), /nested too deeply/);
  });

  it('leaves out what is wrong in one record, and says it at its place', () => {
    const { message, at, line, incomplete } = complaint('{ "name": "Tom", "lgs": 4 }');
    assert.deepEqual([message, at, line, incomplete], ['`lgs` is no key of `pets[1]`. Did you mean `legs`? This entry of `pets` does not count.', '"lgs"', 2, false]);
    assert.match(complaint('{ "name": "Tom", "kind": "cta" }').message, /`pets\[1\]\.kind` is `cta`; it may be `cat` or `dog`\. Did you mean `cat`\?/);
    assert.match(complaint('{ "name": "Tom", "born": "2026-02-30" }').message, /is `2026-02-30`; it must be a day such as/);
    assert.match(complaint('{ "name": "Tom", "tag": "12G4" }').message, /it must be four hex digits/);
    assert.match(complaint('{ "name": "  " }').message, /`pets\[1\]\.name` is empty/);
    assert.match(complaint('{ "legs": 4 }').message, /`pets\[1\]\.name` is missing: what it listens to\./);
    assert.match(complaint('{ "name": "Tom", "legs": 9 }').message, /whole number from 0 to 8/);
    assert.match(complaint('{ "name": "Tom", "legs": "4" }').message, /must be a whole number/);
    assert.match(complaint('{ "name": "Tom", "likes": ["fish", 1] }').message, /`pets\[1\]\.likes\[1\]` must be a text/);
    assert.match(complaint('{ "name": "Tom", "name": "Tim" }').message, /stands here for the second time/);
    assert.match(complaint('"Tom"').message, /`pets\[1\]` must be an object/);
    assert.match(complaint('{ "name": "Tom", "__proto__": {} }').message, /`__proto__` is no key/);
  });

  it('is never too odd', () => {
    const odd = fc.oneof(fc.string(), fc.json(), fc.array(fc.constantFrom('{', '}', '[', ']', '"version"', '"pets"', '"name"', '"__proto__"', ':', ',', '2', '//', '\n', '"a"'), { maxLength: 30 }).map((parts) => parts.join('')));
    fc.assert(fc.property(odd, (text) => {
      const said = readDocument(text, PATH, PETS);
      for (const { range } of 'refused' in said ? [said.refused] : said.notices) assert.ok(range && range.start.line <= range.end.line);
    }), { numRuns: 1_000 });
  });

  it('is written one record a line, sorted, keys in one order', () => {
    assert.equal(formatDocument(PETS, [{ legs: 4, name: 'Tom', likes: ['fish', 'sun'] }, { name: 'Rex' }]),
      '{\n  "version": 2,\n  "pets": [\n    { "name": "Rex" },\n    { "name": "Tom", "legs": 4, "likes": ["fish", "sun"] }\n  ]\n}\n');
    assert.equal(formatDocument(PETS, []), '{\n  "version": 2,\n  "pets": []\n}\n');
  });

  it('has a schema for editors', () => {
    assert.deepEqual(Reflect.get(documentSchema(PETS), 'required'), ['version', 'pets']);
  });
});

describe('a change to a file of records', () => {
  const put = (text: string | undefined, pet: Pet): string => {
    const change = putRecord(text, PATH, PETS, pet);
    assert.ok('edits' in change, 'refused' in change ? change.refused.message : '');
    return edited(text ?? '', change.edits);
  };
  const drop = (text: string, index: number): string => {
    const change = dropRecord(text, PATH, PETS, index);
    assert.ok('edits' in change);
    return edited(text, change.edits);
  };
  const pet = fc.record({ name: fc.string({ minLength: 1, maxLength: 4 }).filter((name) => name.trim() !== ''), legs: fc.integer({ min: 0, max: 8 }) });
  const pets = fc.uniqueArray(pet, { maxLength: 5, selector: ({ name }) => name });

  it('makes of a canonical file the canonical file', () => {
    fc.assert(fc.property(pets, pet, fc.nat(), (some, one, nth) => {
      const rest = some.filter(({ name }) => name !== one.name);
      assert.equal(put(formatDocument(PETS, some), one), formatDocument(PETS, [...rest, one]));
      const index = nth % Math.max(1, rest.length);
      const sorted = read(formatDocument(PETS, rest)).entries.map(({ value }) => value);
      if (rest.length > 1) assert.equal(drop(formatDocument(PETS, rest), index), formatDocument(PETS, sorted.toSpliced(index, 1)));
    }));
    assert.equal(put(undefined, { name: 'Rex' }), formatDocument(PETS, [{ name: 'Rex' }]));
    assert.equal(put(' \n', { name: 'Rex' }), formatDocument(PETS, [{ name: 'Rex' }]));
  });

  it('keeps comments and the layout', () => {
    const text = '{\r\n  "version": 2, // ours\r\n  "pets": [ // all of them\r\n    // the old one\r\n    { "name": "Rex" }, // good boy\r\n    { "name": "Tom" } /* , */\r\n  ]\r\n}\r\n';
    const more = put(text, { name: 'Sam' });
    assert.equal(more, text.replace('boy\r\n', 'boy\r\n    { "name": "Sam" },\r\n'));
    assert.equal(put(text, { name: 'Zoe' }), text.replace('{ "name": "Tom" } /* , */', '{ "name": "Tom" }, /* , */\r\n    { "name": "Zoe" }'));
    assert.equal(put(text, { name: 'Abe' }), text.replace('all of them', 'all of them\r\n    { "name": "Abe" },'));
    assert.equal(put(text, { name: 'Rex', legs: 3 }), text.replace('{ "name": "Rex" }', '{ "name": "Rex", "legs": 3 }'));
    assert.equal(drop(more, 1), text);
  });

  it('leaves a file that can be read, with just that record more or less, whatever its layout', () => {
    const layouts: readonly ((items: readonly string[]) => string)[] = [
      (items) => `{"version":2,"pets":[${items.join(',')}]}`,
      (items) => `{ "pets": [ ${items.join(', ')} ], "version": 2 }`,
      (items) => `{ "version": 2, "pets": [\n${items.map((item) => `  ${JSON.stringify(JSON.parse(item), null, 2)}`).join(',\n')}\n] }`,
      (items) => `{ "version": 2, "pets": [ // x ]\n${items.map((item) => `  ${item}, // y,`).join('\n')}\n] }`,
      (items) => `{ "version": 2, "pets": [${items.map((item, index) => `\n/* ] */ ${item}${index < items.length - 1 ? '\n  ,' : ''}`).join('')}] }`,
    ];
    fc.assert(fc.property(fc.constantFrom(...layouts), pets, pet, fc.nat(), (layout, some, one, nth) => {
      const text = layout(some.map((each) => JSON.stringify(each)));
      assert.deepEqual(names(put(text, one)).sort(), [...new Set([...names(text), one.name])].sort(), put(text, one));
      const index = nth % Math.max(1, some.length);
      if (some.length > 0) assert.deepEqual(names(drop(text, index)), names(text).toSpliced(index, 1), drop(text, index));
    }), { numRuns: 500 });
  });

  it('is refused where the file cannot be understood: nothing is overwritten', () => {
    for (const text of ['{ "version": 9, "pets": [] }', 'not json', '{ "version": 2, "pets": [}']) {
      assert.ok('refused' in putRecord(text, PATH, PETS, { name: 'Rex' }));
      assert.ok('refused' in dropRecord(text, PATH, PETS, 0));
    }
  });
});
