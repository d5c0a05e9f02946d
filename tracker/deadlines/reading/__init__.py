"""From characters to tokens: one spelling, then words and numbers of the lexicon, then a cursor over them.

normalising → tokens (kinds, lexicon, numerals, scanning) → cursor. Knows words of time, nothing of deadlines.
Imported by the grammar, the subjects and the resolver.
"""
