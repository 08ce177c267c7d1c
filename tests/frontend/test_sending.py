"""Sending a sealed bid from the browser, run by Node against a server that fails in the ways that lines and servers do."""

from __future__ import annotations

import json
from hashlib import sha256

import pyrage
import pytest

from rodatraden.core.sealing.parts import PART
from tools import frontend

KEY = pyrage.x25519.Identity.generate()

SEND = """
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { handIn, heldNow, send, stop } from "./sending.mjs";
import { asked } from "./asking.mjs";

let open = 0;
const real = globalThis.fetch;
globalThis.fetch = (...about) => {
  open += 1;
  return real(...about).finally(() => (open -= 1));
};
const log = [];
let answers = () => ({});
const server = createServer((request, response) => {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece)).on("end", async () => {
    const name = `${request.method} ${request.url.slice(1)}`;
    log.push(name);
    const { status = 200, body = {}, headers = {} } = await answers(name, request.headers, Buffer.concat(pieces));
    response.writeHead(status, headers).end(JSON.stringify(body));
  });
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const to = () => ({ base: `http://127.0.0.1:${server.address().port}/`, csrf: "" });
const never = new Promise(() => undefined);
const waits = [];
const looked = [];
const told = { looked: async ({ done }) => void looked.push(done), sent: async () => {}, progress: async () => {}, waiting: async ({ seconds }) => void waits.push(seconds) };
const PART = 4 * 1024 * 1024;
const [, , chosen, recipient, folder] = process.argv;
const bytes = (text) => new TextEncoder().encode(text);
const hex = async (data) => Buffer.from(await crypto.subtle.digest("SHA-256", data)).toString("hex");
const file = new File([new Uint8Array(3 * PART - 5)], "a");
const listed = [{ name: "a", size: file.size, sha256: await hex(await file.arrayBuffer()) }];
const packages = { bid: { recipient, wraps: bytes("wraps"), index: bytes("index") } };
const whole = (sent = []) => send({ to: to(), recipient, files: [file], listed, sent }, told);
const code = (promise) => promise.then(() => "", (fault) => fault.code);
const found = (parts = {}, receipt = null) => ({ body: { parts, receipt, csrf: "new" } });
const manifest = { manifest: "{}", packages, hashes: { "bid/parts/00000.age": "aa" }, key: "k" };
const cases = {
  async "one part fails"() {
    answers = (name) =>
      name === "GET " ? found() : name.includes("00000") ? never : name.includes("00001") ? { status: 422, body: { reason: "no" } } : {};
    return { fault: await code(whole()), open };
  },
  async "stopped"() {
    let come;
    const both = new Promise((done) => (come = done));
    answers = (name) => (name === "GET " ? found() : name.includes("parts") ? (name.includes("00001") && come(), never) : {});
    const sending = code(whole());
    await both;
    stop();
    const fault = await sending;
    return { fault, open, then: await heldNow(to(), told) };
  },
  async "all comes"() {
    answers = (name) => (name === "GET " ? found() : {});
    const { parts, hashes, csrf } = await whole();
    return { looked, named: Object.keys(hashes).sort(), alike: parts.every((part, n) => hashes[`bid/parts/0000${n}.age`] === part.sha256), csrf };
  },
  async "many parts of many files, and one of them twice"() {
    const later = globalThis.setTimeout;
    globalThis.setTimeout = (act, after, ...more) => later(act, after === 9000 ? 0 : after, ...more);
    const datas = [PART - 5, 1, 3 * PART + 9, PART, 2 * PART].map((size) => randomBytes(size));
    const files = datas.map((data, n) => new File([data], `${n}`));
    const listed = await Promise.all(datas.map(async (data, n) => ({ name: `${n}`, size: data.length, sha256: await hex(data) })));
    writeFileSync(`${folder}/plain`, Buffer.concat(datas));
    let release = () => undefined;
    let isRefused = false;
    answers = (name, headers, data) => {
      if (name === "GET ") return found({ "bid/parts/00003.age": "aa" });
      writeFileSync(`${folder}/${name.slice(-9)}`, data);
      release(); // each waits on its way until the next has come
      if (name.endsWith("00007.age")) return {};
      return new Promise((done) => {
        const refuse = name.endsWith("00002.age") && !isRefused;
        isRefused ||= refuse;
        release = () => done(refuse ? { status: 503, headers: { "Retry-After": "9" } } : {});
      });
    };
    const { parts } = await send({ to: to(), recipient, files, listed, sent: [{ number: 3, sha256: "aa", size: 5 }] }, told);
    return { parts };
  },
  async "stopped while a file is looked into"() {
    answers = () => found();
    const looking = { ...told, looked: async () => stop() };
    const about = { to: to(), recipient, files: [file], listed, sent: [] };
    return { fault: await code(send(about, looking)) };
  },
  async "the server holds another part"() {
    answers = () => found({ "bid/parts/00000.age": "bb" });
    return { fault: await code(handIn({ to: to(), ...manifest }, told)) };
  },
  async "the server holds all"() {
    answers = (name, { "x-csrftoken": token }) => (name === "GET " ? found({ "bid/parts/00000.age": "aa" }) : { body: { receipt: `/${token}` } });
    return { receipt: await handIn({ to: to(), ...manifest }, told) };
  },
  async "the server does not say what it holds"() {
    answers = (name) => (name === "GET " ? { status: 503, headers: { "Retry-After": "9" } } : { body: { receipt: "/r" } });
    return { receipt: await handIn({ to: to(), ...manifest }, told) };
  },
  async "the receipt was lost"() {
    answers = () => found({}, "/r");
    return { receipt: await handIn({ to: to(), ...manifest }, told) };
  },
  async "a rush"() {
    const later = globalThis.setTimeout;
    globalThis.setTimeout = (act, after, ...more) => later(act, after === 9000 ? 0 : after, ...more);
    let left = 3;
    answers = () => (left-- > 0 ? { status: 503, headers: { "Retry-After": "9" } } : {});
    const { signal } = new AbortController();
    return { status: (await asked(to().base, {}, { waiting: told.waiting, signal })).status };
  },
};
const told_by = await cases[chosen]();
console.log(JSON.stringify({ ...told_by, log, waits }));
process.exit(0);
"""


@pytest.fixture(scope="session")
def sending(tmp_path_factory):
    """Give what came of one case: `sending("stopped")`; `sending.folder` is where it wrote."""
    folder = tmp_path_factory.mktemp("sending")
    for name in ("sending", "asking"):
        how = ("--bundle", "--format=esm", "--target=es2022", f"--outfile={folder / name}.mjs")
        made = frontend._node("esbuild/bin/esbuild", str(frontend.PROGRAMS / f"{name}.ts"), *how)
        assert made.returncode == 0, made.stderr
    (folder / "send.mjs").write_text(SEND, encoding="utf-8")

    def sent(case):
        told = frontend._node(str(folder / "send.mjs"), case, str(KEY.to_public()), str(folder))
        assert told.returncode == 0, told.stderr
        return json.loads(told.stdout)

    sent.folder = folder
    return sent


def test_when_one_part_fails_no_other_is_still_on_its_way(sending):
    told = sending("one part fails")
    assert told["fault"] == "refused"
    assert told["open"] == 0
    assert told["waits"] == [], "and nothing is tried again behind the supplier's back"


def test_after_a_stop_nothing_is_on_its_way_and_the_server_can_be_asked_what_it_has(sending):
    told = sending("stopped")
    assert told["fault"] == "stopped"
    assert told["open"] == 0
    assert told["then"] == {"parts": {}, "receipt": None, "csrf": "new"}


def test_what_was_sent_is_told_by_name_with_its_hash_and_the_token_of_now(sending):
    told = sending("all comes")
    parts = [f"bid/parts/0000{n}.age" for n in range(3)]
    assert told["named"] == parts
    assert told["alike"]
    assert told["csrf"] == "new"


def test_rooms_that_are_used_again_hold_what_belongs_there_as_long_as_it_is_needed(sending):
    """Two parts are on their way at any time, one is asked for again, and one is there from before."""
    told = sending("many parts of many files, and one of them twice")
    plain = (sending.folder / "plain").read_bytes()
    plain += bytes(-len(plain) % PART)
    assert len(plain) == 8 * PART
    assert len([name for name in told["log"] if name.startswith("PUT")]) == 8
    for number, part in enumerate(told["parts"]):
        path = sending.folder / f"{number:05}.age"
        if number == 3:
            assert (part["sha256"], path.exists()) == ("aa", False)
            continue
        sealed = path.read_bytes()
        assert part == {"sha256": sha256(sealed).hexdigest(), "size": len(sealed)}
        assert pyrage.decrypt(sealed, [KEY]) == plain[number * PART : (number + 1) * PART], number


def test_who_goes_on_with_a_bid_is_told_how_far_its_files_are_looked_into_and_can_stop(sending):
    """A worker that is new does not know what the pieces of a file are."""
    part = 4 * 1024 * 1024
    assert sending("all comes")["looked"] == [part, 2 * part, 3 * part - 5]
    told = sending("stopped while a file is looked into")
    assert (told["fault"], told["log"]) == ("stopped", ["GET "])


def test_a_manifest_is_not_sent_over_a_part_that_is_another_than_it_names(sending):
    told = sending("the server holds another part")
    assert told["fault"] == "astray"
    assert told["log"] == ["GET "]


def test_a_manifest_is_sent_with_the_token_of_now_when_all_that_it_names_has_come(sending):
    told = sending("the server holds all")
    assert told["receipt"] == "/new"
    assert told["log"] == ["GET ", "POST lamna-in"]


def test_a_manifest_waits_for_no_answer_about_the_parts_at_the_last_minute(sending):
    told = sending("the server does not say what it holds")
    assert told["receipt"] == "/r"
    assert told["log"] == ["GET ", "POST lamna-in"]
    assert told["waits"] == []


def test_a_bid_that_has_a_receipt_is_not_handed_in_again(sending):
    told = sending("the receipt was lost")
    assert told["receipt"] == "/r"
    assert told["log"] == ["GET "]


def test_what_is_fetched_in_a_rush_is_asked_for_again_when_the_server_says(sending):
    told = sending("a rush")
    assert told["status"] == 200
    assert told["waits"] == [9, 9, 9]
