/**
 * Names of TLS as Go has them, which are those of nats-server's configuration and of what it shows, beside those of
 * OpenSSL. Order is preference, where there is one.
 */

/** Always on, whatever the configuration lists: Go has no choice among them. */
export const TLS_1_3_SUITES = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

/** Suites of TLS 1.2 that Go offers unless told otherwise. */
const SECURE_SUITES: Record<string, string> = {
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
};

/** Suites that Go knows and calls insecure; nats-server takes them with `allow_insecure_cipher_suites` only. */
const INSECURE_SUITES: Record<string, string> = {
  TLS_RSA_WITH_RC4_128_SHA: 'RC4-SHA',
  TLS_RSA_WITH_3DES_EDE_CBC_SHA: 'DES-CBC3-SHA',
  TLS_RSA_WITH_AES_128_CBC_SHA: 'AES128-SHA',
  TLS_RSA_WITH_AES_256_CBC_SHA: 'AES256-SHA',
  TLS_RSA_WITH_AES_128_CBC_SHA256: 'AES128-SHA256',
  TLS_RSA_WITH_AES_128_GCM_SHA256: 'AES128-GCM-SHA256',
  TLS_RSA_WITH_AES_256_GCM_SHA384: 'AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_RC4_128_SHA: 'ECDHE-ECDSA-RC4-SHA',
  TLS_ECDHE_RSA_WITH_RC4_128_SHA: 'ECDHE-RSA-RC4-SHA',
  TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA: 'ECDHE-RSA-DES-CBC3-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256: 'ECDHE-ECDSA-AES128-SHA256',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256: 'ECDHE-RSA-AES128-SHA256',
};

const CURVES: Record<string, string> = {
  X25519MLKEM768: 'X25519MLKEM768',
  SecP384r1MLKEM1024: 'SecP384r1MLKEM1024',
  SecP256r1MLKEM768: 'SecP256r1MLKEM768',
  X25519: 'X25519',
  CurveP256: 'P-256',
  CurveP384: 'P-384',
  CurveP521: 'P-521',
};

export const DEFAULT_SUITES: readonly string[] = Object.keys(SECURE_SUITES);
export const DEFAULT_CURVES: readonly string[] = Object.keys(CURVES);

/** OpenSSL's name of a suite; undefined when Go has no such suite. */
export function opensslSuite(goName: string): string | undefined {
  if (TLS_1_3_SUITES.includes(goName)) return goName;
  return own(SECURE_SUITES, goName) ?? own(INSECURE_SUITES, goName);
}

/** Whether Go calls the suite insecure. */
export function isInsecureSuite(goName: string): boolean {
  return Object.hasOwn(INSECURE_SUITES, goName);
}

/** OpenSSL's name of a curve; undefined when Go has no such curve. */
export function opensslCurve(goName: string): string | undefined {
  return own(CURVES, goName);
}

/** `TLSv1.3` of Node as `1.3` of nats-server. */
export function goVersion(protocol: string | null): string {
  return protocol?.replace('TLSv', '') ?? '';
}

function own(names: Record<string, string>, name: string): string | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined;
}
