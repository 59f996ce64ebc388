"""Feeds samples to a Thalweg job: lines of JSON from stdin, checked, packed when asked, sent without outrunning the broker.

    /usr/bin/python3 src/examples/python/feed.py churn.train --features 3 < train.jsonl
    /usr/bin/python3 src/examples/python/feed.py churn.events --features 3 --role validation --pack 256 < validation.jsonl

Needs confluent-kafka (Debian: python3-confluent-kafka) and nothing else. From a program: take Feeder.
"""
import argparse, json, math, struct, sys
from confluent_kafka import Producer

class Feeder:
    def __init__(self, bootstrap, topic, features, role=None, pack=1):
        self.producer = Producer({"bootstrap.servers": bootstrap, "acks": "all", "enable.idempotence": True, "linger.ms": 5})
        self.topic, self.features, self.pack, self.samples, self.sent, self.failed = topic, features, pack, [], 0, []
        self.headers = [("thalweg-role", role)] if role else []  # for a topic that carries both levels

    def send(self, x, y, w=1.0, id=None):
        """Takes one sample; refuses at once what the job would put among the dead letters."""
        if len(x) != self.features or not all(math.isfinite(a) for a in [*x, y, w]) or w < 0:
            raise ValueError(f"expected {self.features} finite numbers, a label and a weight from 0 on, found {x}, {y}, {w}")
        self.samples.append((x, y, w, id))
        if len(self.samples) >= self.pack:
            self.flush_pack()

    def flush_pack(self):
        samples, self.samples = self.samples, []
        if self.pack == 1:
            (x, y, w, id), = samples
            value, kind = json.dumps({"x": x, "y": y, "w": w, **({"id": id} if id is not None else {})}).encode(), "json"
        elif samples:  # the layout of src/docs/record-formats.md; ids are numbers here
            ids = [id for *_, id in samples if id is not None]
            if len(ids) not in (0, len(samples)):
                raise ValueError("all samples of a record have an id, or none has")
            value = struct.pack("<2sBBiii", b"TS", 1, 4 if ids else 0, len(samples), 0b111, self.features + 2)
            value += struct.pack(f"<{len(ids)}q", *ids)
            value += b"".join(struct.pack(f"<{self.features + 2}d", *x, y, w) for x, y, w, _ in samples)
            kind = "x-thalweg-sample"
        else:
            return
        while True:
            try:
                self.producer.produce(self.topic, value, headers=[("content-type", "application/" + kind)] + self.headers,
                                      on_delivery=lambda error, _: self.failed.append(error) if error else None)
                break
            except BufferError:  # the brake: wait until the broker has taken some of what is in flight
                self.producer.poll(0.1)
        self.producer.poll(0)
        self.sent += len(samples)

    def close(self):
        """Sends the rest and waits for every acknowledgement."""
        self.flush_pack() if self.samples else None
        self.producer.flush()
        if self.failed:
            raise RuntimeError(f"{len(self.failed)} records were not delivered: {self.failed[0]}")

if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("topic")
    options.add_argument("--features", type=int, required=True)
    options.add_argument("--role", choices=["train", "validation"])
    options.add_argument("--pack", type=int, default=1, help="samples per record; 1 is JSON, more is binary")
    options.add_argument("--bootstrap", default="127.0.0.1:9092")
    args = options.parse_args()
    feeder = Feeder(args.bootstrap, args.topic, args.features, args.role, args.pack)
    for number, line in enumerate(sys.stdin, 1):
        try:
            feeder.send(**json.loads(line))
        except (ValueError, TypeError) as e:
            print(f"line {number} left out: {e}", file=sys.stderr)
    feeder.close()
    print(f"{feeder.sent} samples to {args.topic}")
