/** Commands that hand a script on to a shell. */

const SHELL = /^(?:.*\/)?(?:sh|bash|dash|ash|zsh|ksh)$/;

/** Whether a command of this word runs the script that `<<` sends it. */
export function runsScript(word: string): boolean {
  return SHELL.test(word) || /^(?:.*\/)?(?:ssh|su)$/.test(word);
}

/**
 * Which word is a script itself: after `-c` of a shell or of `su`, after `eval`, or the last of `ssh`. Its index, or
 * undefined.
 */
export function scriptWord(words: readonly string[]): number | undefined {
  const shell = words.findIndex((word) => SHELL.test(word) || word === 'su');
  const option = shell < 0 ? -1 : words.findIndex((word, index) => index > shell && /^-[a-z]*c$/.test(word));
  if (option >= 0) return option + 1;
  if (words[0] === 'eval') return 1;
  return words[0] === 'ssh' && /\s/.test(words.at(-1) ?? '') ? words.length - 1 : undefined;
}
