"""One line of JSON for each step: its result, or status and code of the error that the registry answered with."""

import json

from confluent_kafka.schema_registry.error import SchemaRegistryError

_steps = 0


def begin(client):
    print(json.dumps({"client": client}), flush=True)


def step(name, action):
    """Does it, reports it, and returns its result, or None after an error of the registry."""
    global _steps
    _steps += 1
    try:
        result = action()
    except SchemaRegistryError as error:
        told = {"status": error.http_status_code, "code": error.error_code}
        print(json.dumps({"step": name, "error": told}), flush=True)
        return None
    print(json.dumps({"step": name, "result": result}), flush=True)
    return result


def end():
    print(json.dumps({"done": _steps}), flush=True)
