"""HTTP APIs: authentication, roles, errors, audit, and the routes that every service has."""

from tieout_kit.http import audit, edits
from tieout_kit.http.access import ADMINS, APPROVERS, EDITORS, READERS, Allowed, Operation, allow, operations, require
from tieout_kit.http.app import make_app
from tieout_kit.http.audit_routes import router as audit_router
from tieout_kit.http.auth import ANONYMOUS, EVERY_TENANT, Caller, CurrentCaller, Keys, with_request
from tieout_kit.http.dependencies import InDatabase, InEveryTenant, InTx, KnownTenant
from tieout_kit.http.export_routes import export_routes
from tieout_kit.http.inputs import Limit, Moment, Text, Version
from tieout_kit.http.limits import HttpLimits
from tieout_kit.http.link_routes import link_routes
from tieout_kit.http.openapi import refusals
from tieout_kit.http.operator_routes import router as operator_router
from tieout_kit.http.problem_routes import retry_router
from tieout_kit.http.problem_routes import router as problem_router
from tieout_kit.http.record_routes import record_routes

__all__ = [
    "ADMINS",
    "ANONYMOUS",
    "APPROVERS",
    "EDITORS",
    "EVERY_TENANT",
    "READERS",
    "Allowed",
    "Caller",
    "CurrentCaller",
    "HttpLimits",
    "InDatabase",
    "InEveryTenant",
    "InTx",
    "Keys",
    "KnownTenant",
    "Limit",
    "Moment",
    "Operation",
    "Text",
    "Version",
    "allow",
    "audit",
    "audit_router",
    "edits",
    "export_routes",
    "link_routes",
    "make_app",
    "operations",
    "operator_router",
    "problem_router",
    "record_routes",
    "refusals",
    "require",
    "retry_router",
    "with_request",
]
