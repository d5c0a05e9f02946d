"""What people do, one function an act: a verb and a noun, the session first, the rest by keyword.

A service is told who acts and when, records an event, tells nobody, and leaves the commit to its caller.
"""
