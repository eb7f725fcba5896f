import { describe, expect, it } from 'vitest';
import { API_ERRORS, apiError, apiErrorText, failed, isApiError } from '../../../../broker/jetstream/errors.ts';

describe('errors of the API', () => {
  it('have the numbers 10002 to 10227, each once and in order', () => {
    const numbers = Object.values(API_ERRORS).map(([, number]) => number);
    expect(numbers).toEqual(Array.from({ length: 226 }, (_, index) => 10002 + index));
  });

  it('have codes of HTTP and texts', () => {
    for (const [code, number, text] of Object.values(API_ERRORS)) {
      expect([400, 404, 409, 412, 429, 500, 503], String(number)).toContain(code);
      expect(text.trim(), String(number)).toBe(text);
      expect(text).not.toBe('');
    }
  });

  it('are filled in once, whatever is put into them', () => {
    expect(apiError('streamNotFound')).toEqual({ code: 404, err_code: 10059, description: 'stream not found' });
    expect(apiError('streamWrongLastSequence', { seq: 7 }).description).toBe('wrong last sequence: 7');
    expect(apiError('streamExternalApiOverlap', { prefix: '{subject}', subject: '$1 $&' }).description).toBe(
      'stream external api prefix {subject} must not overlap with $1 $&',
    );
  });

  it('are told from results and from each other', () => {
    const error = apiError('invalidJSON', { err: 'x' });
    expect(failed(error)).toBe(true);
    expect(failed({ name: 'S' })).toBe(false);
    expect(isApiError(error, 'invalidJSON')).toBe(true);
    expect(isApiError(error, 'badRequest')).toBe(false);
    expect(apiErrorText(apiError('streamNotFound'))).toBe('stream not found (10059)');
  });
});
