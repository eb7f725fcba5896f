/** Subjects, for the broker and for whoever else deals with them; runs in a browser. */

export { Interest } from './interest.ts';
export { subjectMatches } from './matching.ts';
export { hasWildcards, isValidPublishSubject, isValidSubject, tokens } from './validity.ts';
export { WildcardTrie } from './trie.ts';
