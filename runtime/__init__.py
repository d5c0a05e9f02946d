"""Where the parts are wired together: bootstrap, scheduler, command line, migrations, the demo office.

Alone in reading `config`, whose values it hands on. May import everything; imported by nobody.
"""
