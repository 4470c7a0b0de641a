import assert from 'node:assert/strict';
import { headlineOf, overviewMarkdown, overviewText } from '../../report/repository';
import { card, HOLDING, type RuleSpec } from './fixture';

const at = (root: string, rules: readonly RuleSpec[] = []) => card([...HOLDING, ...rules], { project: { name: `shop/${root}`, root, frameworks: [], deployable: true } });
const DEBUG: RuleSpec = { rule: 'debug-enabled', category: 'configuration', severity: 'critical' };

describe('a repository of several applications', () => {
  it('has the verdict of the worst one', () => {
    const cards = [at('web'), at('api', [DEBUG]), at('')];
    assert.match(headlineOf(cards) ?? '', /^NOT READY, D\+ 59\.9: the worst of 3 applications, api$/);
    assert.match(overviewText(cards), /^NOT READY.*\n {2}api {2}NOT READY .*1 critical\n {2}\. .*READY .*\n {2}web .*\n$/);
    assert.match(overviewMarkdown(cards), /^# NOT READY, D\+ 59\.9: .*\n\n\| Application \|.*\n\|.*\n\| `api` \| NOT READY \| D\+ \| 59\.9 \| 1 critical \|  \|\n\| `\.` \|/);
  });

  it('lists libraries without a score', () => {
    const cards = [at('web'), at('api')].map((one) => ({ ...one, project: { ...one.project, libraries: ['packages/common'] } }));
    assert.match(overviewText(cards), /\nLibraries, which have no score of their own: packages\/common\.\n$/);
    assert.match(overviewMarkdown(cards), /\n\nLibraries, which have no score of their own: packages\/common\.\n$/);
  });

  it('is no repository of several when there is one', () => {
    assert.deepEqual([headlineOf([at('')]), overviewText([at('')]), overviewMarkdown([])], [undefined, '', '']);
  });

  it('shows odd folders harmlessly', () => {
    const odd = [at('a|b\u001b[2J'), at('`c`')];
    assert.ok(!overviewText(odd).includes('\u001b'));
    assert.ok(overviewMarkdown(odd).includes('\\|'));
  });
});
