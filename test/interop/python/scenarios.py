"""Runs the scenarios of the NATS client for Python against servers that it starts itself.

Usage: scenarios.py COMMAND..., where COMMAND is the server's program and what stands before its flags. Prints one JSON object
on standard output: scenario -> "ok" or the reason why it failed.
"""

import asyncio
import json
import re
import subprocess
import sys
import tempfile
import traceback

import nats
from nats import errors
from nats.js import api
from nats.js import errors as js_errors

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


class Streams:
    """A server with JetStream in a folder of its own, and a client of it."""

    async def __aenter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.server = Server("-js", "-sd", self.folder.name)
        self.client = await connected(self.server)
        return self.client.jetstream(timeout=PATIENCE_S)

    async def __aexit__(self, *_):
        await self.client.close()
        self.server.__exit__()
        self.folder.cleanup()


async def streams_and_publishing(_):
    async with Streams() as js:
        info = await js.add_stream(name="S", subjects=["s.>"], max_msgs=5, allow_direct=True)
        assert (info.config.name, info.state.messages) == ("S", 0)
        ack = await js.publish("s.a", b"1", headers={"Nats-Msg-Id": "one"})
        assert (ack.stream, ack.seq, ack.duplicate) == ("S", 1, None)
        assert (await js.publish("s.a", b"1", headers={"Nats-Msg-Id": "one"})).duplicate is True
        futures = [await js.publish_async("s.b", str(n).encode()) for n in range(2, 8)]
        assert [(await future).seq for future in futures] == [2, 3, 4, 5, 6, 7]
        state = (await js.stream_info("S", subjects_filter=">")).state
        assert (state.messages, state.first_seq, state.last_seq) == (5, 3, 7)
        assert state.subjects == {"s.b": 5}
        assert (await js.get_msg("S", seq=3)).data == b"3"
        assert (await js.get_last_msg("S", "s.b")).seq == 7
        assert (await js.get_msg("S", subject="s.b", direct=True)).data == b"7"
        assert await js.delete_msg("S", 4)
        assert await js.purge_stream("S", keep=1)
        assert (await js.stream_info("S")).state.messages == 1
        assert await js.find_stream_name_by_subject("s.x") == "S"
        assert [one.config.name for one in await js.streams_info()] == ["S"]
        try:
            await js.add_stream(name="T", subjects=["s.a"])
            raise AssertionError("streams with the same subjects")
        except js_errors.BadRequestError as error:
            assert error.err_code == 10065, error
        assert await js.delete_stream("S")
        try:
            await js.stream_info("S")
            raise AssertionError("a stream that was deleted")
        except js_errors.NotFoundError as error:
            assert error.err_code == 10059, error


async def pull_subscription(_):
    async with Streams() as js:
        await js.add_stream(name="S", subjects=["s.>"])
        for n in range(10):
            await js.publish("s.a", str(n).encode())
        config = api.ConsumerConfig(max_deliver=3, ack_wait=30)
        pulling = await js.pull_subscribe("s.a", "D", config=config)
        messages = await pulling.fetch(4, timeout=PATIENCE_S)
        assert [message.data for message in messages] == [b"0", b"1", b"2", b"3"]
        assert messages[0].metadata.sequence.stream == 1 and messages[0].metadata.num_pending == 9
        await messages[0].ack_sync(timeout=PATIENCE_S)
        await messages[1].nak()
        await messages[2].term()
        await messages[3].in_progress()
        await messages[3].ack_sync(timeout=PATIENCE_S)
        rest = []
        while len(rest) < 7:
            rest += await pulling.fetch(7 - len(rest), timeout=PATIENCE_S)
        assert sorted(message.data for message in rest) == [b"1", b"4", b"5", b"6", b"7", b"8", b"9"]
        assert [message.data for message in rest if message.metadata.num_delivered == 2] == [b"1"]
        for message in rest:
            await message.ack_sync(timeout=PATIENCE_S)
        try:
            await pulling.fetch(1, timeout=0.5)
            raise AssertionError("a message that nobody published")
        except errors.TimeoutError:
            pass
        info = await js.consumer_info("S", "D")
        assert (info.num_pending, info.num_ack_pending, info.ack_floor.stream_seq) == (0, 0, 10)


async def push_subscriptions(_):
    async with Streams() as js:
        await js.add_stream(name="S", subjects=["s.>"])
        for n in range(6):
            await js.publish("s.a" if n % 2 == 0 else "s.b", str(n).encode())
        durable = await js.subscribe("s.a", durable="push", manual_ack=True)
        for expected in (b"0", b"2", b"4"):
            message = await durable.next_msg(PATIENCE_S)
            assert message.data == expected
            await message.ack_sync(timeout=PATIENCE_S)
        ordered = await js.subscribe("s.>", ordered_consumer=True)
        assert [(await ordered.next_msg(PATIENCE_S)).data for _ in range(6)] == [b"0", b"1", b"2", b"3", b"4", b"5"]
        first, second = asyncio.Queue(), asyncio.Queue()
        await js.subscribe("s.b", "group", cb=first.put)
        await js.subscribe("s.b", "group", cb=second.put)
        for _ in range(50):
            if first.qsize() + second.qsize() == 3:
                break
            await asyncio.sleep(0.1)
        assert first.qsize() + second.qsize() == 3


async def keys(_):
    async with Streams() as js:
        bucket = await js.create_key_value(bucket="B", history=5)
        assert await bucket.put("a", b"1") == 1
        assert await bucket.update("a", b"2", last=1) == 2
        try:
            await bucket.update("a", b"3", last=1)
            raise AssertionError("an update of an old revision")
        except js_errors.KeyWrongLastSequenceError:
            pass
        assert await bucket.create("b.c", b"x") == 3
        assert (await bucket.get("a")).value == b"2"
        assert (await bucket.get("a", revision=1)).value == b"1"
        await bucket.delete("b.c")
        assert await bucket.keys() == ["a"]
        assert [entry.operation for entry in await bucket.history("b.c")] == [None, "DEL"]
        watcher = await bucket.watch("a")
        assert (await watcher.updates(timeout=PATIENCE_S)).value == b"2"
        await bucket.purge("a")
        entries = [await watcher.updates(timeout=PATIENCE_S) for _ in range(2)]
        assert [entry and entry.operation for entry in entries] == [None, "PURGE"]
        assert (await bucket.status()).bucket == "B"
        assert await js.delete_key_value("B")


async def objects(_):
    async with Streams() as js:
        store = await js.create_object_store("O")
        content = b"natscope " * 40_000
        info = await store.put("file", content)
        assert (info.name, info.size) == ("file", len(content))
        assert (await store.get("file")).data == content
        assert [entry.name for entry in await store.list()] == ["file"]
        await store.delete("file")
        assert (await store.get_info("file", show_deleted=True)).deleted
        assert await js.delete_object_store("O")


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
    streams_and_publishing,
    pull_subscription,
    push_subscriptions,
    keys,
    objects,
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
