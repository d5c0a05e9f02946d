"""Settings from the environment, and the policy files that an office may edit.

Validates and returns plain values. Imports none of our packages; read by `runtime` alone.
"""
