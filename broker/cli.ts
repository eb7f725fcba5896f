#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

// Before anything else is loaded: a suite starts the server hundreds of times, and compiling is a good part of a start.
enableCompileCache();
// The broker allocates nothing per message. A young generation that grows would only keep what connections left behind.
setFlagsFromString('--semi-space-growth-factor=1');
// What is hot is compiled by the last compiler soon enough; what the middle one leaves behind in memory stays for good.
setFlagsFromString('--no-maglev');
// Until a listener is there, Node.js answers this signal by opening its debugger.
process.on('SIGUSR1', () => {});

const { main } = await import('./cli/main.ts');
await main(process.argv.slice(2));
