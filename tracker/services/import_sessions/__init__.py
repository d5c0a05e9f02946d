"""The import wizard: a parked file and what coordinators decide about it, until it is written into the register.

`reading` makes the draft of an import, again and again, from the file and the decisions; `deciding` takes decisions,
`names` says whom the draft names, `committing` writes it, `ending` throws it away. `placing` proposes where a file belongs;
`earlier`, `counterparts` and `carrying` take up what was decided about an earlier version of it, `carried` tells what became
of that. None of them commits.
"""
