/** A profile as the form has it, all fields as text, and the way there and back. */

import type { Authentication, Colour, Profile, TlsOptions } from '../../electron/bridge/contract.ts';

export type Method = Authentication['method'];

/** Fields of every method are kept while the form is open, so that trying another one loses nothing. */
export interface ProfileForm {
  name: string;
  servers: readonly string[];
  colour: Colour;
  readOnly: boolean;
  method: Method;
  user: string;
  password: string;
  token: string;
  seed: string;
  seedFile: string;
  credsFile: string;
  jwt: string;
  jwtSeed: string;
  caFile: string;
  certFile: string;
  keyFile: string;
  serverName: string;
  tlsFirst: boolean;
  skipNameCheck: boolean;
  jetstreamDomain: string;
  inboxPrefix: string;
  /** Subjects with blanks or commas between. */
  subscribe: string;
  exclude: string;
}

export const colours: readonly Colour[] = ['cyan', 'blue', 'green', 'amber', 'red', 'violet', 'grey'];

export function emptyForm(colour: Colour): ProfileForm {
  return {
    name: '',
    servers: [''],
    colour,
    readOnly: false,
    method: 'none',
    user: '',
    password: '',
    token: '',
    seed: '',
    seedFile: '',
    credsFile: '',
    jwt: '',
    jwtSeed: '',
    caFile: '',
    certFile: '',
    keyFile: '',
    serverName: '',
    tlsFirst: false,
    skipNameCheck: false,
    jetstreamDomain: '',
    inboxPrefix: '',
    subscribe: '',
    exclude: '',
  };
}

export function formOf(profile: Profile): ProfileForm {
  const { authentication: auth, tls } = profile;
  return {
    ...emptyForm(profile.colour),
    name: profile.name,
    servers: profile.servers.length > 0 ? profile.servers : [''],
    readOnly: profile.readOnly,
    method: auth.method,
    ...(auth.method === 'user' ? { user: auth.user, password: auth.password } : {}),
    ...(auth.method === 'token' ? { token: auth.token } : {}),
    ...(auth.method === 'nkey' ? { seed: auth.seed ?? '', seedFile: auth.seedFile ?? '' } : {}),
    ...(auth.method === 'creds' ? { credsFile: auth.file } : {}),
    ...(auth.method === 'jwt' ? { jwt: auth.jwt, jwtSeed: auth.seed ?? '' } : {}),
    ...tlsFields(tls),
    jetstreamDomain: profile.jetstreamDomain ?? '',
    inboxPrefix: profile.inboxPrefix ?? '',
    subscribe: profile.subscribe.join(' '),
    exclude: profile.exclude.join(' '),
  };
}

/** `id` is empty for a profile that is not kept yet. Empty fields are left out. */
export function profileOf(form: ProfileForm, id: string): Profile {
  const inboxPrefix = form.inboxPrefix.trim();
  const jetstreamDomain = form.jetstreamDomain.trim();
  return {
    id,
    name: form.name.trim(),
    colour: form.colour,
    servers: form.servers.map((server) => server.trim()).filter((server) => server !== ''),
    readOnly: form.readOnly,
    authentication: authenticationOf(form),
    tls: tlsOf(form),
    ...(inboxPrefix === '' ? {} : { inboxPrefix }),
    ...(jetstreamDomain === '' ? {} : { jetstreamDomain }),
    subscribe: splitSubjects(form.subscribe),
    exclude: splitSubjects(form.exclude),
  };
}

export function splitSubjects(text: string): string[] {
  return text.split(/[\s,]+/).filter((subject) => subject !== '');
}

/** The form after a remedy: the fields that it names, nothing else. */
export function withPatch(
  form: ProfileForm,
  patch: { servers?: string[]; tls?: TlsOptions; authenticationMethod?: Method },
): ProfileForm {
  return {
    ...form,
    ...(patch.servers === undefined ? {} : { servers: patch.servers }),
    ...(patch.tls === undefined ? {} : tlsFields(patch.tls)),
    ...(patch.authenticationMethod === undefined ? {} : { method: patch.authenticationMethod }),
  };
}

/**
 * What is wrong, by the name of the form's field, from what the core says by the path of the profile's. A server's place
 * counts the rows that are filled in; here it counts all.
 */
export function faultsOf(details: Readonly<Record<string, unknown>>, form: ProfileForm): Record<string, string> {
  const names: Record<string, string> = {
    'authentication.user': 'user',
    'authentication.password': 'password',
    'authentication.token': 'token',
    'authentication.seed': form.method === 'jwt' ? 'jwtSeed' : 'seed',
    'authentication.seedFile': 'seedFile',
    'authentication.file': 'credsFile',
    'authentication.jwt': 'jwt',
    'tls.caFile': 'caFile',
    'tls.certFile': 'certFile',
    'tls.keyFile': 'keyFile',
    'tls.serverName': 'serverName',
    servers: 'servers.0',
  };
  const filled = form.servers.flatMap((server, index) => (server.trim() === '' ? [] : [index]));
  const faults: Record<string, string> = {};
  for (const [path, text] of Object.entries(details)) {
    const [head = '', place] = path.split('.');
    let field = names[path] ?? path;
    if (head === 'servers' && place !== undefined) field = `servers.${filled[Number(place)] ?? 0}`;
    if (head === 'subscribe' || head === 'exclude') field = head;
    faults[field] ??= String(text);
  }
  return faults;
}

function authenticationOf(form: ProfileForm): Authentication {
  switch (form.method) {
    case 'none':
      return { method: 'none' };
    case 'user':
      return { method: 'user', user: form.user, password: form.password };
    case 'token':
      return { method: 'token', token: form.token };
    case 'nkey':
      return {
        method: 'nkey',
        ...(form.seedFile.trim() === '' ? {} : { seedFile: form.seedFile.trim() }),
        ...(form.seed === '' ? {} : { seed: form.seed }),
      };
    case 'creds':
      return { method: 'creds', file: form.credsFile.trim() };
    case 'jwt':
      return { method: 'jwt', jwt: form.jwt, ...(form.jwtSeed === '' ? {} : { seed: form.jwtSeed }) };
  }
}

function tlsFields(
  tls: TlsOptions,
): Pick<ProfileForm, 'caFile' | 'certFile' | 'keyFile' | 'serverName' | 'tlsFirst' | 'skipNameCheck'> {
  return {
    caFile: tls.caFile ?? '',
    certFile: tls.certFile ?? '',
    keyFile: tls.keyFile ?? '',
    serverName: tls.serverName ?? '',
    tlsFirst: tls.first ?? false,
    skipNameCheck: tls.skipNameCheck ?? false,
  };
}

function tlsOf(form: ProfileForm): TlsOptions {
  const tls: TlsOptions = {};
  for (const field of ['caFile', 'certFile', 'keyFile', 'serverName'] as const) {
    const value = form[field].trim();
    if (value !== '') tls[field] = value;
  }
  if (form.tlsFirst) tls.first = true;
  if (form.skipNameCheck) tls.skipNameCheck = true;
  return tls;
}
