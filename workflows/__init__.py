"""The rules of supervision work: states, transitions between them, and what each one demands.

Pure functions over plain values: no database, clock, settings or e-mail.
Imports none of our packages. Imported by `tracker`, and through it by everyone.
"""
