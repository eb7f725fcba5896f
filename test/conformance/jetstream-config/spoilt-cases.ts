import { type ConfigCase, shortened } from './case.ts';
import { drawing } from './drawing.ts';

/** Bodies that were good until something was put in, changed or cut off: the same ones each time. */

const GOOD = [
  '{"name":"A","max_msgs":5,"subjects":["a","b.*"],"description":"x\\u00e9y","metadata":{"k":"v"},"no_ack":true,"retention":"limits","consumer_limits":{"max_ack_pending":5},"placement":{"tags":["x"]},"sources":[{"name":"O","opt_start_seq":4,"opt_start_time":"2020-01-02T03:04:05.6Z"}]}',
  '{"name":"A","mirror":{"name":"O","external":{"api":"$JS.x.API","deliver":"d"}},"max_age":100000000000,"discard":"new","storage":"file","num_replicas":1,"compression":"s2"}',
  ' { "name" : "A" , "max_bytes" : -1 , "republish" : { "src" : ">" , "dest" : "r.>" } , "first_seq" : 3 } ',
];

const PIECES = [
  ...'{}[]":,0123456789.-+eE \\nutfalsr_A\'`\t\n',
  ...['\x00', '\x1f', '\x7f', '\x80', '\xc3', '\xa9', '\xff'],
  ...['null', 'true', '1e5', '"x"', '[]', '{}', '\\u', '\\ud800', '\\"'],
];

const COUNT = 1000;

function bodies(): string[] {
  const draw = drawing(3);
  const below = (count: number): number => Math.floor(draw() * count);
  const spoil = (body: string): string => {
    const at = below(body.length + 1);
    const piece = PIECES[below(PIECES.length)] as string;
    const how = draw();
    if (how < 0.35) return body.slice(0, at) + piece + body.slice(at);
    if (how < 0.7) return body.slice(0, at) + piece + body.slice(at + 1);
    return how < 0.85 ? body.slice(0, at) + body.slice(at + 1 + below(4)) : body.slice(0, at);
  };
  return Array.from({ length: COUNT }, () => {
    const once = spoil(GOOD[below(GOOD.length)] as string);
    return draw() < 0.5 ? once : spoil(once);
  });
}

export const spoiltCases: readonly ConfigCase[] = bodies().map((body, index) => ({
  name: `${index}: ${shortened(JSON.stringify(body))}`,
  requests: [['STREAM.CREATE.A', body]],
}));
