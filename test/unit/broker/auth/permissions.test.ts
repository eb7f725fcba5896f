import { describe, expect, it } from 'vitest';
import { compilePermissions } from '../../../../broker/auth/permissions.ts';

const subscribe = (allow: string[] | undefined, deny?: string[]) => compilePermissions({ subscribe: { allow, deny } });
const publish = (allow: string[] | undefined, deny?: string[]) => compilePermissions({ publish: { allow, deny } });

describe('publish permissions', () => {
  it('allow everything when nothing is said', () => {
    const all = compilePermissions({});
    expect(all.mayPublish('foo')).toBe(true);
    expect(all.key).toBe('');
    expect(all.isPublishUniformBeside('a.b')).toBe(true);
  });

  it.each([
    ['foo', true],
    ['foo.bar', false],
    ['bar.x', true],
    ['bar.x.y', false],
    ['baz.x.y', true],
    ['baz', false],
    // Wildcards of a message's subject are text.
    ['bar.*', true],
    ['bar.>', true],
    ['>', false],
    // A subject with an empty token matches nothing.
    ['baz..x', false],
    ['', false],
  ])('allow [foo, bar.*, baz.>]: %j is %j', (subject, allowed) => {
    expect(publish(['foo', 'bar.*', 'baz.>']).mayPublish(subject)).toBe(allowed);
  });

  it('deny wins over allow', () => {
    const some = publish(['foo.>'], ['foo.secret.>', 'foo.*.no']);
    expect(some.mayPublish('foo.a')).toBe(true);
    expect(some.mayPublish('foo.secret.a')).toBe(false);
    expect(some.mayPublish('foo.a.no')).toBe(false);
    expect(some.mayPublish('bar')).toBe(false);
    expect(publish(undefined, ['foo']).mayPublish('bar')).toBe(true);
    expect(publish(undefined, ['foo']).mayPublish('foo')).toBe(false);
    expect(publish(undefined, []).mayPublish('foo')).toBe(true);
  });

  it('an empty list of allowed subjects allows nothing', () => {
    expect(publish([]).mayPublish('foo')).toBe(false);
  });

  it('say where the last token makes no difference', () => {
    const some = publish(['_INBOX.>', 'acks.one'], ['_INBOX.no.*']);
    expect(some.isPublishUniformBeside('_INBOX.a.b')).toBe(true);
    expect(some.isPublishUniformBeside('_INBOX.no.b')).toBe(true);
    expect(some.isPublishUniformBeside('acks.two')).toBe(false);
  });

  it('who may respond may publish nothing else, unless it is said what', () => {
    const allowResponses = { messagesMax: 1, expiresMs: 1000 };
    const responder = compilePermissions({ allowResponses });
    expect(responder.responses).toBe(allowResponses);
    expect(responder.mayPublish('foo')).toBe(false);
    const both = compilePermissions({ allowResponses, publish: { allow: ['foo'] } });
    expect(both.mayPublish('foo')).toBe(true);
    expect(both.mayPublish('bar')).toBe(false);
    const denied = compilePermissions({ allowResponses, publish: { deny: ['foo'] } });
    expect(denied.mayPublish('bar')).toBe(false);
  });

  it('have one key when they say the same of publishing', () => {
    expect(publish(['a', 'b'], ['c']).key).toBe(publish(['b', 'a', 'a'], ['c']).key);
    expect(publish(['a']).key).not.toBe(publish(['b']).key);
    expect(publish(['a']).key).not.toBe(publish(undefined, ['a']).key);
    expect(publish(['a b']).key).not.toBe(publish(['a', 'b']).key);
    expect(subscribe(['a']).key).toBe('');
    const allowResponses = { messagesMax: 1, expiresMs: 1000 };
    expect(compilePermissions({ publish: { allow: ['a'] }, allowResponses }).key).not.toBe(publish(['a']).key);
  });
});

describe('subscribe permissions', () => {
  it.each([
    ['foo.*', undefined, true],
    // As nats-server has it: the tokens of what is asked for are text.
    ['foo.>', undefined, true],
    ['foo.a', undefined, true],
    ['*.a', undefined, false],
    ['>', undefined, false],
    ['bar.x', undefined, false],
    ['bar.x', 'q1', false],
    ['bar.x', 'q', false],
    ['bar.x', 'q*', true],
    ['baz.>', undefined, true],
    ['baz.*', undefined, true],
    ['baz.no', undefined, false],
    ['baz.no', 'q', false],
    ['baz.z.*', 'q2', false],
    ['baz.z.a', 'q2', false],
    ['baz.z.a', 'q3', true],
    ['baz.z.a', undefined, true],
    ['qq.a', 'v1.x', true],
    ['qq.a', 'v1.x.y', false],
    ['qq.a', 'v1.*', true],
    ['qq.a', undefined, false],
    ['x', undefined, false],
    ['x', 'q1', true],
    ['x', 'q2', false],
  ])('%j in group %j: %j', (subject, queue, allowed) => {
    const some = subscribe(['foo.*', 'bar.> q*', 'baz.>', 'qq.> v1.*', 'x q1'], ['baz.no', 'baz.z.* q2']);
    expect(some.maySubscribe(subject, queue)).toBe(allowed);
  });

  it('entries with a queue outweigh those without for members of a group', () => {
    const some = subscribe(['foo', 'foo q1']);
    expect(some.maySubscribe('foo')).toBe(true);
    expect(some.maySubscribe('foo', 'q1')).toBe(true);
    expect(some.maySubscribe('foo', 'q2')).toBe(false);
  });

  it('an empty list allows everything', () => {
    expect(subscribe([]).maySubscribe('foo')).toBe(true);
  });

  it('filter at delivery what a wider subscription would get', () => {
    const some = subscribe(undefined, ['foo.no', 'bar.*.x']);
    expect(some.maySubscribe('>')).toBe(true);
    const denied = some.deniesDelivery('>');
    expect(denied?.('foo.no')).toBe(true);
    expect(denied?.('bar.a.x')).toBe(true);
    expect(denied?.('foo.yes')).toBe(false);
    expect(some.deniesDelivery('bar.*')).toBeUndefined();
    expect(some.deniesDelivery('foo.yes')).toBeUndefined();
    expect(some.deniesDelivery('foo.*')?.('foo.no')).toBe(true);
    expect(subscribe(['foo']).deniesDelivery('>')).toBeUndefined();
  });

  it('filter at delivery by queue group', () => {
    const some = subscribe(undefined, ['foo.no q1', 'bar.> v.*']);
    expect(some.deniesDelivery('foo.*', 'q1')?.('foo.no')).toBe(true);
    expect(some.deniesDelivery('foo.*', 'q2')?.('foo.no')).toBe(false);
    expect(some.deniesDelivery('foo.*')?.('foo.no')).toBe(false);
    expect(some.deniesDelivery('bar.a', 'v.1')?.('bar.a')).toBe(true);
    expect(some.deniesDelivery('baz', 'q1')).toBeUndefined();
  });
});

describe('entries of permissions', () => {
  it('are text; what is asked about is bytes', () => {
    const some = publish(['grüße']);
    expect(some.mayPublish(Buffer.from('grüße').toString('latin1'))).toBe(true);
    expect(some.mayPublish('grüße')).toBe(false);
  });

  it('that are no subjects count for nothing and are told of', () => {
    const some = compilePermissions({
      publish: { allow: ['foo..bar', 'ok'], deny: ['a b'] },
      subscribe: { allow: ['a b c', 'ok'], deny: ['', 'x. q'] },
    });
    expect(some.mayPublish('ok')).toBe(true);
    expect(some.maySubscribe('ok')).toBe(true);
    expect(some.problems).toEqual([
      'invalid publish subject "foo..bar"',
      'invalid publish deny subject "a b"',
      'invalid subject-queue "a b c"',
      'invalid subject-queue ""',
      'invalid subject-queue "x. q"',
    ]);
  });
});
