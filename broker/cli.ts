#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Before anything else is loaded: a suite starts the server hundreds of times, and compiling is a good part of a start.
enableCompileCache();
// Until a listener is there, Node.js answers this signal by opening its debugger.
process.on('SIGUSR1', () => {});

const { main } = await import('./cli/main.ts');
await main(process.argv.slice(2));
