"""From a real responsibility table to a draft: read the file, recognise the columns, place every character.

`readers` turn a file into a `SourceDocument`, `recognise` and `rows` turn that into a `Draft`. Nothing here
writes to the register: `tracker.services.importing` commits a draft.
"""
