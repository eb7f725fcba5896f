"""Runs the scenarios of the NATS client for Python against servers that it starts itself.

Usage: scenarios.py COMMAND..., where COMMAND is the server's program and what stands before its flags. Prints one JSON object
on standard output: scenario -> "ok" or the reason why it failed.
"""

import asyncio
import json
import re
import subprocess
import sys
import traceback

import nats
from nats import errors

COMMAND = sys.argv[1:]
PATIENCE_S = 10


class Server:
    """A server process on a free port of the loopback address, or on a given one."""

    def __init__(self, *flags, port=-1):
        words = [*COMMAND, "-a", "127.0.0.1", "-p", str(port), *flags]
        self.process = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        self.port = None
        for line in self.process.stderr:
            if found := re.search(r"Listening for client connections on \S+:(\d+)", line):
                self.port = int(found[1])
            if "Server is ready" in line:
                return
        raise RuntimeError("the server ended before it was ready")

    @property
    def url(self):
        return f"nats://127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()


async def connected(server, **options):
    return await nats.connect(server.url, connect_timeout=PATIENCE_S, **options)


async def settled(client):
    """Waits until the server has taken everything that was asked of it so far.

    The PING of this client's flush() may overtake what still waits to be written; that of a second one cannot.
    """
    await client.flush(PATIENCE_S)
    await client.flush(PATIENCE_S)


async def publish_and_subscribe(server):
    one, two = await connected(server), await connected(server)
    subscription = await two.subscribe("greet")
    await settled(two)
    payloads = [b"hello", b"", bytes(range(256)), "Grüße".encode()]
    for payload in payloads:
        await one.publish("greet", payload)
    received = [(await subscription.next_msg(PATIENCE_S)).data for _ in payloads]
    assert received == payloads, received
    await one.close()
    await two.close()


async def wildcards(server):
    client = await connected(server)
    one, rest = await client.subscribe("a.*.c"), await client.subscribe("a.>")
    for subject in ["a.b.c", "a.b", "a", "a.x.c", "a.b.c.d"]:
        await client.publish(subject)
    assert [(await one.next_msg(PATIENCE_S)).subject for _ in range(2)] == ["a.b.c", "a.x.c"]
    assert [(await rest.next_msg(PATIENCE_S)).subject for _ in range(4)] == ["a.b.c", "a.b", "a.x.c", "a.b.c.d"]
    await client.close()


async def queue_group(server):
    publisher = await connected(server)
    counts = [0, 0, 0]
    workers = []
    for index in range(3):
        worker = await connected(server)

        async def count(_, index=index):
            counts[index] += 1

        await worker.subscribe("work", queue="workers", cb=count)
        await settled(worker)
        workers.append(worker)
    for _ in range(300):
        await publisher.publish("work")
    await settled(publisher)
    for worker in workers:
        await worker.drain()
    assert sum(counts) == 300 and min(counts) > 30, counts
    await publisher.close()


async def request_and_reply(server):
    asker, answerer = await connected(server), await connected(server)

    async def double(message):
        await message.respond(str(int(message.data) * 2).encode())

    await answerer.subscribe("double", cb=double)
    await settled(answerer)
    answers = await asyncio.gather(*(asker.request("double", str(n).encode(), PATIENCE_S) for n in range(50)))
    assert [int(answer.data) for answer in answers] == [n * 2 for n in range(50)]
    old = await asker.request("double", b"21", PATIENCE_S, old_style=True)
    assert old.data == b"42", old.data
    await asker.close()
    await answerer.close()


async def many_replies(server):
    client = await connected(server)
    for index in range(3):

        async def answer(message, index=index):
            await message.respond(str(index).encode())

        await client.subscribe("who", cb=answer)
    inbox = client.new_inbox()
    replies = await client.subscribe(inbox, max_msgs=3)
    await client.publish("who", b"", reply=inbox)
    received = sorted([(await replies.next_msg(PATIENCE_S)).data for _ in range(3)])
    assert received == [b"0", b"1", b"2"], received
    await client.close()


async def headers(server):
    client = await connected(server)
    subscription = await client.subscribe("h")
    await client.publish("h", b"body", reply="back", headers={"Trace": "one", "Other": "two words"})
    message = await subscription.next_msg(PATIENCE_S)
    assert message.headers == {"Trace": "one", "Other": "two words"}, message.headers
    assert (message.data, message.reply) == (b"body", "back")
    await client.close()


async def no_responders(server):
    client = await connected(server)
    for old_style in (False, True):
        try:
            await client.request("nobody", b"", PATIENCE_S, old_style=old_style)
            raise AssertionError("somebody answered")
        except errors.NoRespondersError:
            pass
    await client.close()


async def auto_unsubscribe(server):
    client = await connected(server)
    subscription = await client.subscribe("few")
    await subscription.unsubscribe(limit=2)
    for index in range(5):
        await client.publish("few", str(index).encode())
    received = [(await subscription.next_msg(PATIENCE_S)).data for _ in range(2)]
    assert received == [b"0", b"1"], received
    await client.close()


async def drain(server):
    publisher, consumer = await connected(server), await connected(server)
    last = await publisher.subscribe("last")
    received = 0

    async def count(_):
        nonlocal received
        received += 1

    await consumer.subscribe("d", cb=count)
    await settled(consumer)
    for _ in range(500):
        await publisher.publish("d")
    await settled(publisher)
    await consumer.publish("last", b"words")
    await consumer.drain()
    assert received == 500, received
    assert consumer.is_closed
    assert (await last.next_msg(PATIENCE_S)).data == b"words"
    await publisher.close()


async def max_payload(server):
    client = await connected(server)
    subscription = await client.subscribe("big", pending_bytes_limit=64 * 1024 * 1024)
    payload = b"\x07" * client.max_payload
    await client.publish("big", payload)
    assert (await subscription.next_msg(PATIENCE_S)).data == payload
    try:
        await client.publish("big", payload + b"x")
        raise AssertionError("too much was taken")
    except errors.MaxPayloadError:
        pass
    await client.close()


async def reconnect(_):
    reconnected = asyncio.Event()

    async def on_reconnect():
        reconnected.set()

    async def ignore(_):
        pass

    with Server() as server:
        client = await connected(
            server, reconnected_cb=on_reconnect, error_cb=ignore, reconnect_time_wait=0.05, max_reconnect_attempts=-1
        )
        subscription = await client.subscribe("again")
        await settled(client)
    with Server(port=server.port):
        await asyncio.wait_for(reconnected.wait(), PATIENCE_S)
        await client.publish("again", b"here")
        assert (await subscription.next_msg(PATIENCE_S)).data == b"here"
        await client.close()


async def refused(server, **options):
    """Whether the server turns a client with these options away."""

    async def ignore(_):
        pass

    try:
        client = await connected(server, allow_reconnect=False, error_cb=ignore, **options)
    except errors.Error as error:
        return "authorization violation" in str(error).lower()
    await client.close()
    return False


async def user_and_password(_):
    with Server("--user", "ada", "--pass", "right") as server:
        client = await connected(server, user="ada", password="right")
        await settled(client)
        await client.close()
        assert await refused(server, user="ada", password="wrong")
        assert await refused(server)


async def token(_):
    with Server("--auth", "s3cr3t") as server:
        client = await connected(server, token="s3cr3t")
        await settled(client)
        await client.close()
        assert await refused(server, token="other")


SCENARIOS = [
    publish_and_subscribe,
    wildcards,
    queue_group,
    request_and_reply,
    many_replies,
    headers,
    no_responders,
    auto_unsubscribe,
    drain,
    max_payload,
    reconnect,
    user_and_password,
    token,
]


async def main():
    results = {}
    with Server() as server:
        for scenario in SCENARIOS:
            try:
                await asyncio.wait_for(scenario(server), 4 * PATIENCE_S)
                results[scenario.__name__] = "ok"
            except Exception:
                results[scenario.__name__] = traceback.format_exc()
    print(json.dumps(results))


asyncio.run(main())
