/** First programs against the local broker, one for each client library, and the colours of their words. */

export interface CodeSample {
  id: string;
  label: string;
  /** Starts a comment to the end of the line. */
  comment: string;
  keywords: readonly string[];
  text: (address: string) => string;
}

export const codeSamples: readonly CodeSample[] = [
  {
    id: 'node',
    label: 'Node',
    comment: '//',
    keywords: ['import', 'from', 'const', 'await'],
    text: (address) => `// npm i @nats-io/transport-node
import { connect } from "@nats-io/transport-node";

const nc = await connect({
  servers: "${address}",
});

nc.subscribe("orders.>", {
  callback: (_, m) => console.log(m.string()),
});

nc.publish("orders.eu.de.1", '{"state":"created"}');
await nc.flush();`,
  },
  {
    id: 'go',
    label: 'Go',
    comment: '//',
    keywords: ['package', 'import', 'func', 'defer'],
    text: (address) => `// go get github.com/nats-io/nats.go
package main

import "github.com/nats-io/nats.go"

func main() {
  nc, _ := nats.Connect("${address}")
  defer nc.Drain()

  nc.Subscribe("orders.>", func(m *nats.Msg) {
    println(m.Subject, string(m.Data))
  })
  nc.Publish("orders.eu.de.1", []byte("{}"))
  nc.Flush()
}`,
  },
  {
    id: 'python',
    label: 'Python',
    comment: '#',
    keywords: ['import', 'async', 'def', 'await'],
    text: (address) => `# pip install nats-py
import asyncio
import nats

async def main():
    nc = await nats.connect("${address}")

    async def show(msg):
        print(msg.subject, msg.data)

    await nc.subscribe("orders.>", cb=show)
    await nc.publish("orders.eu.de.1", b"{}")
    await nc.flush()

asyncio.run(main())`,
  },
  {
    id: 'java',
    label: 'Java',
    comment: '//',
    keywords: ['import', 'var', 'new'],
    text: (address) => `// io.nats:jnats
import io.nats.client.Nats;

var nc = Nats.connect("nats://${address}");

var d = nc.createDispatcher(m ->
    System.out.println(m.getSubject()));
d.subscribe("orders.>");

nc.publish("orders.eu.de.1", "{}".getBytes());
nc.flush(null);`,
  },
  {
    id: 'csharp',
    label: 'C#',
    comment: '//',
    keywords: ['using', 'await', 'var', 'foreach', 'in', 'new'],
    text: (address) => `// dotnet add package NATS.Net
using NATS.Net;

await using var nc =
    new NatsClient("nats://${address}");

await nc.PublishAsync("orders.eu.de.1", "{}");

await foreach (var m in
    nc.SubscribeAsync<string>("orders.>"))
{
    Console.WriteLine($"{m.Subject} {m.Data}");
}`,
  },
  {
    id: 'rust',
    label: 'Rust',
    comment: '//',
    keywords: ['use', 'async', 'fn', 'let', 'mut', 'while', 'await'],
    text: (address) => `// cargo add async-nats tokio futures
use futures::StreamExt;

#[tokio::main]
async fn main() -> Result<(), async_nats::Error> {
    let url = "${address}";
    let nc = async_nats::connect(url).await?;
    let mut sub = nc.subscribe("orders.>").await?;
    nc.publish("orders.eu.de.1", "{}".into()).await?;
    while let Some(m) = sub.next().await {
        println!("{} {:?}", m.subject, m.payload);
    }
    Ok(())
}`,
  },
  {
    id: 'cli',
    label: 'CLI',
    comment: '#',
    keywords: ['export', 'nats'],
    text: (address) => `# github.com/nats-io/natscli
export NATS_URL=nats://${address}

nats sub "orders.>"

nats pub orders.eu.de.1 '{"state":"created"}'

nats reply orders.status ok

nats request orders.status ''`,
  },
];

export interface CodePiece {
  text: string;
  /** Class of the data colours: comment, string, keyword, or none. */
  tone: 'cm' | 's' | 'b' | '';
}

/** One line of a sample as coloured pieces. */
export function colourLine(line: string, sample: Pick<CodeSample, 'comment' | 'keywords'>): CodePiece[] {
  const pieces: CodePiece[] = [];
  const add = (text: string, tone: CodePiece['tone']) => {
    const last = pieces.at(-1);
    if (last !== undefined && last.tone === tone) last.text += text;
    else if (text !== '') pieces.push({ text, tone });
  };
  const parts = /("[^"]*"|'[^']*')|([\p{L}_][\p{L}\p{N}_]*)|(\/\/|#)|(.)/gu;
  for (let match = parts.exec(line); match !== null; match = parts.exec(line)) {
    const [text, string, word, mark] = match;
    if (mark === sample.comment && line.slice(0, match.index).trim() === '' && line[match.index + 1] !== '[') {
      add(line.slice(match.index), 'cm');
      break;
    }
    add(text, string !== undefined ? 's' : word !== undefined && sample.keywords.includes(word) ? 'b' : '');
  }
  return pieces;
}
