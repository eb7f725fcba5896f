/** Texts of the client protocol as nats-server sends them. */

/** Error texts that stand in `-ERR '…'`. */
export const ERRORS = {
  unknownOperation: 'Unknown Protocol Operation',
  authorizationViolation: 'Authorization Violation',
  authenticationTimeout: 'Authentication Timeout',
  controlLineExceeded: 'maximum control line exceeded',
  payloadViolation: 'Maximum Payload Violation',
  connectionsExceeded: 'maximum connections exceeded',
  staleConnection: 'Stale Connection',
  invalidClientProtocol: 'invalid client protocol',
  noRespondersRequiresHeaders: 'no responders requires headers support',
  invalidSubject: 'Invalid Subject',
  invalidPublishSubject: 'Invalid Publish Subject',
  subscriptionsExceeded: 'maximum subscriptions exceeded',
  accountConnectionsExceeded: 'maximum account active connections exceeded',
  userAuthenticationExpired: 'User Authentication Expired',
  accountAuthenticationExpired: 'Account Authentication Expired',
  userAuthenticationRevoked: 'User Authentication Revoked',
  tlsRequired: 'Secure Connection - TLS Required',
  throttled: 'Connection throttling is active. Please try again later.',
} as const;

/** Why a connection was closed, as `reason` of connz says it. */
export const CLOSE_REASONS = {
  clientClosed: 'Client Closed',
  authenticationTimeout: 'Authentication Timeout',
  authenticationFailure: 'Authentication Failure',
  slowConsumerPendingBytes: 'Slow Consumer (Pending Bytes)',
  slowConsumerWriteDeadline: 'Slow Consumer (Write Deadline)',
  writeError: 'Write Error',
  readError: 'Read Error',
  parseError: 'Parse Error',
  staleConnection: 'Stale Connection',
  protocolViolation: 'Protocol Violation',
  badClientProtocolVersion: 'Bad Client Protocol Version',
  connectionsExceeded: 'Maximum Connections Exceeded',
  payloadExceeded: 'Maximum Message Payload Exceeded',
  controlLineExceeded: 'Maximum Control Line Exceeded',
  serverShutdown: 'Server Shutdown',
  noRespondersRequiresHeaders: 'No Responders Requires Headers',
  kicked: 'Kicked',
  accountConnectionsExceeded: 'Maximum Account Connections Exceeded',
  subscriptionsExceeded: 'Maximum Subscriptions Exceeded',
  authenticationExpired: 'Authentication Expired',
  credentialsRevoked: 'Credentials Revoked',
  missingAccount: 'Missing Account',
  tlsHandshakeFailure: 'TLS Handshake Failure',
  proxyNotTrusted: 'Proxy Not Trusted',
  proxyRequired: 'Proxy Required',
} as const;

export type CloseReason = (typeof CLOSE_REASONS)[keyof typeof CLOSE_REASONS];
