import { join } from 'node:path';
import { expect } from 'vitest';
import { RawClient } from '../support/raw-client.ts';
import { handshakeOf, secureRaw } from '../support/raw-tls-client.ts';
import { expectMessages, messages, readFrame } from '../support/raw-websocket-client.ts';
import { certificateFiles, certificateFolder } from './certificates.ts';
import type { ListenerStep, SecureOptions } from './listener-steps.ts';

/** What such steps see of the run: the connection, which they may put another in the place of, and the ports. */
export interface ListenerScene {
  raw(): RawClient;
  replace(raw: RawClient): void;
  port(listener: 'client' | 'webSocket'): number;
  /** Another INFO has come. */
  onInfo(info: Record<string, unknown>, step: Extract<ListenerStep, { do: 'message-info' }>): void;
}

export async function runListenerStep(step: ListenerStep, scene: ListenerScene): Promise<void> {
  switch (step.do) {
    case 'dial':
      return scene.replace(await RawClient.open(scene.port(step.to)));
    case 'secure': {
      const raw = await secure(scene.raw(), step.tls);
      scene.replace(raw);
      // Asked for a second time, the client has no certificate to show any more.
      const shown: Record<string, string | null> = handshakeOf(raw);
      for (const [name, pattern] of Object.entries(step.shows)) {
        expect(shown[name], name).toMatch(pattern);
      }
      return;
    }
    case 'unsecured':
      return unsecured(scene, step.tls);
    case 'messages':
      return expectMessages(scene.raw(), step.text);
    case 'last':
      return scene.raw().expectLast(step.pattern);
    case 'frame': {
      const { first, payload } = await readFrame(scene.raw());
      expect(first.toString(16), 'first byte of the frame').toBe(step.first.toString(16));
      if (step.payload instanceof RegExp) expect(payload).toMatch(step.payload);
      else expect(payload).toBe(step.payload);
      return;
    }
    case 'message-info': {
      const text = messages([await readFrame(scene.raw())]);
      const line = /^INFO (\{.*\}) \r\n$/.exec(text)?.[1];
      if (line === undefined) throw new Error(`expected INFO, received ${JSON.stringify(text)}`);
      return scene.onInfo(JSON.parse(line) as Record<string, unknown>, step);
    }
  }
}

async function secure(raw: RawClient, { certificate, ...options }: SecureOptions): Promise<RawClient> {
  const folder = await certificateFolder();
  return secureRaw(raw, {
    ca: join(folder, 'ca.pem'),
    ...options,
    certificate: certificate && certificateFiles(folder, certificate),
  });
}

/** A client's handshake may be over before the server has looked at its certificate; then the end comes a moment later. */
async function unsecured(scene: ListenerScene, tls: SecureOptions): Promise<void> {
  const before = scene.raw();
  let raw: RawClient;
  try {
    raw = await secure(before, tls);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const isEnd = /^(ECONNRESET|EPIPE|ERR_SSL_.*)$/.test(code) || message.includes('amid the handshake');
    if (!isEnd) throw error;
    scene.replace(RawClient.over(before.socket));
    return;
  }
  scene.replace(raw);
  if (!raw.ended) raw.send('PING\r\n');
  await raw.expectClosed();
}
