"""The audit trail of sign-ins and of what staff do."""

from flask import request

from .extensions import db
from .models import AuditEntry


def record(actor, action, detail=""):
    """Adds an entry; it is kept when the caller commits."""
    db.session.add(AuditEntry(actor=actor, action=action, address=request.remote_addr or "-", detail=detail[:200]))
