"""HTTP APIs: authentication, roles, errors, audit, and the routes that every service has."""

from tieout_kit.http import audit, edits
from tieout_kit.http.access import ADMINS, APPROVERS, EDITORS, READERS, Allowed, Operation, allow, operations, require
from tieout_kit.http.app import make_app
from tieout_kit.http.audit_routes import audit_routes
from tieout_kit.http.auth import EVERY_TENANT, NOBODY, By, Caller, Keys, asking
from tieout_kit.http.edit_routes import person_routes
from tieout_kit.http.inputs import Limit, Moment, Text, Unique, Version
from tieout_kit.http.openapi import refusals
from tieout_kit.http.operator_routes import operation_routes
from tieout_kit.http.problem_routes import list_routes, problem_routes
from tieout_kit.http.record_routes import record_routes

__all__ = [
    "ADMINS",
    "APPROVERS",
    "EDITORS",
    "EVERY_TENANT",
    "NOBODY",
    "READERS",
    "Allowed",
    "By",
    "Caller",
    "Keys",
    "Limit",
    "Moment",
    "Operation",
    "Text",
    "Unique",
    "Version",
    "allow",
    "asking",
    "audit",
    "audit_routes",
    "edits",
    "list_routes",
    "make_app",
    "operation_routes",
    "operations",
    "person_routes",
    "problem_routes",
    "record_routes",
    "refusals",
    "require",
]
