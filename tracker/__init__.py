"""The register of supervised work: models, queries, services, importers, deadlines, figures, the clock.

What a person does is a service, what is asked is a query; nobody else touches the tables. Sends nothing,
renders nothing, reads no settings. Imports `workflows`; imported by `notifications`, `web` and `runtime`.
"""
