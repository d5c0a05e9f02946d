"""The console and the API: routes, page templates, forms, errors turned into answers.

Imports `notifications`, `tracker` and `workflows`; imported by `runtime` alone.
"""

from pydantic import BaseModel

# FastAPI describes all of OpenAPI in models, which only readers of the API's document need: what they are validated by
# is made with their first use, instead of at every start. Models of our own are made at once, as always.
BaseModel.model_config["defer_build"] = True
import fastapi.openapi.models  # noqa: E402, F401

del BaseModel.model_config["defer_build"]
