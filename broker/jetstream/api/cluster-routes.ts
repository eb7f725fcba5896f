import type { ApiError } from '../api-error.ts';
import type { AnswerKind } from '../encode/answers.ts';
import { apiError } from '../errors.ts';
import { failure, type RouteTable } from './answers.ts';

/** What only a cluster can do: a single server says so. */
const VERBS: readonly (readonly [verb: string, names: number, kind: AnswerKind])[] = [
  ['STREAM.LEADER.STEPDOWN', 1, 'stream_leader_stepdown'],
  ['STREAM.PEER.REMOVE', 1, 'stream_remove_peer'],
  ['STREAM.PEER.EVACUATE', 1, 'stream_evacuate_peer'],
  ['STREAM.CANCEL_MOVE', 1, 'stream_cancel_move'],
  ['CONSUMER.LEADER.STEPDOWN', 2, 'consumer_leader_stepdown'],
  ['CONSUMER.PEER.REMOVE', 2, 'consumer_remove_peer'],
  ['CONSUMER.PEER.EVACUATE', 2, 'consumer_evacuate_peer'],
];

const required = (): ApiError => apiError('clusterRequired');

export const clusterRoutes: RouteTable = Object.fromEntries(
  VERBS.map(([verb, names, kind]) => [verb, { names, kind, first: required, answer: () => failure(kind, required()) }]),
);
