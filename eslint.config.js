import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const banned = [
  'error',
  'ExportAllDeclaration',
  'ExportDefaultDeclaration',
  'CatchClause[body.body.length=0]',
  'Program > VariableDeclaration[kind="let"]',
  'Program > ExportNamedDeclaration > VariableDeclaration[kind="let"]',
  'NewExpression[callee.name="Date"][arguments.length=0]',
];

const globals = ['error', 'setTimeout', 'setInterval'];

const properties = [
  { object: 'Date', property: 'now' },
  { object: 'Math', property: 'random' },
];

const processProperties = [
  { object: 'process', property: 'env' },
  { object: 'process', property: 'exit' },
];

export default defineConfig(
  {
    ignores: [
      'dist',
      'node_modules',
      '.cache',
      'coverage',
      'src/apis/generated',
      '*.js',
      'bin',
      'scripts/*.js',
      '**/*.cjs',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines': ['error', { max: 400, skipComments: true, skipBlankLines: true }],
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
      'max-params': ['error', 4],
      complexity: ['error', 12],
      'no-console': 'error',
      'no-restricted-globals': globals,
      'no-restricted-properties': ['error', ...properties, ...processProperties],
      'no-restricted-syntax': banned,
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['src/component-base/clock.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' },
  },
  {
    files: ['src/cmd/**/*.ts', 'scripts/**/*.ts', 'test/**/*.ts', 'vitest.config.ts'],
    rules: { 'no-restricted-properties': ['error', ...properties] },
  },
  { files: ['src/cmd/**/*.ts', 'scripts/**/*.ts', 'test/bench/**/*.ts'], rules: { 'no-console': 'off' } },
  { files: ['*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['**/*.test.ts', 'test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', 'max-params': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
