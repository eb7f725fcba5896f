import { afterEach, describe, expect, test } from 'vitest';
import { UrlResolver } from '../../../../../../broker/auth/operator/resolvers/url-resolver.ts';
import { FakeBroker } from '../doubles.ts';

const KEY = 'A'.repeat(56);
const broker = new FakeBroker();
let resolver: UrlResolver;

afterEach(() => resolver.dispose());

function open(url: string): UrlResolver {
  resolver = new UrlResolver(broker.dependencies, url, undefined);
  return resolver;
}

describe('accounts behind an address', () => {
  test('are asked for by their key, whatever the address ends with', async () => {
    broker.pages.set(`http://r/accounts/${KEY}`, { status: 200, statusText: 'OK', body: 'the jwt' });
    expect(await open('http://r/accounts').fetch(KEY)).toBe('the jwt');
    expect(await open('http://r/accounts/').fetch(KEY)).toBe('the jwt');
  });

  test('need somebody there at the start', async () => {
    await expect(open('http://nobody').open()).rejects.toThrow(
      expect.objectContaining({
        code: 'invalid-option',
        message: 'could not fetch <"http://nobody/">: connection refused',
      }),
    );
    broker.pages.set('http://empty/', { status: 404, statusText: 'Not Found', body: '' });
    await expect(open('http://empty').open()).rejects.toThrow('could not fetch <"http://empty/">: 404 Not Found');
    broker.pages.set('http://there/', { status: 200, statusText: 'OK', body: 'hello' });
    await open('http://there').open();
  });

  test('are given up on when the answer takes too long, or the server stops', async () => {
    broker.pages.set(`http://slow/${KEY}`, 'hangs');
    const slow = open('http://slow').fetch(KEY);
    broker.clock.advance(1_900);
    await expect(slow).rejects.toThrow(`could not fetch <"http://slow/${KEY}">: context deadline exceeded`);
    const stopped = open('http://slow').fetch(KEY);
    resolver.dispose();
    await expect(stopped).rejects.toThrow('aborted');
  });

  test('come without the password of the address in any error', async () => {
    await expect(open('http://me:secret@nobody').fetch(KEY)).rejects.toThrow(
      `could not fetch <"http://me:xxxxx@nobody/${KEY}">: connection refused`,
    );
  });

  test('are not kept', async () => {
    await expect(open('http://r').store()).rejects.toThrow('store operation not supported for URL Resolver');
  });
});
