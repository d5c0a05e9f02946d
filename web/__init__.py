"""The console and the API: routes, page templates, forms, errors turned into answers.

Imports `notifications`, `tracker` and `workflows`; imported by `runtime` alone.
"""
