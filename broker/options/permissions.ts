/** Subjects that a user may or may not use. `deny` wins; no `allow` at all means everything that is not denied. */
export interface SubjectPermissions {
  readonly allow?: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
}

/** Replies to what was received may be published although `publish` does not allow them. */
export interface ResponsePermissions {
  /** Messages per reply subject; less than 0: any number. */
  readonly messagesMax: number;
  /** How long after the request, in milliseconds; less than 0: for ever. */
  readonly expiresMs: number;
}

/** What a user may do (`permissions` of the configuration, `pub` `sub` `resp` of a user JWT). */
export interface PermissionsOptions {
  readonly publish?: SubjectPermissions | undefined;
  /** Entries are a subject, or a subject and a queue name with a blank between them. */
  readonly subscribe?: SubjectPermissions | undefined;
  readonly allowResponses?: ResponsePermissions | undefined;
}

/** How a connection came in, as `allowed_connection_types` names it. */
export type ConnectionType = 'STANDARD' | 'WEBSOCKET' | 'LEAFNODE' | 'LEAFNODE_WS' | 'MQTT' | 'MQTT_WS' | 'IN_PROCESS';
