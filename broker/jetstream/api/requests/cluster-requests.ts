import type { Placement } from '../../stream/stream-config.ts';
import { integer, pointer, struct, text, texts } from './go-types.ts';
import { request } from './parse.ts';
import { placement } from './stream-requests.ts';

/** Requests that a single server refuses, but not before it has read them. */

/** `META.LEADER.STEPDOWN`, `STREAM.LEADER.STEPDOWN`, `CONSUMER.LEADER.STEPDOWN` */
export const stepdownRequest = request(
  struct<{ placement?: Placement }>('server.JSApiLeaderStepdownRequest', { placement: pointer(placement) }),
);

/** `STREAM.PEER.REMOVE` */
export const streamPeerRemoveRequest = request(
  struct<{ peer: string }>('server.JSApiStreamRemovePeerRequest', { peer: text }),
);

/** `STREAM.PEER.EVACUATE` */
export const streamPeerEvacuateRequest = request(
  struct<{ peer: string }>('server.JSApiStreamEvacuatePeerRequest', { peer: text }),
);

/** `CONSUMER.PEER.REMOVE` */
export const consumerPeerRemoveRequest = request(
  struct<{ peer: string }>('server.JSApiConsumerRemovePeerRequest', { peer: text }),
);

/** `CONSUMER.PEER.EVACUATE` */
export const consumerPeerEvacuateRequest = request(
  struct<{ peer: string }>('server.JSApiConsumerEvacuatePeerRequest', { peer: text }),
);

/** `SERVER.REMOVE` */
export const serverRemoveRequest = request(
  struct<{ peer: string; peer_id: string }>('server.JSApiMetaServerRemoveRequest', { peer: text, peer_id: text }),
);

/** `SERVER.EVACUATE` */
export const serverEvacuateRequest = request(
  struct<{ peer: string; peer_id: string }>('server.JSApiMetaServerEvacuateRequest', { peer: text, peer_id: text }),
);

/** `META.RESCUE` */
export const metaRescueRequest = request(
  struct<{ quorum_needed: number }>('server.JSApiMetaRescueRequest', { quorum_needed: integer }),
);

/** `ACCOUNT.STREAM.MOVE` */
export const streamMoveRequest = request(
  struct<{ server: string; cluster: string; domain: string; tags: string[] }>(
    'server.JSApiMetaServerStreamMoveRequest',
    { server: text, cluster: text, domain: text, tags: texts },
  ),
);
