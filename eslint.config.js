// ESLint reads the Svelte files only; everything else is oxlint's (.oxlintrc.json).
import svelte from 'eslint-plugin-svelte';
import typescript from 'typescript-eslint';

export default [
  { ignores: ['dist/', 'node_modules/', 'test/fixtures/', '**/*.ts', '**/*.js', '**/*.mjs'] },
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte'],
    languageOptions: { parserOptions: { parser: typescript.parser } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
      'svelte/button-has-type': 'error',
      // It knows only some of the warnings; svelte-check says which comments are needed.
      'svelte/no-unused-svelte-ignore': 'off',
      // Interpolated spaces are kept where the compiler would drop plain ones.
      'svelte/no-useless-mustaches': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
];
