import type { MessagePlace } from '../../store/message-log.ts';
import { SubjectTransform } from '../../subject/transform.ts';
import { withoutHeaders } from '../stream/header-block.ts';
import { headersOf, subjectOf } from '../stream/message-text.ts';
import type { StreamSourceConfig, SubjectTransformConfig } from '../stream/stream-config.ts';

/** Transforms of a mirror or source, in their order; those without destination only filter. */
export function transformsOf({ subject_transforms = [] }: Readonly<StreamSourceConfig>): SubjectTransform[] {
  const moving = subject_transforms.filter(({ dest }: SubjectTransformConfig) => dest !== '');
  return moving.map(({ src, dest }) => new SubjectTransform(src, dest));
}

/** The subject that a message gets: by the first transform that takes it in. */
export function transformed(message: MessagePlace, transforms: readonly SubjectTransform[]): string {
  const subject = subjectOf(message);
  for (const transform of transforms) {
    const changed = transform.match(subject);
    if (changed !== undefined) return changed;
  }
  return subject;
}

/** Its headers without those that were meant for the stream that took it first. */
export function broughtHeaders(message: MessagePlace): string {
  return withoutHeaders(withoutHeaders(headersOf(message), 'Nats-Expected-'), 'Nats-Batch-');
}
