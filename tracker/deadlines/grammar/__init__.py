"""From tokens to phrases: what the text names, before its year and repetition are known.

`finding` walks over the tokens and asks the productions, the first that fits takes its words:

- points of the calendar: `points` from `years`, `months`, `dotted` numbers, and the `marks` behind them
- several points: `stretches` (ranges) and `lists`
- recurrences: `repeats`, with what follows 每月, 每季度 in `within_periods`, `days_within` and `after_periods`
- `periods` that run from an event, the `words` and whole `cells` that state duties without a date

`phrases` holds the values they return. A production gets the tokens and a place; it returns what it read and the
token after it, or None.
"""
