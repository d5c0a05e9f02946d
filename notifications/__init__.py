"""Who hears what, and when: reminder policy, notices and their templates, the outbox, channels, weekly reports.

Reads the register through `tracker.queries` and never moves a task. Imports `tracker` and `workflows`;
imported by `web` and `runtime`.
"""
