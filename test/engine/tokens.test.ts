/** Credentials by their shape: each put together here, so that no scanner takes it for real. */
import assert from 'node:assert/strict';
import { tokensIn } from '../../rules/kit';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const mixed = (length: number, alphabet = LETTERS) => { let state = 7; return Array.from({ length }, () => { state = (state * 48_271) % 2_147_483_647; return alphabet[state % alphabet.length] ?? ''; }).join(''); };
const HEX = '0123456789abcdef';

describe('credentials of providers', () => {
  const shapes: Readonly<Record<string, string>> = {
    AWS: `${'AK'}IA${mixed(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`, GitHub: `${'gh'}o_${mixed(36)}`, GitLab: `${'gl'}pat-${mixed(20)}`, Slack: `${'xo'}xb-123456789012-${mixed(24)}`, 'Slack webhook': `https://hooks.${'slack'}.com/services/T0${mixed(8)}/B0${mixed(8)}/${mixed(24)}`,
    Stripe: `${'rk'}_live_${mixed(24)}`, 'Stripe test': `${'sk'}_test_${mixed(24)}`, SendGrid: `${'SG'}.${mixed(22)}.${mixed(43)}`, Mailgun: `${'ke'}y-${mixed(32, HEX)}`, Google: `${'AI'}za${mixed(35)}`, OpenAI: `${'sk'}-proj-${mixed(90)}`,
    Anthropic: `${'sk'}-ant-api03-${mixed(93)}`, 'Hugging Face': `${'hf'}_${mixed(34, LETTERS.slice(0, 52))}`, npm: `${'np'}m_${mixed(36)}`, DigitalOcean: `${'do'}p_v1_${mixed(64, HEX)}`, Shopify: `${'shp'}at_${mixed(32, HEX)}`,
    'Azure storage': `DefaultEndpointsProtocol=https;AccountName=shop;Account${'Key'}=${mixed(86)}==`, 'Telegram bot': `123456789:${'AA'}${mixed(33)}`,
  };
  for (const [provider, token] of Object.entries(shapes)) {
    it(`knows ${provider}`, () => {
      for (const text of [token, `KEY=${token}\n`, `key = "${token}"`, `x${' '.repeat(17)}${token}, and more`]) assert.deepEqual(tokensIn(text).map((each) => each.provider), [provider], text.length.toString());
    });
    it(`does not take a longer word for ${provider}`, () => { assert.deepEqual(tokensIn(`x${token}`).filter((each) => !/webhook|storage|Telegram/.test(each.provider)), []); });
  }

  it('gives the place of the credential alone', () => {
    const text = `  api_key: "${shapes.Stripe ?? ''}" # live`;
    assert.deepEqual(tokensIn(text).map((each) => text.slice(each.start, each.end)), [shapes.Stripe]);
  });
  it('asks for a key inside of a key block', () => {
    const block = (body: string) => `-----${'BEGIN'} PRIVATE KEY-----\n${body}\n-----${'END'} PRIVATE KEY-----`;
    assert.equal(tokensIn(block(mixed(64))).length, 1);
    assert.deepEqual(tokensIn(block('MIIEsample')), []);
    assert.deepEqual(tokensIn(block('x'.repeat(64))), []);
  });
  it('is as fast on runs that never end', () => { assert.deepEqual(tokensIn('a1'.repeat(200_000)), []); assert.deepEqual(tokensIn('='.repeat(400_000)), []); });
});
