"""Which dates of a text are no deadline: those of what the duty is about, of papers, scores, reports and the past.

`judging` is the door. It asks `points` and `ranges`, which ask `clauses`, `papers` and `reports` about the
`surroundings` of a finding.
"""
