/**
 * Every maximum and time-out of the broker, with its unit in the name. Values that nats-server has too are its defaults
 * (server/const.go); the others say why they are what they are.
 */

/** The nats-server whose behaviour the broker gives. Clients switch features by it, so it is what INFO says. */
export const SERVER_VERSION = '2.15.1';

/** The API level of that nats-server, `api_lvl` of INFO. */
export const API_LEVEL = 5;

/** Consumers of a stream where nothing else is said, as with nats-server. */
export const STREAM_CONSUMERS_MAX_DEFAULT = 1000;
/** Requests to the API of JetStream that may wait at a time, as with nats-server. */
export const API_REQUESTS_MAX_DEFAULT = 10_000;

/** Version of the client protocol, `proto` of INFO. */
export const PROTOCOL_VERSION = 1;

export const DEFAULT_HOST = '0.0.0.0';
export const DEFAULT_PORT = 4222;

export const KIB = 1024;
const MIB = 1024 * 1024;

export const PAYLOAD_BYTES_MAX_DEFAULT = 1024 * KIB;
/** Above this nats-server warns; here it is also the highest value that is taken, since the arena reserves room for it. */
export const PAYLOAD_BYTES_MAX_HIGHEST = 64 * MIB;
/** Room that is kept for messages, so that a reload may raise `max_payload`. */
export const PAYLOAD_BYTES_CAPACITY_MIN = 8 * MIB;
export const CONTROL_LINE_BYTES_CAPACITY_MIN = 64 * KIB;
/** Messages of the greatest size that the broker may lay down while it delivers another one: imports of imports. */
export const INTERNAL_MESSAGES_MAX = 4;
export const CONTROL_LINE_BYTES_MAX_DEFAULT = 4 * KIB;
export const CONTROL_LINE_BYTES_MAX_HIGHEST = 1024 * KIB;
export const PENDING_BYTES_MAX_DEFAULT = 64 * MIB;
export const CONNECTIONS_MAX_DEFAULT = 64 * KIB;

export const PING_INTERVAL_MS_DEFAULT = 120_000;
export const PINGS_OUTSTANDING_MAX_DEFAULT = 2;
/** The first ping comes early, to measure the round trip. */
export const FIRST_PING_MS = 2_000;
/** A round trip that is younger makes a ping needless while data comes in. */
export const RTT_FRESH_MS = 3_600_000;
export const WRITE_DEADLINE_MS_DEFAULT = 10_000;
export const AUTH_TIMEOUT_MS_DEFAULT = 2_000;
export const LAME_DUCK_DURATION_MS_DEFAULT = 120_000;
export const LAME_DUCK_GRACE_PERIOD_MS_DEFAULT = 10_000;
/** Two closes of a lame duck are at most this far apart. */
export const LAME_DUCK_CLOSE_GAP_MS_MAX = 1_000;

/** Closed connections that are remembered. */
export const CLOSED_CONNECTIONS_MAX = 10_000;

/** Digits of a number in a protocol line (size, max of UNSUB). */
export const INTEGER_DIGITS_MAX = 9;

/** Bytes of what a client with a key signs, before they are written in base64. */
export const NONCE_BYTES = 11;

/** The longest that a timer can be set to. */
export const TIMER_MS_MAX = 2 ** 31 - 1;

/** After a last word (`-ERR`) the socket is read and thrown away this long, so that no reset swallows the word. */
export const LINGER_MS = 500;

/** Bytes waiting for one connection above which its publishers are held back. */
export const CONGESTED_BYTES_MAX = 8 * MIB;
/** A publisher that is held back gets on at least this fast: what nats-server lets through (64 KiB per 10 ms). */
export const STALL_BYTES_PER_MS = (64 * KIB) / 10;

/** Bytes of the input that the log shows at a fault. */
export const FAULT_SNIPPET_BYTES = 32;

/** Bytes of one read, for all connections together. */
export const READ_BYTES = 256 * KIB;
/** Arena for subjects and heads of the match cache. */
export const TEMPLATE_BYTES = 64 * MIB;
/** Arena for output: chunks of 4 KiB and of 64 KiB. */
export const SMALL_CHUNK_REGION_BYTES = 16 * MIB;
export const CHUNK_REGION_BYTES = 96 * MIB;

/** Microseconds that the loop polls after a read, while that pays. */
export const SPIN_MICROS_DEFAULT = 50;

/** A connection with more subscriptions than claims allow is told so, and closed that much later. */
export const LAST_WORD_MS = 20;

/** A JWT that is longer is not looked at (jwt/v2). */
export const JWT_BYTES_MAX = MIB;
/** Subjects that the tags of a user make of one list of a scoped signing key. */
export const SCOPE_EXPANSIONS_MAX = 4096;
/** How long the JWT of an account may take to come. */
export const ACCOUNT_FETCH_MS = 1_900;
/** A fetch that takes longer is worth a warning. */
export const ACCOUNT_FETCH_SLOW_MS = 1_000;
/** JWTs that a `cache` resolver keeps when nothing is said. */
export const CACHED_ACCOUNTS_MAX_DEFAULT = 1_000;
/** How often servers that keep all accounts tell each other what they have, when nothing is said. */
export const CLAIMS_SYNC_MS_DEFAULT = 60_000;
/** How often a folder of JWTs is looked through for what has run out, at the least. */
export const JWT_EXPIRY_CHECK_MS_MAX = 60_000;
/** An account that was asked for again within that time has not run out anew. */
export const ACCOUNT_UPDATE_GAP_MS = 1_000;

/** What a service may take to answer, where its export does not say. */
export const RESPONSE_THRESHOLD_MS_DEFAULT = 120_000;
/** Accounts that are followed from import to import in search of a cycle. */
export const IMPORT_CYCLE_DEPTH_MAX = 1024;

/** Maps and arrays inside of each other in a configuration file. */
export const CONFIG_DEPTH_MAX = 500;
/** Files that one configuration may include, each counted as often as it is. */
export const CONFIG_INCLUDES_MAX = 1000;
/** Values of a configuration once its variables are filled in, which can multiply them. */
export const CONFIG_VALUES_MAX = 2_000_000;

/** Connections or subscriptions that a monitoring answer lists when it is not said how many. */
export const MONITOR_LIST_LENGTH_DEFAULT = 1024;
export const TLS_TIMEOUT_MS_DEFAULT = 2_000;
/** Statistics of the server are told this often; after the start more often, beginning with `STATISTICS_FIRST_MS`. */
export const STATISTICS_INTERVAL_MS = 10_000;
export const STATISTICS_FIRST_MS = 250;
/** Statistics that are asked for out of turn come at most this often. */
export const STATISTICS_GAP_MS_MIN = 1_000;
/** The number of connections of an account is told this often while nothing changes. */
export const ACCOUNT_CONNECTIONS_INTERVAL_MS = 30_000;

/** A password is held against a bcrypt hash in slices this long; messages go on between them. */
export const BCRYPT_SLICE_MS = 4;
/** Passwords that were found right, so that who comes again need not wait; each costs some 100 bytes. */
export const PASSWORDS_REMEMBERED_MAX = 4096;
/** Requests to the system account that may wait for their turn; what comes above it is dropped, and the log says so. */
export const SYSTEM_REQUESTS_WAITING_MAX = 8_192;
/** They are answered for so long at a stretch. */
export const SYSTEM_REQUESTS_TURN_MS = 5;

/** A connection that may begin with a PROXY protocol header has so long for it. */
export const PROXY_HEADER_MS_MAX = 5_000;

/** Bytes of an upgrade request or of a request to the monitor, its body not counted. */
export const HTTP_HEAD_BYTES_MAX = 64 * KIB;
/** Frames to browsers carry at most this many bytes, which suits them better. */
export const BROWSER_FRAME_BYTES_MAX = 4 * KIB;
/** Up to this many bytes, a message is not worth compressing. */
export const COMPRESSION_BYTES_MIN = 64;
/** A compressed message, before and after, may have this many times `max_payload`, but never more than the other. */
export const WEBSOCKET_MESSAGE_PAYLOADS_MAX = 8;
export const WEBSOCKET_MESSAGE_BYTES_MAX = 64 * MIB;
/** Bytes that wait for a peer above which only its last ping is still answered. */
export const PONG_BACKLOG_BYTES_MAX = 16 * KIB;
/** Answers to requests that may wait for one who does not read them. */
export const HTTP_BACKLOG_BYTES_MAX = 256 * KIB;
/** After the answer to a bad request the connection is read and thrown away this long, so that no reset swallows it. */
export const HTTP_LINGER_MS = 500;
/** The head of a request to the monitor, and the whole of it, have to come within this time. */
export const HTTP_HEAD_MS_MAX = 5_000;
export const HTTP_REQUEST_MS_MAX = 30_000;
/** Addresses that one look-up over HTTP may be sent on to. */
export const HTTP_REDIRECTS_MAX = 10;

/** One of so many failures to reach another server is logged, the first one and the later ones. */
export const CONNECT_ERROR_REPORTS_DEFAULT = 3600;
export const RECONNECT_ERROR_REPORTS_DEFAULT = 1;

/** A segment of a log is closed before it gets longer than this; a single message may be. */
export const SEGMENT_BYTES = 8 * MIB;
/** Records of messages that all logs of a store keep in memory, besides what is not written yet. */
export const STORE_CACHE_BYTES = 64 * MIB;
/** Files of a store that are kept open for reading. */
export const STORE_OPEN_FILES_MAX = 128;
/** `sync_interval` of JetStream. */
export const SYNC_INTERVAL_MS_DEFAULT = 120_000;
/** What JetStream may keep on a disk that does not say how much is free. */
export const STORE_BYTES_MAX_UNKNOWN = 1024 * 1024 * MIB;

/** Bytes that a consumer with flow control may have under way: at first, and at most (JsFlowControlMaxPending). */
export const CONSUMER_FLOW_WINDOW_BYTES_MAX = 32 * MIB;
export const CONSUMER_FLOW_WINDOW_BYTES_FIRST = CONSUMER_FLOW_WINDOW_BYTES_MAX / 16;
/** An ephemeral consumer that nobody uses is gone after this time, if it does not say otherwise. */
export const CONSUMER_INACTIVE_MS_DEFAULT = 5_000;
/** So much is added to it, by chance between these two, so that not all of them go at once. */
export const CONSUMER_INACTIVE_JITTER_MS_MIN = 100;
export const CONSUMER_INACTIVE_JITTER_MS_MAX = 1_000;
/** Messages and bytes that one consumer delivers before others have their turn. */
export const CONSUMER_DELIVERIES_PER_RUN_MAX = 1_024;
export const CONSUMER_BYTES_PER_RUN_MAX = MIB;

/** Messages of an atomic batch (nats-server's `max_batch_size`). */
export const ATOMIC_BATCH_MESSAGES_MAX = 1000;
/** Atomic batches that are open at a time, of one stream and of all. */
export const ATOMIC_BATCHES_PER_STREAM_MAX = 50;
export const ATOMIC_BATCHES_MAX = 1000;
/** Fast batches that are open at a time, of one stream and of all. */
export const FAST_BATCHES_PER_STREAM_MAX = 1000;
export const FAST_BATCHES_MAX = 50_000;
/** Messages of fast batches of one stream that are acknowledged together. */
export const FAST_FLOW_MESSAGES_MAX = 500;
export const BATCH_ID_LENGTH_MAX = 64;
/** A batch to which nothing comes for so long is given up. */
export const BATCH_IDLE_MS_MAX = 10_000;
