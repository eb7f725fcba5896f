/** Every maximum and time-out of connections, the unit in the name. */

/** Each step of connecting has its own limit, so that a failure names the step that hung. */
export const lookupMsMax = 5000;
export const tcpMsMax = 5000;
/** nats-server sends INFO at once; one that waits for a TLS hello first (`handshake_first: auto`) waits for 50 ms. */
export const infoMsMax = 3000;
export const tlsMsMax = 5000;
export const upgradeMsMax = 5000;
/** nats-server gives up on a client's authentication after 2 s by default, auth callouts may take longer. */
export const connectMsMax = 8000;
/** How long a port that says nothing is asked whether it speaks TLS or HTTP. */
export const identifyMsMax = 1500;

/** How long a server that says nothing is waited for. Tests wait less. */
export interface Patience {
  infoMs: number;
  identifyMs: number;
}

export const patience: Patience = { infoMs: infoMsMax, identifyMs: identifyMsMax };

/** A cluster of hundreds of servers names them all in INFO. */
export const infoBytesMax = 256 * 1024;

/** Files with credentials and certificates are a few KiB; nothing larger is read. */
export const credentialBytesMax = 1024 * 1024;

/** nats-server's default `max_control_line`. A longer line costs the connection, so it is refused here. */
export const controlLineBytesMax = 4096;

/** nats-server's default `max_payload`, assumed while no server has said its own. */
export const payloadBytesDefault = 1024 * 1024;

/** Waits between attempts double from the first to the last, and are then shortened by up to a fifth at random. */
export const retryMsMin = 1000;
export const retryMsMax = 30_000;
/** A connection that stood is tried again almost at once; a crowd of clients must not come in the same instant. */
export const retryMsAfterLoss = 250;

/** How often the round trip is measured. */
export const pingIntervalMs = 3000;
/** Pings in a row without an answer, after which the connection counts as dead. */
export const pingsUnansweredMax = 4;

/** How often the state (rate, round trip) is told to the main thread. */
export const stateIntervalMs = 1000;

/** A close waits so long for the last bytes to be taken. */
export const closeMsMax = 1000;

/** Characters of a line of the wire that are shown. */
export const wireLineCharactersMax = 2000;
/** Lines of the wire that a diagnosis keeps. */
export const wireLinesMax = 200;

/** nats CLI contexts read from one folder, and the bytes of one. */
export const contextsMax = 1000;
export const contextBytesMax = 256 * 1024;
