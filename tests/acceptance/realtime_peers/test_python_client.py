"""The official Python client (python-socketio) as a member of a room. What its `RedisManager` writes is a format of its own (pickled
or JSON dictionaries on one channel), which no Node server reads either: servers of ours join Node's adapter, not that."""

import json
import os
import time
import urllib.request
import uuid

import pytest
import socketio

BASE = os.environ["TUTTI_URL"]


def post(path, body, token=None):
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(BASE + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 201
        return json.load(answer)


def until(holds, what, seconds=5):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.01)


class Member:
    """A client connected to /rooms, which keeps the room's events."""

    def __init__(self, token, transport):
        self.client = socketio.Client(reconnection=False)
        self.events = []
        self.client.on("room:event", self.events.append, namespace="/rooms")
        self.client.connect(BASE, auth={"token": token}, transports=[transport], namespaces=["/rooms"], wait_timeout=5)

    def op(self, event, **payload):
        return self.client.call(event, {"op": str(uuid.uuid4()), **payload}, namespace="/rooms", timeout=5)


@pytest.fixture
def join():
    """Makes members that are gone after the test."""
    members = []

    def join(token, transport, room):
        member = Member(token, transport)
        members.append(member)
        joined = member.op("room:join", room=room)
        assert joined["ok"], joined
        return member

    yield join
    for member in members:
        member.client.disconnect()


@pytest.fixture
def party():
    """Tokens of a host and a guest, and the host's room."""
    host, guest = (post("/v1/guests", {"name": name})["token"] for name in ("Host", "Guest"))
    return host, guest, post("/v1/rooms", {"name": "Party", "settings": {"autopilot": False}}, host)["id"]


@pytest.mark.parametrize("transports", [("websocket", "websocket"), ("polling", "polling"), ("websocket", "polling")])
def test_two_members_see_one_order(party, join, transports):
    host, guest, room = party
    members = [join(host, transports[0], room), join(guest, transports[1], room)]
    acks = []
    for at in range(12):
        acks.append(members[at % 2].op("chat:send", room=room, text=f"message {at} ♥"))
    assert all(ack["ok"] for ack in acks), acks
    chats = lambda member: [(e["seq"], e["data"]["text"]) for e in list(member.events) if e["type"] == "chat.message"]
    until(lambda: all(len(chats(member)) >= 12 for member in members), "the messages at both members")
    assert chats(members[0]) == chats(members[1])
    assert [seq for seq, _ in chats(members[0])] == [ack["seq"] for ack in acks]


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_binary_goes_both_ways(party, join, transport):
    host, _, room = party
    member = join(host, transport, room)
    refused = member.op("picture:share", room=room, mime="image/png", data=b"\x00 no picture \xff")
    assert refused["error"]["code"] == "BAD_PICTURE", refused
    assert member.op("chat:send", room=room, text="still here")["ok"]


@pytest.mark.parametrize("transport", ["websocket", "polling"])
@pytest.mark.parametrize("auth", [{"token": "nonsense"}, {}, None])
def test_a_bad_token_is_a_connection_error(transport, auth):
    client = socketio.Client(reconnection=False)
    said = []
    client.on("connect_error", said.append, namespace="/rooms")
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(BASE, auth=auth, transports=[transport], namespaces=["/rooms"], wait_timeout=5)
    client.disconnect()
    assert [error["message"] for error in said] == ["UNAUTHORIZED"]
