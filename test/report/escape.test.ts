import assert from 'node:assert/strict';
import { attribute, block, cell, codeBlock, codeSpan, htmlProse, htmlText, line, markdownProse, markdownText, pathLink, webLink } from '../../report/escape';

describe('escaping', () => {
  it('shows what cannot be seen by its number, on one line', () => {
    assert.equal(line('a\tb\r\nc\u001b[31m\u0000\u009b\u202e\u200b'), 'a b c\\u{1b}[31m\\u{0}\\u{9b}\\u{202e}\\u{200b}');
    assert.equal(line('\ud800x\udc00'), '\\u{d800}x\\u{dc00}');
  });
  it('leaves every script its letters', () => {
    for (const text of ['Zażółć gęślą', '日本語', 'नमस्ते', '👩‍💻', 'שלום']) assert.equal(line(text), text);
  });
  it('keeps the lines of code', () => assert.deepEqual(block('if x:\r\n\ty\u001b\rz'), ['if x:', '  y\\u{1b}', 'z']));

  it('makes HTML of text, and code of backticks', () => {
    assert.equal(htmlText('<b a="1">&\'\n'), '&lt;b a=&quot;1&quot;&gt;&amp;&#39; ');
    assert.equal(htmlProse('call `a<b>` now'), 'call <code>a&lt;b&gt;</code> now');
    assert.equal(htmlProse('one ` only <'), 'one ` only &lt;');
  });
  it('keeps attributes exact, so that a script reads back what was there', () => {
    const decoded = attribute('a"\n\u001b<é👩').replace(/&#(\d+);/g, (_, number: string) => String.fromCodePoint(Number(number))).replaceAll('&quot;', '"').replaceAll('&lt;', '<');
    assert.equal(decoded, 'a"\n\u001b<é👩');
  });

  it('leaves nothing to Markdown', () => {
    assert.equal(markdownText('a *b* [c](d) `e` <f> ~g~ \\h'), 'a \\*b\\* \\[c\\](d) \\`e\\` \\<f> \\~g\\~ \\\\h');
    assert.equal(markdownText('SECRET_KEY in __init__'), 'SECRET_KEY in \\_\\_init\\_\\_');
    for (const start of ['- a', '+ a', '> a', '# a']) assert.ok(markdownText(start).startsWith('\\'), start);
    assert.equal(markdownText('1. first'), '1\\. first');
    assert.equal(markdownText('3.12 is fine, 2) too'), '3.12 is fine, 2) too');
    assert.equal(markdownText('&lt;'), '&amp;lt;');
  });
  it('calls nobody and links nothing that hosts link by themselves', () => {
    const text = markdownText('@user #12 a@b.example https://x.example www.x.example');
    assert.doesNotMatch(text, /@\w|#\d|https:|www\./);
  });
  it('makes code spans and blocks that their content cannot leave', () => {
    assert.equal(codeSpan('a`b``c'), '```a`b``c```');
    assert.equal(codeSpan('`a`'), '`` `a` ``');
    assert.equal(markdownProse('run `a|b`'), 'run `a|b`');
    assert.equal(cell('`a|b`'), '`a\\|b`');
    assert.equal(codeBlock('x\n````\ny'), '`````\nx\n````\ny\n`````\n');
    assert.equal(codeBlock('x', '  '), '  ```\n  x\n  ```\n');
  });
  it('links into the workspace and nowhere else', () => {
    assert.equal(pathLink('app/a b(1).py'), './app/a%20b%281%29.py');
    assert.equal(pathLink('//evil.example/x'), './evil.example/x');
    assert.equal(pathLink('javascript:alert(1)'), './javascript%3Aalert%281%29');
    assert.equal(pathLink('a\ud800'), './a%EF%BF%BD');
    assert.deepEqual(['https://a.example/b?c=d#e', 'javascript:x', 'https://a" onclick', 'ftp://a', 'https://a`b'].map(webLink), ['https://a.example/b?c=d#e', undefined, undefined, undefined, undefined]);
  });
});
