"""Makes values.schema.json from values.yaml, the constraints below and the settings of the services."""

import json
from typing import Any

from tieout_chart.paths import VALUES
from tieout_chart.settings import every_setting
from tieout_chart.values import Path, comments, defaults

Schema = dict[str, Any]

_TYPES = {dict: "object", list: "array", str: "string", int: "integer", bool: "boolean"}

FREE = frozenset({
    "podSecurityContext", "containerSecurityContext", "commonLabels", "imagePullSecrets",
    "strategy", "resources", "labels", "annotations", "podLabels", "podAnnotations", "hosts",
    "nodeSelector", "tolerations", "affinity", "extraEnv", "extraVolumes", "extraVolumeMounts", "extraEgress",
    "from", "to",
})  # fmt: skip
"""Keys whose values are Kubernetes' own, or yours."""

NO_AUTOSCALING = {"properties": {"enabled": {"const": False}}}
MODULES = ("tieout_connector", "tieout_contacts", "tieout_bills", "tieout_payments")
PROBE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        name: {"type": "integer", "minimum": 0}
        for name in ("initialDelaySeconds", "periodSeconds", "timeoutSeconds", "failureThreshold", "successThreshold")
    },
}
"""How often a probe asks; what it asks is the chart's."""
RESOURCES = {"properties": {"requests": {}, "limits": {}, "claims": {}}, "additionalProperties": False}

CONSTRAINTS: dict[str, Schema] = {
    "imagePullSecrets": {"items": {"type": "object", "required": ["name"]}},
    "image.digest": {"pattern": "^(sha256:[0-9a-f]{64})?$"},
    "image.pullPolicy": {"enum": ["Always", "IfNotPresent", "Never"]},
    "kafka.partitions": {"minimum": 1},
    "kafka.security": {"enum": ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]},
    "kafka.sasl.mechanism": {"enum": ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]},
    "topics.managedBy": {"enum": ["job", "strimzi", "none"]},
    "topics.replication": {"minimum": 1},
    "topics.strimzi.apiVersion": {"pattern": "^kafka\\.strimzi\\.io/v1"},
    "connector.attachments.accessModes": {
        "minItems": 1,
        "items": {"enum": ["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany"]},
    },
    "defaults.replicas": {"minimum": 0},
    "defaults.terminationGracePeriodSeconds": {"minimum": 30},
    "defaults.preStopSeconds": {"minimum": 1},
    "defaults.resources": RESOURCES,
    "defaults.probes.startup": PROBE,
    "defaults.probes.liveness": PROBE,
    "defaults.probes.readiness": PROBE,
    "defaults.pdb.maxUnavailable": {"type": ["integer", "string"]},
    "defaults.autoscaling.minReplicas": {"minimum": 1},
    "defaults.autoscaling.maxReplicas": {"minimum": 1},
    "defaults.autoscaling.targetCPUUtilizationPercentage": {"minimum": 1, "maximum": 100},
    "jobs.resources": RESOURCES,
    "jobs.backoffLimit": {"minimum": 0},
    "jobs.activeDeadlineSeconds": {"minimum": 60},
    "ingress.api.hosts": {"additionalProperties": {"type": "string"}},
    "networkPolicy.kafka.ports": {"items": {"type": "integer"}},
    "networkPolicy.postgres.ports": {"items": {"type": "integer"}},
    **{
        f"trial.{server}.image.pullPolicy": {"enum": ["Always", "IfNotPresent", "Never"]}
        for server in ("kafka", "postgres", "simulator", "helper")
    },
}
"""What a value must be beyond the type of its default."""


def schema() -> Schema:
    """The schema of the values, in JSON Schema draft 7, which every Helm 3 and 4 understands."""
    made = _of(defaults(), (), comments(VALUES.read_text()))
    parts = made["properties"]
    plain = [setting for setting in every_setting() if setting.is_plain]
    of_all = {setting.name: setting.schema for setting in plain if not setting.of_connector}
    of_connector = {**of_all, **{setting.name: setting.schema for setting in plain if setting.of_connector}}
    of_service = parts["defaults"]["properties"]
    # In draft 7 nothing beside a reference counts.
    parts["settings"] = {"$ref": "#/definitions/settings"}
    parts["connector"]["properties"]["settings"] = {"$ref": "#/definitions/connectorSettings"}
    parts["defaults"]["properties"] = {
        **_references(of_service),
        # Turned on for each service, so that it can never be on for the sync role.
        "autoscaling": {"allOf": [{"$ref": "#/definitions/autoscaling"}, NO_AUTOSCALING]},
    }
    parts["services"] |= {
        "propertyNames": {"pattern": "^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$"},
        "additionalProperties": {"$ref": "#/definitions/service"},
    }
    parts["services"].pop("properties")
    parts["trial"]["properties"]["kafka"]["properties"]["settings"] |= {"additionalProperties": {"type": "string"}}
    parts["trial"]["properties"]["kafka"]["properties"]["settings"].pop("properties")
    definitions = {
        "service": _service(of_service),
        "settings": _closed(of_all),
        "connectorSettings": _closed(of_connector),
        **of_service,
    }
    return {"$schema": "http://json-schema.org/draft-07/schema#", **made, "definitions": definitions}


def text() -> str:
    """The file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _of(value: Any, path: Path, said: dict[Path, str]) -> Schema:
    made: Schema = {"description": said[path]} if path in said else {}
    made["type"] = _TYPES[type(value)]
    if isinstance(value, dict) and value and not FREE.intersection(path[-1:]):
        made |= _closed({name: _of(part, (*path, name), said) for name, part in value.items()})
    return made | CONSTRAINTS.get(".".join(path), {})


def _closed(properties: dict[str, Schema]) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _references(properties: dict[str, Schema]) -> dict[str, Schema]:
    return {name: {"$ref": f"#/definitions/{name}"} for name in properties}


def _service(of_service: dict[str, Schema]) -> Schema:
    settings = {"$ref": "#/definitions/settings"}, {"$ref": "#/definitions/connectorSettings"}
    return {
        **_closed({
            "module": {"description": "What the image runs.", "enum": list(MODULES)},
            "role": {"description": "The part of the connector.", "enum": ["web", "sync", "all"]},
            "settings": {"description": "Settings of this deployment alone.", "type": "object"},
            **_references(of_service),
        }),
        "required": ["module"],
        "if": {"properties": {"module": {"const": "tieout_connector"}}},
        "then": {"required": ["role"], "properties": {"settings": settings[1]}},
        "else": {"properties": {"settings": settings[0]}},
        "allOf": [
            {
                "if": {"properties": {"role": {"enum": ["sync", "all"]}}, "required": ["role"]},
                "then": {"properties": {"autoscaling": NO_AUTOSCALING}},
            }
        ],
    }  # fmt: skip
