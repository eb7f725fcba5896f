import type { TestProject } from 'vitest/node';
import { findRealServers, type RealServer } from './real-servers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    realServers: RealServer[];
  }
}

/** Looks for nats-servers once for a whole run, because a download must not happen in every test file. */
export default async function setup(project: TestProject): Promise<void> {
  const { servers, missing } = await findRealServers();
  // Said once, by the project that exists for the comparison.
  if (missing !== undefined && project.name === 'conformance') {
    console.log(`conformance: ${missing}; the cases run against natscope-server only.`);
  }
  project.provide('realServers', servers);
}
