/** INFO, field by field in nats-server's order. What is undefined or false where nats-server leaves it out is left out. */
export interface ServerInfo {
  server_id: string;
  server_name: string;
  version: string;
  proto: number;
  go: string;
  host: string;
  port: number;
  headers: boolean;
  auth_required?: boolean;
  tls_required?: boolean;
  tls_verify?: boolean;
  tls_available?: boolean;
  max_payload: number;
  jetstream?: boolean;
  client_id?: number;
  client_ip?: string;
  nonce?: string;
  domain?: string;
  ldm?: boolean;
  connect_info?: boolean;
  remote_account?: string;
  acc_is_sys?: boolean;
  api_lvl?: number;
  xkey?: string;
}

/** The line as it is sent: there is a space between the object and the line's end. */
export function infoLine(info: ServerInfo): string {
  return `INFO ${goJson(info)} \r\n`;
}

/** JSON as Go writes it: the characters that mean something in HTML are escaped. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
