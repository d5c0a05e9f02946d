"""A throw-away office: invented people, two invented tables, half a year of work, all through the real services.

Nothing here is written past a service. What it does is what an office would do from the command line.
"""
