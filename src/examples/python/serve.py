"""Serves the model of a Thalweg job over HTTP: the newest snapshot, or the best, or the pinned one, swapped as it changes.
    /usr/bin/python3 src/examples/python/serve.py churn --alias best
    curl -s 127.0.0.1:8000/predict -d '{"x": [0.5, -1.2, 3.0]}'
For logistic and softmax regressions; samples may be sparse or named, {"f": {"age": 37}}, with --features N of the job.
Needs confluent-kafka (Debian: python3-confluent-kafka) and nothing else; features.py beside it reads samples.
"""
import argparse, base64, hashlib, json, threading, time
from array import array
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from features import probabilities
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

current = None  # snapshot and weights in one tuple: a request sees the old model or the new one, never parts of both

def decoded(message):
    if hashlib.sha256(message.value()).hexdigest() != dict(message.headers())["thalweg-sha256"].decode():
        raise ValueError(f"offset {message.offset()}: not the value that its thalweg-sha256 names")
    snapshot = json.loads(message.value())  # below, with numpy: np.frombuffer(base64.b64decode(v["data"]), v["dtype"])
    vectors = [snapshot["y"], *snapshot.get("range", {}).values()]  # a range: with samples.standardize, to clip features
    return snapshot, [v if isinstance(v, list) else array("d", base64.b64decode(v["data"])) for v in vectors]
def newest(consumer, topic, key):
    """The last record of the key, searched backwards: the end of the log may be a marker, or of other keys."""
    first, end = consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=10)
    back, start, found = 8, end, None
    while found is None and start > first or back == 8:
        start, back = max(first, end - back), back * 8
        consumer.assign([TopicPartition(topic, 0, start)])
        while (message := consumer.poll(1)) is None or not message.error():
            found = message if message is not None and message.key() == key else found
        if message.error().code() != KafkaError._PARTITION_EOF:
            raise KafkaException(message.error())
    return found

def follow():
    global current
    key = (args.job if args.alias == "latest" else f"{args.job}@{args.alias}").encode()
    consumer = Consumer({"bootstrap.servers": args.bootstrap, "group.id": "serve", "enable.auto.commit": False,
                         "isolation.level": "read_committed", "enable.partition.eof": True})
    message = newest(consumer, args.job + ".snapshots", key)
    while True:
        if message is not None and not message.error() and message.key() == key and message.value():
            try:
                model = decoded(message)
                if args.alias != "latest" or not current or model[0]["epoch"] >= current[0]["epoch"]:
                    current = model  # an earlier epoch would be a solver that does not know yet that it was replaced
            except (ValueError, KeyError) as e:
                print("not taken:", e, flush=True)
        message = consumer.poll(1)

class Handler(BaseHTTPRequestHandler):
    def do_GET(self, read=lambda: None):  # 200 once there is a model, with its version and its age in seconds
        try:
            (snapshot, model), request = current or ({"time": "1970-01-01"}, None), read()
            age = time.time() - datetime.fromisoformat(snapshot["time"].replace("Z", "+00:00")).timestamp()
            code, said = (200, {"version": snapshot["version"], "age": age}) if model else (503, {"error": "no model yet"})
            if model and request is not None:
                said["probabilities"] = probabilities(model, request, args.classes, args.features)
        except (ValueError, KeyError, TypeError) as e:
            code, said = 400, {"error": str(e)}
        self.send_response(code); self.end_headers()
        self.wfile.write(json.dumps(said).encode() + b"\n")
    def do_POST(self):
        self.do_GET(lambda: json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

options = argparse.ArgumentParser(); options.add_argument("job")
options.add_argument("--alias", default="latest", choices=["latest", "best", "pinned"])
options.add_argument("--classes", type=int, default=1, help="of a softmax regression; 1 for a logistic one")
options.add_argument("--features", type=int, help="of the job, where samples are sparse or named")
options.add_argument("--bootstrap", default="127.0.0.1:9092"); options.add_argument("--port", type=int, default=8000)
args = options.parse_args(); threading.Thread(target=follow, daemon=True).start()
server = ThreadingHTTPServer(("127.0.0.1", args.port), Handler)
print(f"http://127.0.0.1:{server.server_port}/predict", flush=True)
server.serve_forever()
