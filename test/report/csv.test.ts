import assert from 'node:assert/strict';
import { compared } from '../../report/comparison/compare';
import { csv } from '../../report/csv';
import { demo } from './demo';
import { card } from './fixture';
import { hostile } from './hostile';

/** RFC 4180, strictly: throws where a quote stands in the wrong place. */
function parse(text: string): readonly (readonly string[])[] {
  const records: string[][] = [];
  let cells: string[] = [];
  let at = 0;
  while (at < text.length) {
    const found = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
    found.lastIndex = at;
    const match = found.exec(text);
    if (!match) throw new Error(`not a cell: ${text.slice(at, at + 60)}`);
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '\r\n') {
      records.push(cells);
      cells = [];
    }
    at = found.lastIndex;
  }
  return records;
}

const rows = (text: string) => {
  const [head = [], ...body] = parse(text);
  return body.map((cells) => Object.fromEntries(head.map((name, index) => [name, cells[index]])));
};

describe('the CSV report', () => {
  it('has a line for each finding, open or silenced, with places that count from 1', () => {
    const found = rows(csv([demo()]));
    const sql = found.find((row) => row.rule === 'sql-injection' && row.path === 'app/catalog/routes.py');
    assert.deepEqual([sql?.line, sql?.column, sql?.end_column, sql?.state, sql?.severity, sql?.blocks], ['88', '5', '13', 'open', 'critical', 'true']);
    const accepted = found.find((row) => row.rule === 'session-cookie-insecure');
    assert.deepEqual([accepted?.state, accepted?.by, accepted?.until, accepted?.reason], ['accepted-risk', 'M. Aurelius', '2026-11-28', 'The pilot runs on the internal network.']);
    const { results } = demo();
    assert.equal(found.length, results.flatMap((result) => [...result.findings, ...result.silenced]).length);
  });

  it('has as many cells in every line, whatever the text holds', () => {
    for (const cells of parse(csv([hostile(), demo()]))) assert.equal(cells.length, 21);
    assert.doesNotMatch(csv([hostile()]).replaceAll('\r\n', ''), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  it('says what is new where there is something to compare with', () => {
    const [one] = compared([card([{ rule: 'a' }])], { base: { kind: 'baseline', file: 'b.json', entries: 0 }, known: [], gone: () => false });
    assert.equal(rows(csv([one ?? assert.fail()]))[0]?.baseline, 'new');
    assert.equal(rows(csv([card([{ rule: 'a' }])]))[0]?.baseline, '');
  });

  it('quotes what needs it, and keeps it', () => {
    const [row] = rows(csv([card([{ rule: 'a', message: 'one, "two"\nthree' }])]));
    assert.equal(row?.message, 'one, "two" three');
  });

  for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '  =1', '\t=1', '＝1']) {
    it(`makes text of ${JSON.stringify(text)}, which a spreadsheet would run`, () => {
      const [row] = rows(csv([card([{ rule: 'a', message: text }])]));
      assert.match(row?.message ?? '', /^'/);
    });
  }

  it('leaves what only holds such a sign alone', () => {
    const [row] = rows(csv([card([{ rule: 'a', message: 'a=b' }])]));
    assert.equal(row?.message, 'a=b');
  });
});
