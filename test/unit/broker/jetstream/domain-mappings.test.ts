import { describe, expect, it } from 'vitest';
import { SubjectMappings, mapSubject } from '../../../../broker/account/mappings.ts';
import { domainMappings, importsApi, systemDomainMappings } from '../../../../broker/jetstream/domain-mappings.ts';

function mapped(mappings: SubjectMappings, subject: string): string | undefined {
  const mapping = mappings.find(subject);
  return mapping === undefined ? undefined : mapSubject(mapping, subject, () => 0);
}

describe('the API under the name of a domain', () => {
  const mappings = new SubjectMappings(domainMappings('hub'));

  it.each([
    ['INFO', '$JS.API.INFO'],
    ['STREAM.INFO.S', '$JS.API.STREAM.INFO.S'],
    ['CONSUMER.MSG.NEXT.S.C', '$JS.API.CONSUMER.MSG.NEXT.S.C'],
    ['DIRECT.GET.S.a.b', '$JS.API.DIRECT.GET.S.a.b'],
    ['$KV.B.x', '$KV.B.x'],
    ['$OBJ.B.x', '$OBJ.B.x'],
    ['NOPE', undefined],
    ['$O.B.x', undefined],
  ])('has %s at %s', (below, to) => {
    expect(mapped(mappings, `$JS.hub.API.${below}`)).toBe(to);
  });

  it('leaves to an account what it maps itself', () => {
    const own = { source: '$JS.hub.API.INFO', destinations: [{ subject: 'x', weight: 100 }] };
    expect(domainMappings('hub', [own]).map(({ source }) => source)).not.toContain('$JS.hub.API.INFO');
  });

  it('is all that is below for the system account', () => {
    expect(mapped(new SubjectMappings(systemDomainMappings('hub')), '$JS.hub.API.NOPE.x')).toBe('$JS.API.NOPE.x');
  });
});

describe('an account', () => {
  const service = { type: 'service', account: 'A' } as const;

  it.each([
    [{ ...service, subject: '$JS.API.>' }, true],
    [{ ...service, subject: '$JS.API.INFO' }, true],
    [{ ...service, subject: 'x', to: '$JS.API.INFO' }, true],
    [{ ...service, subject: '$JS.API.CONSUMER.>' }, false],
    [{ ...service, subject: '$JS.API.>', to: 'A.API.>' }, false],
    [{ ...service, subject: '$JS.API.>', prefix: 'A' }, false],
    [{ type: 'stream' as const, account: 'A', subject: '$JS.API.>' }, false],
  ])('with the import %o has the API of another one: %o', (given, has) => {
    expect(importsApi({ name: 'B', imports: [given] })).toBe(has);
  });
});
