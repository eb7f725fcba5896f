/** A server with a port for monitoring and users in several accounts; `b` is whoever says nothing of himself. */
export const MONITORED = `
http: "127.0.0.1:-1"
server_name: watched
server_tags: ["Zone:One", "second"]
server_metadata { region: north }
accounts {
  SYS { users [ { user: sys, password: sys } ] }
  A {
    users [
      { user: a, password: a }
      { user: limited, password: limited, permissions {
        publish: { allow: ["a.>", "$SYS.>"], deny: "a.no" }
        subscribe: ["a.>", "_INBOX.>", "b.* q1"]
        allow_responses: { max: 3, expires: "1m" }
      } }
    ]
    exports [
      { service: "svc.*", accounts: [B], threshold: "5s", latency: { sampling: 50, subject: lat.svc } }
      { stream: "st.>" }
    ]
    mappings { foo: bar, "m.*": [ { dest: "n.$1", weight: 40% }, { dest: "o.$1", weight: 60% } ] }
  }
  B {
    users [ { user: b, password: b } ]
    imports [
      { service: { account: A, subject: "svc.one" }, to: "local.svc" }
      { stream: { account: A, subject: "st.x" }, prefix: "imp" }
    ]
  }
}
system_account: SYS
no_auth_user: b
`;

/** A server with a port for monitoring and nothing else said. */
export const OPEN = 'http: "127.0.0.1:-1"';

/** CONNECT of a user of `MONITORED` whose password is his name, in a client library that has a name. */
export function as(user: string): Record<string, unknown> {
  return { user, pass: user, name: `${user}-app`, lang: 'case', version: '1.2.3', headers: true, no_responders: true };
}
