"""From phrases to deadlines: `resolver` goes through them in order and gives each its days, rule or offset.

`context` carries what is inherited (year, month, event, repetition), `inheriting` and `yearly` tell what repeats
with its sentence, `calendar_days`, `ranges` and `festivals` know the days. `bounding` joins a window to the repetition
behind it.
"""
