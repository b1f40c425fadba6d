"""
An agency's service with confluent-kafka: publishes flights (`publish`) or reads a view (`subscribe`). Tokens for Kafka
come from the city's issuer; the registry is told client id and secret.
"""

import base64
import json
import os
import platform
import sys
import time

import confluent_kafka
from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.schema_registry import ConfigCompatibilityLevel, Schema, SchemaRegistryClient, ServerConfig
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from report import begin, end, step

PATIENCE_SECONDS = 40
TOPIC = os.environ["TOPIC"]
SUBJECT = f"{TOPIC}-value"
OTHER = os.environ["OTHER_TOPIC"]
CLIENT_ID, SECRET = os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"]


def kafka(**more):
    return {
        "bootstrap.servers": os.environ["BROKERS"],
        "client.id": CLIENT_ID,
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanisms": "OAUTHBEARER",
        "sasl.oauthbearer.method": "oidc",
        "sasl.oauthbearer.client.id": CLIENT_ID,
        "sasl.oauthbearer.client.secret": SECRET,
        "sasl.oauthbearer.token.endpoint.url": os.environ["TOKEN_ENDPOINT"],
        "sasl.oauthbearer.scope": "citystreams.kafka",
        **more,
    }


def registry(secret=SECRET):
    """A client that remembers nothing."""
    return SchemaRegistryClient(
        {"url": os.environ["REGISTRY_URL"], "basic.auth.user.info": f"{CLIENT_ID}:{secret}", "max.retries": 0}
    )


def registry_with_token():
    return SchemaRegistryClient({
        "url": os.environ["REGISTRY_URL"],
        "bearer.auth.credentials.source": "OAUTHBEARER",
        "bearer.auth.client.id": CLIENT_ID,
        "bearer.auth.client.secret": SECRET,
        "bearer.auth.scope": "citystreams.http",
        "bearer.auth.issuer.endpoint.url": os.environ["TOKEN_ENDPOINT"],
        "bearer.auth.logical.cluster": "citystreams",
        "bearer.auth.identity.pool.id": "citystreams",
    })


def bare(schema):
    """As generated code has it: without docs and attributes."""
    if isinstance(schema, dict):
        kept = ("type", "name", "namespace", "fields", "logicalType", "items", "values", "symbols", "default")
        return {name: bare(part) for name, part in schema.items() if name in kept}
    return [bare(part) for part in schema] if isinstance(schema, list) else schema


def registry_steps():
    step("without credentials", lambda: SchemaRegistryClient({"url": os.environ["REGISTRY_URL"]}).get_subjects())
    step("with a wrong secret", lambda: registry("wrong").get_subjects())
    step("subjects", lambda: registry().get_subjects())
    step("subjects with a token", lambda: registry_with_token().get_subjects())
    step("schema of another's topic", lambda: registry().get_latest_version(f"{OTHER}-value").version)
    step("id of another's schema", lambda: registry().get_schema(int(os.environ["OTHER_ID"])).schema_str)
    step("id of no schema", lambda: registry().get_schema(999_999).schema_str)


def publish():
    latest = registry().get_latest_version(SUBJECT)
    contract = json.loads(latest.schema.schema_str)
    registry_steps()
    # Found by its form, so auto.register, which serializers have on by default, registers nothing.
    serializer = AvroSerializer(registry(), json.dumps(bare(contract)))
    producer = Producer(kafka(**{"enable.idempotence": True}))
    refusals, delivered, ids = [], [], set()
    for flight in json.loads(os.environ["FLIGHTS"]):
        value = serializer(flight, SerializationContext(TOPIC, MessageField.VALUE))
        ids.add(int.from_bytes(value[1:5], "big"))
        headers = {
            "ce_specversion": "1.0", "ce_type": TOPIC, "ce_source": "/python",
            "ce_id": f"flight-{flight['flightId']}", "content-type": "application/avro",
        }

        def done(error, _):
            (refusals if error else delivered).append(str(error))

        producer.produce(TOPIC, key=str(flight["flightId"]), value=value, headers=headers, on_delivery=done)
    left = producer.flush(PATIENCE_SECONDS)
    step("events", lambda: {"delivered": len(delivered), "left": left, "refusals": refusals})
    step("id without docs and attributes", lambda: ids == {latest.schema_id})
    step("versions afterwards", lambda: registry().get_versions(SUBJECT))
    broken = {**contract, "fields": [*contract["fields"], {**contract["fields"][2], "name": "captain"}]}
    step("what is no contract", lambda: registry().register_schema(SUBJECT, Schema('"string"', "AVRO")))
    step("an incompatible contract", lambda: registry().register_schema(SUBJECT, Schema(json.dumps(broken), "AVRO")))
    none = ServerConfig(compatibility=ConfigCompatibilityLevel.NONE)
    step("another level", lambda: registry().set_config(SUBJECT, none))
    step("deletion", lambda: registry().delete_subject(SUBJECT))
    step("a subject of another agency", lambda: registry().register_schema(f"{OTHER}-value", Schema('"string"', "AVRO")))
    other = Producer(kafka(**{"message.timeout.ms": 8_000}))
    answers = []
    other.produce(OTHER, value=b"x", on_delivery=lambda error, _: answers.append(error.name() if error else "written"))
    other.flush(PATIENCE_SECONDS)
    step("writing another's topic", lambda: answers)


def read(topic, wanted):
    """Everything, until as many records are there and then nothing more comes; or the name of Kafka's error."""
    settings = {"group.id": f"{CLIENT_ID}.python", "auto.offset.reset": "earliest", "isolation.level": "read_committed"}
    consumer = Consumer(kafka(**settings))
    records, until = [], time.monotonic() + PATIENCE_SECONDS
    try:
        consumer.subscribe([topic])
        while time.monotonic() < until:
            message = consumer.poll(1.0)
            if message is None:
                if len(records) >= wanted:
                    break
            elif message.error():
                raise KafkaException(message.error())
            else:
                records.append(message)
        return records
    finally:
        consumer.close()


def refusal(topic):
    try:
        return f"{len(read(topic, 0))} records"
    except KafkaException as error:
        return error.args[0].name()


def subscribe():
    registry_steps()
    deserialize = AvroDeserializer(registry())
    records = read(TOPIC, int(os.environ["WANTED"]))
    context = SerializationContext(TOPIC, MessageField.VALUE)
    step("events", lambda: [[r.key().decode(), deserialize(r.value(), context)] for r in records])
    step("headers", lambda: sorted({name for r in records for name, _ in r.headers() or []}))
    step("one event", lambda: [records[0].key().decode(), base64.b64encode(records[0].value()).decode()])
    step("writing the view's subject", lambda: registry().register_schema(SUBJECT, Schema('"string"', "AVRO")))
    step("reading another's topic", lambda: refusal(OTHER))


begin(
    f"Python confluent-kafka {confluent_kafka.version()} (librdkafka {confluent_kafka.libversion()[0]}, "
    f"Python {platform.python_version()}), {sys.argv[1]}"
)
{"publish": publish, "subscribe": subscribe}[sys.argv[1]]()
end()
