"""What a program with confluent-kafka does with a schema registry. The address is in REGISTRY_URL, the data in SCENARIO."""

import json
import os
import platform
from concurrent.futures import ThreadPoolExecutor

import confluent_kafka
from confluent_kafka.schema_registry import (
    ConfigCompatibilityLevel,
    Metadata,
    MetadataProperties,
    Schema,
    SchemaReference,
    SchemaRegistryClient,
    ServerConfig,
    dual_schema_id_deserializer,
    header_schema_id_serializer,
)
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from report import begin, end, step

with open(os.environ["SCENARIO"], encoding="utf-8") as file:
    SCENARIO = json.load(file)
TOPIC = SCENARIO["topic"]
SUBJECT = f"{TOPIC}-value"
V1 = SCENARIO["v1"]
V2 = {**V1, "fields": [*V1["fields"], SCENARIO["added"]]}
BROKEN = {**V1, "fields": [*V1["fields"], SCENARIO["addedWithoutDefault"]]}
EVENT = SCENARIO["event"]


CLIENT = SchemaRegistryClient({"url": os.environ["REGISTRY_URL"]})


def client():
    """A client that remembers nothing."""
    CLIENT.clear_caches()
    return CLIENT


def avro(schema, **more):
    return Schema(json.dumps(schema), "AVRO", **more)


def context(topic=TOPIC, headers=None):
    return SerializationContext(topic, MessageField.VALUE, headers)


def serialize(schema, event=EVENT, topic=TOPIC, headers=None, **conf):
    options = {name.replace("_", "."): value for name, value in conf.items()}
    text = schema if isinstance(schema, Schema) else json.dumps(schema)
    return AvroSerializer(client(), text, conf=options)(event, context(topic, headers))


def deserialize(data, schema=None, topic=TOPIC, headers=None, **conf):
    options = {name.replace("_", "."): value for name, value in conf.items()}
    text = None if schema is None else json.dumps(schema)
    return AvroDeserializer(client(), text, conf=options)(data, context(topic, headers))


def id_of(data):
    assert data[0] == 0
    return int.from_bytes(data[1:5], "big")


def reading_and_writing():
    data = serialize(V1)
    first = id_of(data)
    step("round trip", lambda: deserialize(data))
    step("versions after the first event", lambda: client().get_versions(SUBJECT))
    step("same id again", lambda: id_of(serialize(V1)) == first)
    step("same id without registering", lambda: id_of(serialize(V1, auto_register_schemas=False)) == first)
    step("unknown subject without registering", lambda: serialize(V1, topic="unknown", auto_register_schemas=False))
    step("unknown schema without registering", lambda: serialize(V2, auto_register_schemas=False))
    newer = client().register_schema(SUBJECT, avro(V2))
    latest = {"auto_register_schemas": False, "use_latest_version": True}
    step("latest version is used", lambda: id_of(serialize(V1, {**EVENT, "pilot": "Li"}, **latest)) == newer)
    step("latest version of an unknown subject", lambda: serialize(V1, topic="unknown", **latest))
    step("old event for a new reader", lambda: deserialize(data, V2)["pilot"])
    step("new event for an old reader", lambda: deserialize(serialize(V2, {**EVENT, "pilot": "Li"}), V1) == EVENT)
    step("unknown id", lambda: deserialize(bytes([0, 0, 15, 66, 63]) + data[5:]))
    step("keys", lambda: client().register_schema(f"{TOPIC}-key", Schema('"string"', "AVRO")) > 0)
    headers = []
    bare = serialize(V1, headers=headers, schema_id_serializer=header_schema_id_serializer)
    step(
        "round trip with the guid in a header",
        lambda: deserialize(bare, headers=headers, schema_id_deserializer=dual_schema_id_deserializer),
    )


def schemas():
    registered = client().get_latest_version(SUBJECT)
    identity = registered.schema_id
    step("latest", lambda: [registered.subject, registered.version, json.loads(registered.schema.schema_str) == V2])
    step("by id", lambda: json.loads(client().get_schema(identity).schema_str) == V2)
    step("by id and subject", lambda: json.loads(client().get_schema(identity, SUBJECT).schema_str) == V2)
    step("by guid", lambda: json.loads(client().get_schema_by_guid(registered.guid).schema_str) == V2)
    step("by version", lambda: json.loads(client().get_version(SUBJECT, 1).schema.schema_str) == V1)
    step("looked up", lambda: client().lookup_schema(SUBJECT, avro(V1)).version)
    step("unknown subject", lambda: client().get_latest_version("unknown").version)
    step("unknown version", lambda: client().get_version(SUBJECT, 77).version)
    step("unknown schema", lambda: client().lookup_schema(SUBJECT, avro(BROKEN)).version)
    step("unknown guid", lambda: client().get_schema_by_guid("0b7a7e52-3f4c-2d6e-9b61-6d1c2a3f4e5b").schema_str)
    step("types", lambda: client().get_schema_types())
    step("contexts", lambda: client().get_contexts())
    step("subjects of an id", lambda: client().get_subjects_by_schema_id(identity))
    step("versions of an id", lambda: [[v.subject, v.version] for v in client().get_schema_versions(identity)])
    step("no schema", lambda: client().register_schema(SUBJECT, Schema('{"type":"recor"}', "AVRO")))
    step("another language of schemas", lambda: client().register_schema("json-value", Schema("{}", "JSON")))


def references():
    address = "city.harbour.Address"
    identity = client().register_schema(address, avro(SCENARIO["address"]))
    visit = avro(SCENARIO["visit"], references=[SchemaReference(address, address, 1)])
    data = serialize(visit, SCENARIO["visitEvent"], "visit")
    step("round trip with a reference", lambda: deserialize(data, topic="visit"))
    step(
        "references of a schema",
        lambda: [[r.name, r.subject, r.version] for r in client().get_schema(id_of(data)).references],
    )
    step("referenced by", lambda: client().get_referenced_by(address, 1) == [id_of(data)])
    step("looked up with its reference", lambda: client().lookup_schema("visit-value", visit).version)
    step("reference that is not there", lambda: client().register_schema("visit-value", avro(
        SCENARIO["visit"], references=[SchemaReference(address, "unknown", 1)])))
    step("deletion of what is referred to", lambda: client().delete_version(address, 1))
    assert identity > 0


def normalization():
    one, other = avro(SCENARIO["attributes"]), avro(SCENARIO["attributesInAnotherOrder"])
    identity = client().register_schema("normal", one, normalize_schemas=True)
    step("same id when normalised", lambda: client().register_schema("normal", other, normalize_schemas=True) == identity)
    step("looked up when normalised", lambda: client().lookup_schema("normal", other, normalize_schemas=True).version)
    step("looked up as it is", lambda: client().lookup_schema("normal", one).version)
    step("another id as it is", lambda: client().register_schema("plain", one) == identity)
    ids = [
        id_of(serialize(SCENARIO[name], {"id": "7"}, "normal-serializer", normalize_schemas=True))
        for name in ("attributes", "attributesInAnotherOrder")
    ]
    step("serializers that normalise agree", lambda: ids[0] == ids[1])


def compatibility():
    step("compatible", lambda: client().test_compatibility(SUBJECT, avro(V2)))
    step("incompatible", lambda: client().test_compatibility(SUBJECT, avro(BROKEN)))
    step("incompatible with one version", lambda: client().test_compatibility(SUBJECT, avro(BROKEN), 1))
    step("incompatible with any version", lambda: client().test_compatibility_all_versions(SUBJECT, avro(BROKEN)))
    step("compatible with a subject that is not there", lambda: client().test_compatibility("unknown", avro(V1)))
    step("registering what is incompatible", lambda: client().register_schema(SUBJECT, avro(BROKEN)))
    step("global level", lambda: client().get_compatibility())
    step("level that is not set", lambda: client().get_compatibility(SUBJECT))
    step("level set", lambda: client().set_compatibility(SUBJECT, "NONE")["compatibility"])
    step("level as it was set", lambda: client().get_compatibility(SUBJECT))
    step("registering where nothing is compared", lambda: client().register_schema(SUBJECT, avro(BROKEN)) > 0)
    step("unknown level", lambda: client().set_compatibility(SUBJECT, "SIDEWAYS"))
    client().delete_version(SUBJECT, 3)
    client().delete_version(SUBJECT, 3, permanent=True)
    client().delete_config(SUBJECT)
    step("level after it was taken back", lambda: client().get_config(SUBJECT).compatibility_level)
    config = ServerConfig(compatibility=ConfigCompatibilityLevel.FULL, compatibility_group="application.major")
    step("configuration set", lambda: sorted(client().set_config("configured", config).values()))
    step("configuration as it was set", lambda: sorted(client().get_config("configured").to_dict().values()))


def modes():
    step("global mode", lambda: client().get_global_mode())
    step("mode that is not set", lambda: client().get_mode(SUBJECT))
    client().update_mode("closed-value", "READONLY")
    step("registering where one may only read", lambda: client().register_schema("closed-value", avro(V1)))
    step("mode taken back", lambda: client().delete_mode("closed-value"))
    step("registering again", lambda: client().register_schema("closed-value", avro(V1)) > 0)


def metadata():
    def with_owner(owner, schema):
        return avro(schema, metadata=Metadata(None, MetadataProperties({"owner": owner}), None))

    client().register_schema("owned", with_owner("harbour", V1))
    client().register_schema("owned", with_owner("park", V2))
    step("latest with metadata", lambda: client().get_latest_with_metadata("owned", {"owner": "harbour"}).version)
    step("metadata nobody has", lambda: client().get_latest_with_metadata("owned", {"owner": "zoo"}).version)


def deletions():
    for schema in (V1, V2):
        client().register_schema("gone", avro(schema))
    step("permanent before soft", lambda: client().delete_version("gone", 1, permanent=True))
    step("soft", lambda: client().delete_version("gone", 1))
    step("soft again", lambda: client().delete_version("gone", 1))
    step("versions left", lambda: client().get_versions("gone"))
    step("deleted but asked for", lambda: client().get_version("gone", 1, deleted=True).version)
    step("permanent", lambda: client().delete_version("gone", 1, permanent=True))
    step("deletion of an unknown subject", lambda: client().delete_subject("unknown", permanent=True))
    step("subject soft", lambda: client().delete_subject("gone"))
    step("subject soft again", lambda: client().delete_subject("gone"))
    step("subjects with the deleted", lambda: "gone" in client().get_subjects(deleted=True))
    step("subjects without the deleted", lambda: "gone" in client().get_subjects())
    client().register_schema("gone", avro(V1))
    step("version after a deletion", lambda: client().get_latest_version("gone").version)
    step("subject permanent before soft", lambda: client().delete_subject("gone", permanent=True))
    step("subject soft with its new version", lambda: client().delete_subject("gone"))
    step("subject permanent", lambda: client().delete_subject("gone", permanent=True))
    step("subjects at last", lambda: "gone" in client().get_subjects(deleted=True))


def names():
    odd = SCENARIO["oddSubject"]
    identity = client().register_schema(odd, avro(V1))
    step("odd name", lambda: client().get_latest_version(odd).subject)
    step("odd name in the list", lambda: client().get_subjects(subject_prefix="harbour/") == [odd])
    step("odd name of an id", lambda: odd in client().get_subjects_by_schema_id(identity))
    step("odd name compared", lambda: client().test_compatibility(odd, avro(V2)))
    step("odd name configured", lambda: client().set_compatibility(odd, "FULL")["compatibility"])
    step("odd name deleted", lambda: client().delete_subject(odd))
    step("strange prefix", lambda: client().get_subjects(subject_prefix="nobody"))


def at_once():
    schema = avro({**V1, "name": "AtOnce"})
    clients = [SchemaRegistryClient({"url": os.environ["REGISTRY_URL"]}) for _ in range(16)]
    with ThreadPoolExecutor(16) as pool:
        ids = list(pool.map(lambda one: one.register_schema("at-once", schema), clients))
    step("ids of many at once", lambda: len(set(ids)))
    step("versions of many at once", lambda: client().get_versions("at-once"))


begin(
    f"Python confluent-kafka {confluent_kafka.version()} (librdkafka {confluent_kafka.libversion()[0]}, "
    f"Python {platform.python_version()})"
)
for part in (
    reading_and_writing, schemas, references, normalization, compatibility, modes, metadata, deletions, names, at_once,
):
    part()
end()
