"""How often each operation is chosen."""

SYSTEM = {
    "deliver": 30, "read": 10, "read_store": 10, "gw_recv": 10, "gw": 24, "gw_lose": 2, "gw_resume": 3, "sweep": 6,
    "dup": 2, "resend": 1,
}  # fmt: skip
EDITS = {
    "p_active": 1, "p_noise": 1, "p_new": 2, "p_get": 6, "p_put": 10, "p_same": 1, "x_edit": 8, "x_same": 1, "x_new": 1,
}  # fmt: skip
READS = {
    "deliver": 20, "read": 25, "read_store": 25, "gw_recv": 8, "gw": 24, "sweep": 3, "p_get": 4, "p_put": 6,
    "x_edit": 6, "x_gone": 6, "x_back": 8,
}  # fmt: skip
PROFILES: dict[str, dict[str, int]] = {
    "edits": SYSTEM | EDITS,
    "settings": SYSTEM | EDITS | {"set": 5, "resolve": 2},
    "reverts": SYSTEM
    | EDITS
    | {"p_revert": 8, "x_revert": 8, "set": 3, "resolve": 2, "refuse": 1, "retry": 1}
    | {"unlink": 1, "link": 1, "dump": 1, "restore": 1},
    "refusals": SYSTEM | EDITS | {"refuse": 3, "retry": 3, "set": 1, "x_fix": 2, "x_gone": 1, "x_back": 2},
    "reads": READS,
    "restores": SYSTEM | EDITS | {"p_new": 4, "dump": 5, "restore": 3, "refuse": 4, "retry": 5, "set": 3},
    "effects": SYSTEM
    | {"p_new": 3, "p_get": 2, "p_put": 3, "p_active": 5, "set_group": 6, "dump": 4, "restore": 2}
    | {"rebuild": 1, "refuse": 1, "retry": 1},
    "links": SYSTEM | EDITS | {"unlink": 2, "link": 4, "export": 1, "x_gone": 1, "x_back": 2},
    "disaster": SYSTEM | EDITS | {"dump": 3, "restore": 1, "rebuild": 1, "refuse": 1, "retry": 2},
    "release": SYSTEM | EDITS | {"release": 2, "set": 1},
    "compaction": SYSTEM | EDITS | {"compact": 6, "dump": 2, "restore": 1, "unlink": 1, "link": 2, "set": 1},
    "names": SYSTEM
    | EDITS
    | {"p_twin": 4, "x_twin": 4, "x_new": 3, "refuse": 1, "retry": 1, "unlink": 1, "link": 1}
    | {"export": 1, "x_gone": 1, "x_back": 1},
    "all": SYSTEM
    | EDITS
    | {"set": 2, "resolve": 1, "refuse": 1, "retry": 1, "unlink": 1, "link": 1, "export": 1}
    | {"x_gone": 1, "x_back": 1, "dump": 2, "restore": 1, "rebuild": 1, "release": 1, "x_fix": 1},
}
"""By profile, how often each operation is chosen."""
OFTEN_OVERRULED = ("disaster", "all")
"""Profiles in which what came from Xero may be sent back rightly."""
