import type { PermissionsOptions, ResponsePermissions } from '../options/permissions.ts';

export interface CompiledPermissions {
  readonly key: string;
  mayPublish(subject: string): boolean;
  isPublishUniformBeside(subject: string): boolean;
  maySubscribe(subject: string, queue?: string): boolean;
  deniesDelivery(subject: string): ((subject: string) => boolean) | undefined;
  readonly responses?: ResponsePermissions | undefined;
}

export function compilePermissions(options: PermissionsOptions): CompiledPermissions {
  return {
    key: JSON.stringify(options),
    mayPublish: () => true,
    isPublishUniformBeside: () => true,
    maySubscribe: () => true,
    deniesDelivery: () => undefined,
    responses: options.allowResponses,
  };
}
