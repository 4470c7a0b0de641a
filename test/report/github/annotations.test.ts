import assert from 'node:assert/strict';
import { compared } from '../../../report/comparison/compare';
import { githubAnnotations } from '../../../report/github/annotations';
import { demo, mended } from '../demo';
import { card } from '../fixture';
import { hostile } from '../hostile';

const lines = (text: string) => text.split('\n').slice(0, -1);

describe('workflow annotations', () => {
  it('mark what blocks, and nothing else', () => {
    assert.deepEqual(lines(githubAnnotations([demo()])), [
      '::error file=app/catalog/routes.py,line=88,endLine=88,col=5,endColumn=13,title=Shipworthy%3A sql-injection::SQL is built from `request.args["q"]` by an f-string and sent to `execute`.',
      '::error file=app/config.py,line=12,endLine=12,col=5,endColumn=13,title=Shipworthy%3A secret-key-default::SECRET_KEY falls back to a value that anybody can read here.',
      '::error file=app/__init__.py,line=30,endLine=30,col=5,endColumn=13,title=Shipworthy%3A csrf-missing::Flask-WTF is declared in requirements.txt but never initialised; 14 routes change something by a cookie.',
    ]);
    assert.equal(githubAnnotations([mended()]), '');
  });

  it('mark only what is new where there is something to compare with', () => {
    const base = { kind: 'baseline', file: '.shipworthy/baseline.json', entries: 0 } as const;
    const known = demo().results.flatMap((result) => result.findings).filter((one) => one.rule !== 'csrf-missing').map(({ fingerprint, rule, severity, path }) => ({ fingerprint, rule, severity, path, shape: '' }));
    const all = lines(githubAnnotations(compared([demo()], { base, known, gone: () => false })));
    assert.equal(all.length, 1);
    assert.match(all[0] ?? '', /csrf-missing/);
  });

  it('are ten at most, and then one line about the others', () => {
    const all = lines(githubAnnotations([card([{ rule: 'a', severity: 'critical', findings: 13 }])]));
    assert.equal(all.filter((one) => one.startsWith('::error ')).length, 10);
    assert.deepEqual(all.slice(10), ['::notice title=Shipworthy::3 more findings must be gone before this ships. The summary of this job has them all.']);
  });

  it('are one for a file that two applications share', () => assert.equal(githubAnnotations([demo(), demo()]), githubAnnotations([demo()])));

  it('escape what would end a property, a command or a line', () => {
    const [one] = lines(githubAnnotations([card([{ rule: 'a', severity: 'critical', path: 'a,b:c%.py', message: '100%\n::error::forged' }])]));
    assert.equal(one, '::error file=a%2Cb%3Ac%25.py,line=1,endLine=1,col=5,endColumn=13,title=Shipworthy%3A a::100%25 ::error::forged');
  });

  it('have one line each, whatever the text holds', () => {
    for (const one of lines(githubAnnotations([hostile()]))) assert.match(one, /^::error file=[^,:]+,line=\d+,endLine=\d+(?:,col=\d+,endColumn=\d+)?,title=[^,:]+::[^\u0000-\u001f\u007f-\u009f\u202a-\u202e]+$/);
  });
});
