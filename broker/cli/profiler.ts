import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Session } from 'node:inspector/promises';
import type { AddressInfo } from 'node:net';
import { getHeapSnapshot } from 'node:v8';
import type { BrokerAddress } from '../options.ts';
import { hostAndPort } from './files.ts';
import { systemErrorText } from './system-error.ts';

/** Profiling over HTTP, where nats-server has it. What comes is Chrome's format: its developer tools and VS Code open it. */
export interface Profiler {
  /** The real port. */
  readonly address: BrokerAddress;
}

const SECONDS_DEFAULT = 30;
const SECONDS_MAX = 300;

const INDEX = `Profiles of this process, for the developer tools of Chrome or for VS Code:

/debug/pprof/profile?seconds=${SECONDS_DEFAULT}   processor time (.cpuprofile), at most ${SECONDS_MAX} s
/debug/pprof/heap                memory (.heapsnapshot); the server stands still while it is taken
/debug/pprof/cmdline             how it was started
`;

/** Opens the port; -1 is any free one. Rejects with an error in nats-server's words. It keeps no process running. */
export async function startProfiler(host: string, port: number): Promise<Profiler> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.statusCode = 500;
      response.end(`${(error as Error).message}\n`);
    });
  });
  const wanted = port === -1 ? 0 : port;
  try {
    server.listen(wanted, host);
    await once(server, 'listening');
  } catch (error) {
    const address = hostAndPort(host, wanted);
    throw new Error(`listen tcp ${address}: bind: ${systemErrorText(error)}`, { cause: error });
  }
  server.unref();
  return { address: { host, port: (server.address() as AddressInfo).port } };
}

let profiling = false;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  switch (url.pathname) {
    case '/debug/pprof/profile':
      return answerProfile(url.searchParams.get('seconds'), response);
    case '/debug/pprof/heap':
      name(response, 'heapsnapshot');
      getHeapSnapshot().pipe(response);
      return;
    case '/debug/pprof/cmdline':
      response.end(process.title);
      return;
    case '/debug/pprof':
    case '/debug/pprof/':
      response.setHeader('content-type', 'text/plain; charset=utf-8');
      response.end(INDEX);
      return;
    default:
      response.statusCode = 404;
      response.end('404 page not found\n');
  }
}

async function answerProfile(text: string | null, response: ServerResponse): Promise<void> {
  const seconds = text === null ? SECONDS_DEFAULT : Number(text);
  if (!(seconds > 0 && seconds <= SECONDS_MAX)) {
    response.statusCode = 400;
    response.end(`seconds must be above 0 and at most ${SECONDS_MAX}\n`);
    return;
  }
  if (profiling) {
    response.statusCode = 409;
    response.end('another profile is being taken\n');
    return;
  }
  profiling = true;
  const session = new Session();
  try {
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      response.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
    });
    const { profile } = await session.post('Profiler.stop');
    name(response, 'cpuprofile');
    response.end(JSON.stringify(profile));
  } finally {
    session.disconnect();
    profiling = false;
  }
}

function name(response: ServerResponse, ending: string): void {
  response.setHeader('content-type', 'application/json');
  response.setHeader('content-disposition', `attachment; filename="natscope-${process.pid}.${ending}"`);
}
