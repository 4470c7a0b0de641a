// What may know what is the heart of this configuration: see "Who may know whom" in CONTRIBUTING.md.
import tseslint from 'typescript-eslint';

/** Rooms a room may not import from, with the reason. */
const walls = {
  rules: { not: ['engine', 'report', 'server', 'cli', 'client', 'node'], why: 'Rules know syntax and facts: import from rules/kit only.' },
  engine: { not: ['report', 'server', 'cli', 'client', 'vscode'], why: 'The engine knows no editor and no terminal.' },
  report: { not: ['server', 'cli', 'client', 'vscode', 'node'], why: 'The report is a pure function of plain data.' },
  server: { not: ['cli', 'client', 'vscode'], why: 'The server speaks LSP and knows no editor.' },
  cli: { not: ['server', 'client', 'vscode'], why: 'The command line is a skin over engine and report.' },
  client: { not: ['cli', 'rules'], why: 'The client shares words with the server through server/protocol, and knows no rule.' },
};
const pattern = (room) => room === 'node' ? ['node:*', 'fs', 'path', 'child_process'] : room === 'vscode' ? ['vscode'] : [`**/${room}/*`, `**/${room}`];

export default tseslint.config(
  { ignores: ['dist/**', 'out/**', '.tsbuild/**', 'node_modules/**', 'examples/**', 'test/fixtures/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-extraneous-class': 'off',
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', { selector: 'ExportNamedDeclaration > VariableDeclaration[kind="let"]', message: 'No mutable module state.' }],
    },
  },
  ...Object.entries(walls).map(([room, { not, why }]) => ({
    files: [`${room}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group: not.flatMap(pattern), message: why }] }] },
  })),
  {
    rules: {
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' }],
    },
  },
  { files: ['**/*.mjs'], languageOptions: { globals: { process: 'readonly', console: 'readonly' } }, rules: { 'no-undef': 'off' } },
);
