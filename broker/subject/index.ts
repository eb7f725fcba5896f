/** Subjects, for the broker and for whoever else deals with them; runs in a browser. */

export { subjectMatches } from './matching.ts';
export { hasWildcards, isValidPublishSubject, isValidSubject } from './validity.ts';
