import assert from 'node:assert/strict';
import { covered, outline, text, unitOf } from './facts';

function script(...lines: readonly string[]): readonly string[] {
  return outline(unitOf('shell', 'run.sh', text(...lines)).commands);
}

describe('shell scripts', () => {
  it('are simple commands, with what joins them', () => {
    assert.deepEqual(script('a && b || c; d | e & f', 'g |', '  h'), ['a &&', 'b ||', 'c ;', 'd |', 'e &', 'f', 'g |', 'h']);
  });

  it('lose their quotes and keep their expansions', () => {
    const { commands } = unitOf('shell', 'run.sh', `rm -rf "$DIR/a b"/* 'it''s' \\"x\\" "\\$5" \${X:-"a b"} $'c' a\\\nb\n`);
    assert.deepEqual(commands[0]?.words, ['rm', '-rf', '$DIR/a b/*', 'its', '"x"', '$5', '${X:-"a b"}', 'c', 'ab']);
  });

  it('know where every word stands, quotes included', () => {
    const source = '  FOO=1 echo "a b" $(date +%F) >out.txt # end\n';
    const [command] = unitOf('shell', 'run.sh', source).commands;
    assert.ok(command);
    assert.deepEqual(command.wordsAt.map((at) => covered(source, at)), ['echo', '"a b"', '$(date +%F)']);
    assert.equal(covered(source, command.at), 'FOO=1 echo "a b" $(date +%F) >out.txt');
    assert.equal(covered(source, command.assignments[0]?.at), 'FOO=1');
    assert.equal(covered(source, command.assignments[0]?.valueAt), '1');
    assert.deepEqual(command.redirects.map((one) => [one.op, one.target, covered(source, one.at)]), [['>', 'out.txt', '>out.txt']]);
  });

  it('show what runs inside words, one level deeper', () => {
    assert.deepEqual(script('echo $(a | b "$(c)") `d` <(e) $((1 + 2))'), ['echo $(a | b "$(c)") `d` <(e) $((1 + 2))', '  a |', '  b $(c)', '    c', '  d', '  e']);
  });

  it('say which commands are asked for their result', () => {
    const asked = unitOf('shell', 'run.sh', text('if a | b; then c; elif ! d; then e; fi', 'while f; do g; done', '! h', 'i')).commands.filter((one) => one.condition);
    assert.deepEqual(asked.map((one) => one.words.join(' ')), ['a', 'b', 'd', 'f', 'h']);
  });

  it('leave out the words of the language', () => {
    assert.deepEqual(script('for x in $(ls) b; do echo $x; done', 'case $1 in', '  a|"b)") one ;;', '  (c) two; three ;;', '  *) four', 'esac', 'select y in a b; do five; done'), [
      '  ls', 'echo $x ;', 'one ;', 'two ;', 'three ;', 'four', 'five ;',
    ]);
  });

  it('take operators for words inside [[ ]]', () => {
    assert.deepEqual(script('[[ -f x && $y < 3 ]] && z'), ['[[ -f x && $y < 3 ]] &&', 'z']);
  });

  it('put bodies of functions and subshells one level deeper', () => {
    assert.deepEqual(script('f() { a; { b; }; }', 'function g {', '  c', '}', '(d; e) && h', 'i'), ['  a ;', '  b ;', '  c', '  d ;', '  e', 'h', 'i']);
  });

  it('pass over texts of <<, unless a shell is given them', () => {
    assert.deepEqual(script("cat > app.conf <<'END'", 'rm -rf /', 'END', 'ssh host <<-END', '\tcd /app && git pull', '\tEND', 'bash -s <<EOF | tee log', 'ls', 'EOF', 'done_'), [
      'cat', 'ssh host', '  cd /app &&', '  git pull', 'bash -s |', 'tee log', '  ls', 'done_',
    ]);
  });

  it('read scripts that are words', () => {
    assert.deepEqual(script('sudo bash -lc "cd $A && exec b $(c)"', "ssh -p 2222 host 'd; e'", 'eval "f g"', 'su - app -c h', 'python -c "import os"'), [
      'sudo bash -lc cd $A && exec b $(c)', '  cd $A &&', '  exec b $(c)', '    c', 'ssh -p 2222 host d; e', '  d ;', '  e', 'eval f g', '  f g', 'su - app -c h', '  h', 'python -c import os',
    ]);
  });

  it('place commands of a quoted script where they stand', () => {
    const source = 'bash -c "echo \\"a\\" && rm -rf /tmp/x"\n';
    const inner = unitOf('shell', 'run.sh', source).commands.find((one) => one.words[0] === 'rm');
    assert.equal(covered(source, inner?.at), 'rm -rf /tmp/x');
  });

  it('read assignments, alone and in arrays', () => {
    const source = 'A=1 B="x y"\nLIST=(a "b c" $(d))\nLIST+=(e)\n';
    const { commands } = unitOf('shell', 'run.sh', source);
    assert.deepEqual(commands.map((one) => [one.words, one.assignments.map((pair) => [pair.name, pair.value])]), [
      [[], [['A', '1'], ['B', 'x y']]], [[], [['LIST', '(a "b c" $(d))']]], [['d'], []], [[], [['LIST', '(e)']]],
    ]);
  });

  it('go on after a quote that nothing closes', () => {
    const unit = unitOf('shell', 'run.sh', text('echo "oops', 'rm -rf /x', "echo 'it"));
    assert.equal(unit.whole, false);
    assert.deepEqual(unit.commands.map((one) => one.words), [['echo', '"oops'], ['rm', '-rf', '/x'], ['echo', "'it"]]);
  });

  it('name their interpreter, and are shell scripts only when it is a shell', () => {
    assert.equal(unitOf('shell', 'bin/start', '#!/usr/bin/env bash\nset -e\n').interpreter, '/usr/bin/env bash');
    assert.equal(unitOf('plain', 'bin/manage', '#!/usr/bin/env python3\nimport os\n').format, 'text');
  });
});
